-- Closes a wallet; what it holds goes to `sweep_to`, a wallet of the same owner and currency, in the same commit. An
-- open hold, money on its way in (ledger.expected_credit) or money with nowhere to go keep it open.
-- command: {wallet_id, owned_by | null, sweep_to | null, reason, expected_version | null, ...}
--
-- Locks both wallets in the order of their ids, the closing one with all its stripes, then its account against new
-- holds for it.
-- Invariants: a closed wallet has no money, no open hold of or for it, and nothing on its way in; its sweep and its
-- state are one commit.
-- Refuses what is absent or another owner's, an unexpected version, what ledger.judge_close says (its own overdue holds
-- end first, one for it keeps it open until somebody ends it), and a large sweep without a second factor (not kept).
CREATE OR REPLACE FUNCTION ledger.close(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    wallet_id text := command ->> 'wallet_id';
    sweep_to  text := command ->> 'sweep_to';
    purse     ledger.purse;
    heir      ledger.purse;
    amount    bigint;
    answer    jsonb := '{}'::jsonb;
    refusal   jsonb;
BEGIN
    IF sweep_to < wallet_id COLLATE "C" THEN
        heir := ledger.take_purse(jsonb_build_object('wallet_id', sweep_to), '', 1);
    END IF;
    purse := ledger.take_whole_purse(wallet_id);
    IF sweep_to > wallet_id COLLATE "C" THEN
        heir := ledger.take_purse(jsonb_build_object('wallet_id', sweep_to), '', 1);
    END IF;
    IF purse.account_id IS NULL OR purse.kind <> 'wallet' OR purse.owner_id <> command ->> 'owned_by'
       OR (sweep_to <> wallet_id AND heir.owner_id IS DISTINCT FROM purse.owner_id) THEN
        RETURN '{"refusal": {"code": "wallet_not_found", "kept": false}}'::jsonb;
    ELSIF (command ->> 'expected_version')::bigint <> ledger.version_of(wallet_id) THEN
        RETURN ledger.refuse(jsonb_build_object('code', 'version_conflict', 'wallet_id', wallet_id,
                                                'version', ledger.version_of(wallet_id)));
    END IF;
    IF ledger.end_overdue_holds(wallet_id) THEN
        purse := ledger.take_whole_purse(wallet_id);
    END IF;
    -- A hold for this wallet, which locks no balance of it, was first and is seen now, or comes later and finds it closed.
    PERFORM FROM ledger.account a WHERE a.id = wallet_id FOR UPDATE;
    amount := purse.posted_minor + purse.spare_minor;
    refusal := ledger.judge_close(purse, heir, sweep_to, amount);
    IF refusal IS NOT NULL THEN
        RETURN ledger.refuse(refusal);
    END IF;
    refusal := ledger.judge_step_up(command, purse.currency, amount);
    IF refusal IS NOT NULL THEN
        RETURN jsonb_build_object('refusal', refusal);
    END IF;
    IF amount > 0 THEN
        answer := ledger.move(command || jsonb_build_object('kind', 'sweep', 'currency', purse.currency),
                              ARRAY[purse, heir], ARRAY[-amount, amount], NULL);
    END IF;
    PERFORM ledger.write_state(wallet_id, 'closed');
    RETURN jsonb_build_object('answer', answer || jsonb_build_object('state', 'closed'));
END $$;
REVOKE ALL ON FUNCTION ledger.close(jsonb) FROM PUBLIC;
