-- Whose spending limits hold together for who asks: those of their role, and of whoever is not verified where they are
-- not. Null where none hold (admins, our own accounts). A command of the release before says nothing of verification.
CREATE OR REPLACE FUNCTION ledger.limit_roles(command jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF command ->> 'limit_role' IS NULL THEN
        RETURN NULL;
    ELSIF command -> 'unverified' = 'true' THEN
        RETURN ARRAY[command ->> 'limit_role', 'unverified'];
    END IF;
    RETURN ARRAY[command ->> 'limit_role'];
END $$;
REVOKE ALL ON FUNCTION ledger.limit_roles(jsonb) FROM PUBLIC;
