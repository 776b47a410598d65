-- A person's scheduled transfers, newest first, as the API shows them but for what became of each occurrence, and for an
-- address in the transfer: it is sealed, and only the transaction service can open it.
CREATE OR REPLACE FUNCTION directory.schedules_of(person_id text, at_most integer) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT jsonb_build_object(
               'object', 'schedule', 'id', s.id, 'created_at', ledger.rfc3339(s.created_at),
               'updated_at', ledger.rfc3339(s.updated_at), 'status', s.state, 'transfer', s.transfer,
               'execute_at', ledger.rfc3339(s.starts_at),
               'recurrence', CASE WHEN s.every IS NOT NULL THEN jsonb_build_object(
                   'every', s.every, 'until', ledger.rfc3339(s.until), 'count', s.times) END,
               'next_at', ledger.rfc3339(s.next_at),
               'next_occurrence', CASE WHEN s.next_at IS NOT NULL THEN s.next_occurrence END)
      FROM transfer.schedule AS s
     WHERE s.owner_id = person_id
     ORDER BY s.id DESC LIMIT at_most
$$;
REVOKE ALL ON FUNCTION directory.schedules_of(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.schedules_of(text, integer) TO app_rw;
