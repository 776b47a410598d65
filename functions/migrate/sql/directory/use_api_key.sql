-- The API key of a digest, what its owner may do now and whether they are verified. That it was used is noted unless it
-- has expired or may not be used from the address; both are told, so that its user learns why it opens nothing. No row:
-- there is no such key, it was revoked, or its owner is disabled or no merchant. Without an address, as the release
-- before calls it, any will do. An address with a scope id, which a key could once be given, is none that asks us.
CREATE OR REPLACE FUNCTION directory.use_api_key(digest text, address inet DEFAULT NULL)
RETURNS TABLE (
    key_id text, user_id text, roles text[], scopes text[], addresses text[], expires_at double precision,
    kyc_verified boolean
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
    WITH found AS (
        SELECT key.id, key.scopes, key.addresses, key.expires_at, person.id AS person_id, person.roles,
               person.kyc_status = 'verified' AS is_verified
          FROM identity.api_key AS key
          JOIN identity.user AS person ON person.id = key.user_id
         WHERE key.digest = use_api_key.digest AND key.revoked_at IS NULL
           AND person.status = 'active' AND 'merchant' = ANY (person.roles)
    ), used AS (
        UPDATE identity.api_key AS key SET last_used_at = clock_timestamp()
          FROM found
         WHERE key.id = found.id AND key.revoked_at IS NULL AND found.expires_at > clock_timestamp()
           AND (use_api_key.address IS NULL OR found.addresses = '{}'
                OR use_api_key.address <<= ANY (
                       ARRAY(SELECT each::inet FROM unnest(found.addresses) AS each WHERE strpos(each, '%') = 0)))
    )
    SELECT id::text, person_id::text, roles, scopes, addresses,
           extract(epoch FROM expires_at)::double precision, is_verified
      FROM found
$$;
REVOKE ALL ON FUNCTION directory.use_api_key(text, inet) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.use_api_key(text, inet) TO app_rw;
