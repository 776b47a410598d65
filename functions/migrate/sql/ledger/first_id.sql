-- The smallest id with this prefix that can be made at this instant or later: ids begin with the 48 bits of the
-- milliseconds (RFC 9562, version 7), ten characters of Crockford's base 32. Bounds of partitions and of history. They
-- begin with 1970: of what is before it the first is that of 1970, too. Null for no instant.
CREATE OR REPLACE FUNCTION ledger.first_id(prefix text, instant timestamptz) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    milliseconds bigint := greatest(floor(extract(epoch FROM instant) * 1000), 0);
    id           text := '';
BEGIN
    FOR place IN 0..9 LOOP
        id := substr('0123456789abcdefghjkmnpqrstvwxyz', ((milliseconds >> (5 * place)) & 31)::integer + 1, 1) || id;
    END LOOP;
    RETURN prefix || '_' || id;
END $$;
REVOKE ALL ON FUNCTION ledger.first_id(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.first_id(text, timestamptz) TO app_rw, app_job;
