-- Changes what a wallet allows: freeze one or both directions, unfreeze, reopen, credit limit, stripes; or only raises
-- its version, because something else that is shown with it has changed. Null, or the refusal.
-- command: {action, wallet_id, owned_by | null, direction, credit_limit, stripes, expected_version}
--
-- Locks all the wallet's rows, stripe by stripe, before it looks at anything.
-- Invariants: every change raises the wallet's version; all stripes have one state; a closed wallet only reopens; a
-- credit limit never puts a balance below its floor.
-- Refuses what is absent or another owner's, an unexpected version, what is closed (to reopen: what is not).
CREATE OR REPLACE FUNCTION ledger.change_wallet(command jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    purse ledger.purse := ledger.take_whole_purse(command ->> 'wallet_id');
    action text := command ->> 'action';
BEGIN
    IF purse.account_id IS NULL OR purse.kind <> 'wallet' OR purse.owner_id <> command ->> 'owned_by' THEN
        RETURN '{"code": "wallet_not_found"}'::jsonb;
    ELSIF (command ->> 'expected_version')::bigint <> ledger.version_of(purse.account_id) THEN
        RETURN jsonb_build_object('code', 'version_conflict', 'wallet_id', purse.account_id,
                                  'version', ledger.version_of(purse.account_id));
    ELSIF (action = 'reopen') <> (purse.state = 'closed') THEN
        RETURN CASE WHEN action = 'reopen' THEN jsonb_build_object('code', 'invalid_state', 'state', purse.state)
                    ELSE jsonb_build_object('code', 'wallet_closed', 'wallet_id', purse.account_id) END;
    END IF;
    CASE action
        WHEN 'freeze' THEN PERFORM ledger.write_state(purse.account_id, ledger.frozen_state(purse.state,
                                                                                        command ->> 'direction'));
        WHEN 'unfreeze', 'reopen' THEN PERFORM ledger.write_state(purse.account_id, 'active');
        WHEN 'limit' THEN RETURN ledger.set_credit_limit(purse, (command ->> 'credit_limit')::bigint);
        WHEN 'stripe' THEN RETURN ledger.stripe_account(purse, (command ->> 'stripes')::smallint);
        WHEN 'touch' THEN PERFORM ledger.write_state(purse.account_id, purse.state);
    END CASE;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.change_wallet(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.change_wallet(jsonb) TO app_rw, app_job;
