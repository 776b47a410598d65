-- Whether somebody may act now, as what, and whether they are verified: for work that is done for them without a
-- session. No row: nobody.
CREATE OR REPLACE FUNCTION directory.person_state(person_id text)
RETURNS TABLE (active boolean, roles text[], kyc_verified boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT person.status = 'active', person.roles, person.kyc_status = 'verified'
      FROM identity.user AS person WHERE person.id = person_id
$$;
REVOKE ALL ON FUNCTION directory.person_state(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.person_state(text) TO app_rw;
