-- The transaction that another one is about, if `allowed` names somebody who may touch it (JSON null: an admin): null, as
-- if there were none, for everybody else, also where `allowed` is missing. Its parties never change, so no lock is needed to know them. One plan serves all
-- (see ledger.history_page).
-- allowed: {user_id, sides: ["source", "target"]} or null
CREATE OR REPLACE FUNCTION ledger.find_original(command jsonb) RETURNS ledger.transaction
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    original ledger.transaction;
    allowed  jsonb := command -> 'allowed';
    user_id  text := allowed ->> 'user_id';
BEGIN
    SELECT * INTO original FROM ledger.transaction t WHERE t.id = command ->> 'original_id';
    IF allowed = 'null'
       OR (allowed -> 'sides' ? 'source' AND original.source_owner_id = user_id)
       OR (allowed -> 'sides' ? 'target' AND original.target_owner_id = user_id)
       OR (allowed -> 'sides' ? 'sender of nobody' AND original.source_owner_id = user_id
           AND original.target_account_id IS NULL) THEN
        RETURN original;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.find_original(jsonb) FROM PUBLIC;
