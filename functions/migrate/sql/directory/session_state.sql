-- Whether a session is alive, whose it is, what its person may do now, and whether they are verified. No row: there is
-- no such session.
CREATE OR REPLACE FUNCTION directory.session_state(session_id text)
RETURNS TABLE (user_id text, roles text[], active boolean, kyc_verified boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT person.id::text,
           person.roles,
           session.ended_at IS NULL AND session.ends_at > pg_catalog.now() AND person.status = 'active',
           person.kyc_status = 'verified'
      FROM identity.session AS session
      JOIN identity.user AS person ON person.id = session.user_id
     WHERE session.id = session_state.session_id
$$;
REVOKE ALL ON FUNCTION directory.session_state(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.session_state(text) TO app_rw, app_job;
