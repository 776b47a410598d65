-- The sessions of these people whose cache entries may still say what was: all that live, and those that ended within
-- the last two minutes, which is longer than such an entry lives after whoever read it before the end has answered.
CREATE OR REPLACE FUNCTION directory.sessions_of(user_ids text[])
RETURNS TABLE (
    session_id text, user_id text, roles text[], version bigint, active boolean, kyc_verified boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT session.id::text,
           person.id::text,
           person.roles,
           person.version,
           session.ended_at IS NULL AND session.ends_at > pg_catalog.now() AND person.status = 'active',
           person.kyc_status = 'verified'
      FROM identity.session AS session
      JOIN identity.user AS person ON person.id = session.user_id
     WHERE session.user_id = ANY (user_ids)
       AND (session.ended_at IS NULL OR session.ended_at > pg_catalog.clock_timestamp() - interval '2 minutes')
$$;
REVOKE ALL ON FUNCTION directory.sessions_of(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.sessions_of(text[]) TO app_job;
