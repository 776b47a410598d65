-- Where a person can be reached: `person_id` is a user id, a registration id for whom no account exists yet, or one of
-- the two ids of a change of address: the one that is to be proven, or the one that was.
CREATE OR REPLACE FUNCTION directory.address_of(person_id text)
RETURNS TABLE (email text, phone text, full_name text, locale text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT person.email, person.phone, person.full_name, person.locale
      FROM identity.user AS person
     WHERE person.id = person_id
    UNION ALL
    SELECT registration.email, registration.phone, registration.full_name, registration.locale
      FROM identity.registration AS registration
     WHERE registration.id = person_id
    UNION ALL
    SELECT CASE WHEN change.id = person_id THEN change.new_email ELSE change.old_email END, NULL,
           person.full_name, person.locale
      FROM identity.email_change AS change JOIN identity.user AS person ON person.id = change.user_id
     WHERE change.id = person_id OR change.notice_id = person_id
$$;
REVOKE ALL ON FUNCTION directory.address_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.address_of(text) TO app_rw, app_job;
