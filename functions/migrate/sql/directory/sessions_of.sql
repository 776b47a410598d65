-- The sessions of these people whose cache entries may still say what was: all that live, and those that ended, or came
-- to their end, within the last two minutes, which is longer than such an entry lives after whoever read it before the
-- end has answered. Of what one person has ended so lately the last two hundred: the relay of all waits for this.
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
      FROM identity.user AS person
     CROSS JOIN LATERAL (
           SELECT live.id, live.ended_at, live.ends_at FROM identity.session AS live
            WHERE live.user_id = person.id AND live.ended_at IS NULL
              AND live.ends_at > pg_catalog.statement_timestamp() - interval '2 minutes'
           UNION ALL
           (SELECT past.id, past.ended_at, past.ends_at FROM identity.session AS past
             WHERE past.user_id = person.id
               AND past.ended_at > pg_catalog.statement_timestamp() - interval '2 minutes'
             ORDER BY past.ended_at DESC LIMIT 200)
           ) AS session
     WHERE person.id = ANY (user_ids)
$$;
REVOKE ALL ON FUNCTION directory.sessions_of(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.sessions_of(text[]) TO app_job;
