-- How the index names a person's address: one HMAC per key of the ring. Whoever has them reads no address.
CREATE OR REPLACE FUNCTION directory.email_hmacs_of(person_id text)
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT address.hmac FROM identity.email_index AS address WHERE address.user_id = person_id
$$;
REVOKE ALL ON FUNCTION directory.email_hmacs_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.email_hmacs_of(text) TO app_rw;
