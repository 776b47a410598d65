-- How the index names a person's address: one HMAC per key of the ring. Whoever has them reads no address.
-- A ring has two keys while it is rotated; a plan for 1,000 of them, the default, would read whole tables.
CREATE OR REPLACE FUNCTION directory.email_hmacs_of(person_id text)
RETURNS SETOF text
LANGUAGE sql STABLE ROWS 2 SECURITY DEFINER SET search_path = '' AS $$
    SELECT address.hmac FROM identity.email_index AS address WHERE address.user_id = person_id
$$;
REVOKE ALL ON FUNCTION directory.email_hmacs_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.email_hmacs_of(text) TO app_rw;
