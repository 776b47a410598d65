-- Whether an account is not closed; it cannot be closed before the caller has committed. For who opens a wallet: a closed
-- account has none.
CREATE OR REPLACE FUNCTION directory.hold_account(person_id text) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
    SELECT person.status <> 'closed' FROM identity.user AS person WHERE person.id = person_id FOR SHARE
$$;
REVOKE ALL ON FUNCTION directory.hold_account(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.hold_account(text) TO app_rw;
