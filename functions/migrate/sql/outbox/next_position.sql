-- The position of an event within its partition key: the microseconds of the clock at this very moment.
-- Not now(): that is the start of the transaction, before it waited for its locks.
CREATE OR REPLACE FUNCTION outbox.next_position() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
REVOKE ALL ON FUNCTION outbox.next_position() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox.next_position() TO app_rw, app_job;
