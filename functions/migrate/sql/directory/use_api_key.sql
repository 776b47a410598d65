-- The API key of a digest, what its owner may do now and whether they are verified, and a note that it was used. No row:
-- there is no such key, it was revoked, or its owner is disabled or no merchant. One that has expired is told, so that
-- its user learns why.
CREATE OR REPLACE FUNCTION directory.use_api_key(digest text)
RETURNS TABLE (
    key_id text, user_id text, roles text[], scopes text[], addresses text[], expires_at double precision,
    kyc_verified boolean
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
    UPDATE identity.api_key AS key SET last_used_at = clock_timestamp()
      FROM identity.user AS person
     WHERE key.digest = use_api_key.digest AND key.revoked_at IS NULL
       AND person.id = key.user_id AND person.status = 'active' AND 'merchant' = ANY (person.roles)
    RETURNING key.id::text, person.id::text, person.roles, key.scopes, key.addresses,
              extract(epoch FROM key.expires_at)::double precision, person.kyc_status = 'verified'
$$;
REVOKE ALL ON FUNCTION directory.use_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.use_api_key(text) TO app_rw;
