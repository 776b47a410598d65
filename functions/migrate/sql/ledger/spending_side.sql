-- The payer's side of a command: `whole` where a version is expected of it, or its balance must meet a condition.
CREATE OR REPLACE FUNCTION ledger.spending_side(command jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (command -> 'source')
           || CASE WHEN command ->> 'expected_version' IS NOT NULL OR command ? 'conditions'
                   THEN '{"whole": true}' ELSE '{}' END::jsonb;
END $$;
REVOKE ALL ON FUNCTION ledger.spending_side(jsonb) FROM PUBLIC;
