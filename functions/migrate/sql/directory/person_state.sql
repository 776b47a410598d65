-- Whether somebody may act now, and as what: for work that is done for them without a session. No row: nobody.
CREATE OR REPLACE FUNCTION directory.person_state(person_id text)
RETURNS TABLE (active boolean, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT person.status = 'active', person.roles FROM identity.user AS person WHERE person.id = person_id
$$;
REVOKE ALL ON FUNCTION directory.person_state(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.person_state(text) TO app_rw;
