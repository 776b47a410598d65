-- Counts a payer's spending against the limits that hold for who asks (ledger.limit_roles): of several the least, each
-- kind by itself. `refusal` is what the judge said. Null, that refusal, or one of its own. What lacks a second factor only
-- does not count as an attempt.
--
-- Every attempt counts in the hour, also a refused one (of another currency, too), and the one too many leaves nothing
-- behind ("kept": false, a 429); only money that moves counts in the day and the month (UTC). The row is locked to the
-- end: the sums are exact.
--
-- Invariants: two at the same moment never exceed a limit together; what is refused counts as an attempt only.
-- What finds no wallet never comes here, and an atomic bulk that is refused takes its attempts back. Money that was
-- only held stays counted when its hold ends, and so does what is brought back.
CREATE OR REPLACE FUNCTION ledger.spend(command jsonb, payer ledger.purse, refusal jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    most    CONSTANT bigint := 9223372036854775807;  -- a sum above it, which is above any limit, stays there
    amount  bigint := (command ->> 'amount')::bigint;
    roles   text[] := ledger.limit_roles(command);
    allowed ledger.spending_limit;
    spent   ledger.spending;
    utc     timestamp;
    broken  jsonb;
    counted bigint;
BEGIN
    refusal := coalesce(refusal, ledger.judge_step_up(command, payer.currency, amount));
    IF refusal -> 'kept' = 'false' OR roles IS NULL THEN
        RETURN refusal;
    END IF;
    SELECT roles[1], payer.currency, min(l.per_transaction_minor), min(l.per_day_minor), min(l.per_month_minor),
           min(l.count_per_hour)
      INTO allowed FROM ledger.spending_limit l
     WHERE l.role = ANY (roles) AND l.currency = payer.currency::bpchar HAVING count(*) > 0;
    IF NOT FOUND THEN
        RETURN refusal;
    END IF;
    spent := ledger.take_counter(payer.owner_id, payer.currency);
    utc := clock_timestamp() AT TIME ZONE 'UTC';
    IF spent.hour <> date_trunc('hour', utc) AT TIME ZONE 'UTC' THEN
        spent.hour := date_trunc('hour', utc) AT TIME ZONE 'UTC';
        spent.hour_count := 0;
    END IF;
    IF spent.day <> utc::date THEN
        spent.day := utc::date;
        spent.day_minor := 0;
    END IF;
    IF spent.month <> date_trunc('month', utc)::date THEN
        spent.month := date_trunc('month', utc)::date;
        spent.month_minor := 0;
    END IF;
    IF spent.hour_count >= allowed.count_per_hour THEN
        RETURN jsonb_build_object('code', 'rate_limited', 'kept', false,
            'retry_after_s', ceil(extract(epoch FROM spent.hour + interval '1 hour' - clock_timestamp()))::integer);
    END IF;
    broken := coalesce(refusal, ledger.judge_spending(allowed, spent, amount));
    counted := CASE WHEN broken IS NULL THEN amount ELSE 0 END;
    UPDATE ledger.spending s
       SET hour = spent.hour, day = spent.day, month = spent.month, hour_count = spent.hour_count + 1,
           day_minor = least(spent.day_minor, most - counted) + counted,
           month_minor = least(spent.month_minor, most - counted) + counted
     WHERE s.owner_id = payer.owner_id AND s.currency = payer.currency::bpchar;
    RETURN broken;
END $$;
REVOKE ALL ON FUNCTION ledger.spend(jsonb, ledger.purse, jsonb) FROM PUBLIC;
