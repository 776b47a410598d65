-- How many of a person's scheduled transfers may still run; with a key: of those that were made with it.
CREATE OR REPLACE FUNCTION directory.live_schedules(person_id text, made_with text DEFAULT NULL) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT count(*)::integer FROM transfer.schedule AS s
     WHERE s.owner_id = person_id AND s.state IN ('active', 'paused')
       AND (made_with IS NULL OR s.created_by_key = made_with)
$$;
REVOKE ALL ON FUNCTION directory.live_schedules(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.live_schedules(text, text) TO app_rw;
