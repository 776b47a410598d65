-- Whether the locked purses allow the movement: null, or the refusal as {code, ...facts}. The payer comes first;
-- `amounts` are signed, beside the purses. The order of the checks is part of the contract.
-- 9 * 10^18 stays below what a bigint holds, so that no balance can overflow.
CREATE OR REPLACE FUNCTION ledger.judge(command jsonb, purses ledger.purse[], amounts bigint[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    payer   ledger.purse := purses[1];
    purse   ledger.purse;
    expected bigint := (command ->> 'expected_version')::bigint;
    short_by bigint := payer.floor_minor - (payer.posted_minor - payer.held_minor + payer.spare_minor + amounts[1]);
    extreme  bigint := 9000000000000000000;
BEGIN
    FOR place IN 2..cardinality(purses) LOOP
        IF (purses[place]).account_id = payer.account_id THEN
            RETURN '{"code": "same_wallet"}'::jsonb;
        END IF;
    END LOOP;
    FOREACH purse IN ARRAY purses LOOP
        IF purse.currency <> command ->> 'currency' THEN
            RETURN '{"code": "currency_mismatch"}'::jsonb;
        END IF;
    END LOOP;
    FOREACH purse IN ARRAY purses LOOP
        IF purse.state = 'closed' THEN
            RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', purse.account_id);
        END IF;
    END LOOP;
    FOR place IN 1..cardinality(purses) LOOP
        purse := purses[place];
        IF purse.state IN ('frozen', (ARRAY['debit_frozen', 'credit_frozen'])[least(place, 2)]) THEN
            RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', purse.account_id);
        END IF;
    END LOOP;
    IF expected IS NOT NULL AND payer.stripes > 1 THEN
        payer.version := ledger.version_of(payer.account_id);
    END IF;
    IF expected <> payer.version THEN
        RETURN jsonb_build_object('code', 'version_conflict', 'wallet_id', payer.account_id, 'version', payer.version);
    ELSIF short_by > 0 THEN
        RETURN jsonb_build_object('code', 'insufficient_funds', 'wallet_id', payer.account_id, 'short_by', short_by);
    END IF;
    FOR place IN 1..cardinality(purses) LOOP
        IF abs((purses[place]).posted_minor::numeric + amounts[place]) > extreme THEN
            RETURN '{"code": "balance_out_of_range"}'::jsonb;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge(jsonb, ledger.purse[], bigint[]) FROM PUBLIC;
