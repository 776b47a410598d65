-- What each operation does. Without a name it is a transfer; one that is not named here is a bug and raises.
-- answer: {transaction}, or {refusal} with a failed transaction or not kept, or {answer} for the key (ledger.post)
--
-- Locks and refuses what the operation's function says.
-- Invariants: a {transaction} stands in its table; a {refusal} has moved nothing.
CREATE OR REPLACE FUNCTION ledger.perform(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    CASE coalesce(command ->> 'operation', 'transfer')
        WHEN 'transfer' THEN answer := ledger.transfer(command);
        WHEN 'hold' THEN answer := ledger.hold(command);
        WHEN 'capture' THEN answer := ledger.capture(command);
        WHEN 'void' THEN answer := ledger.void(command);
        WHEN 'reverse' THEN answer := ledger.reverse(command);
        WHEN 'convert' THEN answer := ledger.convert(command);
        WHEN 'close' THEN answer := ledger.close(command);
        WHEN 'bulk' THEN answer := ledger.bulk(command);
    END CASE;  -- anything else is a bug and raises
    RETURN answer;
END $$;
REVOKE ALL ON FUNCTION ledger.perform(jsonb) FROM PUBLIC;
