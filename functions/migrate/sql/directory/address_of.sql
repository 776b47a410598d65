-- Where a person can be reached, sealed: `person_id` is a user id, a registration id for whom no account exists yet, or
-- one of the two ids of a change of address: the one that is to be proven, or the one that was. `sealed_email` takes
-- the place of the address in the person's data where that is another one; `email_field` is what it was sealed for.
-- No row for somebody whose data were erased.
CREATE OR REPLACE FUNCTION directory.address_of(person_id text)
RETURNS TABLE (owner_id text, wrapped_key text, sealed_data text, sealed_email text, email_field text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT key.person_id, key.wrapped, found.sealed_data, found.sealed_email, found.email_field
      FROM (SELECT person.id AS user_id, person.sealed_data, NULL AS sealed_email, NULL AS email_field
              FROM identity.user AS person
             WHERE person.id = person_id
            UNION ALL
            SELECT registration.user_id, registration.sealed_data, NULL, NULL
              FROM identity.registration AS registration
             WHERE registration.id = person_id
            UNION ALL
            SELECT person.id, person.sealed_data,
                   CASE WHEN change.id = person_id THEN change.sealed_new_email ELSE change.sealed_old_email END,
                   CASE WHEN change.id = person_id THEN 'new_email' ELSE 'old_email' END
              FROM identity.email_change AS change JOIN identity.user AS person ON person.id = change.user_id
             WHERE change.id = person_id OR change.notice_id = person_id) AS found
      JOIN identity.personal_key AS key ON key.person_id = found.user_id
     WHERE found.sealed_data IS NOT NULL
$$;
REVOKE ALL ON FUNCTION directory.address_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.address_of(text) TO app_rw, app_job;
