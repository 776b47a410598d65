-- The payer's own conditions ([{kind, op, value}], each about the balance that the movement leaves): null, or the refusal
-- of the first that would not hold. All rows of the payer are locked: see ledger.spending_side.
--
-- True afterwards, if null: until the end of the call nobody else can make a condition untrue.
-- A wallet that was striped a moment ago has rows that are not locked: the caller tries again, as after ledger.cover.
CREATE OR REPLACE FUNCTION ledger.judge_conditions(command jsonb, payer ledger.purse, amount bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    posted    bigint;
    available bigint;
    stripes   integer;
    broken    record;
BEGIN
    SELECT sum(b.posted_minor), sum(b.posted_minor - b.held_minor - b.floor_minor), count(*)
      INTO posted, available, stripes
      FROM ledger.balance b WHERE b.account_id = payer.account_id;
    IF stripes <> payer.stripes THEN
        RAISE EXCEPTION 'the wallet was striped meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    available := available - amount;
    -- What is held is still posted; but what is held for nobody yet is a transfer that waits for its recipient.
    IF command ->> 'operation' <> 'hold' OR command ->> 'target' IS NULL THEN
        posted := posted - amount;
    END IF;
    SELECT c.place - 1 AS index, c.balance INTO broken
      FROM (SELECT d.place, d.told ->> 'op' AS op, (d.told ->> 'value')::bigint AS value,
                   CASE d.told ->> 'kind' WHEN 'posted' THEN posted ELSE available END AS balance
              FROM jsonb_array_elements(command -> 'conditions') WITH ORDINALITY d (told, place)) c
     WHERE CASE c.op WHEN 'at_least' THEN c.balance < c.value ELSE c.balance > c.value END
     ORDER BY c.place LIMIT 1;
    IF FOUND THEN
        RETURN jsonb_build_object('code', 'balance_condition_failed', 'wallet_id', payer.account_id,
                                  'condition', broken.index, 'balance', broken.balance);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge_conditions(jsonb, ledger.purse, bigint) FROM PUBLIC;
