-- Whether the locked purses allow the movement: null, or the refusal as {code, ...facts}. The payer comes first;
-- `amounts` are signed, beside the purses. The order of the checks is part of the contract.
CREATE OR REPLACE FUNCTION ledger.judge(command jsonb, purses ledger.purse[], amounts bigint[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    payer    ledger.purse := purses[1];
    purse    ledger.purse;
    expected bigint := (command ->> 'expected_version')::bigint;
    short_by bigint := payer.floor_minor - (payer.posted_minor - payer.held_minor + payer.spare_minor + amounts[1]);
    extreme  bigint;
    rule     integer;
    broken   integer;  -- the first rule that a purse breaks, in the order of the rules; and whose it is
    culprit  text;
BEGIN
    FOR place IN 1..cardinality(purses) LOOP
        purse := purses[place];
        extreme := ledger.balance_max(purse.stripes);
        rule := CASE
            WHEN place > 1 AND purse.account_id = payer.account_id THEN 1
            WHEN purse.currency <> command ->> 'currency' THEN 2
            WHEN purse.state = 'closed' THEN 3
            WHEN purse.state IN ('frozen', CASE place WHEN 1 THEN 'debit_frozen' ELSE 'credit_frozen' END) THEN 4
            WHEN purse.posted_minor NOT BETWEEN -extreme - amounts[place] AND extreme - amounts[place] THEN 5
        END;
        IF broken IS NULL OR rule < broken THEN
            broken := rule;
            culprit := purse.account_id;
        END IF;
    END LOOP;
    CASE broken
        WHEN 1 THEN RETURN '{"code": "same_wallet"}'::jsonb;
        WHEN 2 THEN RETURN '{"code": "currency_mismatch"}'::jsonb;
        WHEN 3 THEN RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', culprit);
        WHEN 4 THEN RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', culprit);
        ELSE NULL;
    END CASE;
    IF expected IS NOT NULL AND payer.stripes > 1 THEN
        payer.version := ledger.version_of(payer.account_id);
    END IF;
    IF expected <> payer.version THEN
        RETURN jsonb_build_object('code', 'version_conflict', 'wallet_id', payer.account_id, 'version', payer.version);
    ELSIF short_by > 0 THEN
        RETURN jsonb_build_object('code', 'insufficient_funds', 'wallet_id', payer.account_id, 'short_by', short_by);
    ELSIF broken = 5 THEN
        RETURN '{"code": "balance_out_of_range"}'::jsonb;
    ELSIF command ? 'conditions' THEN
        RETURN ledger.judge_conditions(command, payer, -amounts[1]);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge(jsonb, ledger.purse[], bigint[]) FROM PUBLIC;
