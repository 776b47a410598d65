"""Scheduled transfers that are due, run by the job itself: each occurrence once for ever."""

import json
import secrets

import pytest

from local.configuration import Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard
from tests.integration.money import fund, get, history, post, posted
from tests.integration.paying import Backstage
from tests.integration.scheduling import Clockwork, made_schedule, shown_schedule


@pytest.fixture
def clockwork(platform: Configuration, backstage: Backstage) -> Clockwork:
    return Clockwork(platform, backstage)


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


class TestRun:
    def test_a_single_one_runs_once_and_is_completed(self, rich: Person, payee: Person, clockwork: Clockwork) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id, description="Rent")
        clockwork.run()
        assert posted(payee) == 0
        clockwork.past(schedule_id)
        clockwork.run()
        clockwork.run()
        assert (posted(rich), posted(payee)) == (900, 100)
        shown = shown_schedule(rich, schedule_id)
        assert (shown["status"], shown["next_at"], shown["next_occurrence"]) == ("completed", None, None)
        (end,) = shown["occurrences"]
        (made,) = history(payee)
        assert (end["status"], end["transaction_id"], end["occurrence"]) == ("completed", made["id"], 1)
        assert made["description"] == "Rent"

    def test_what_an_outage_missed_runs_once_each(self, rich: Person, payee: Person, clockwork: Clockwork) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id, recurrence={"every": "day"})
        clockwork.past(schedule_id, "50 hours")
        clockwork.run()
        assert posted(payee) == 300
        shown = shown_schedule(rich, schedule_id)
        assert (shown["status"], shown["next_occurrence"]) == ("active", 4)
        assert [end["occurrence"] for end in shown["occurrences"]] == [3, 2, 1]

    def test_an_address_whose_key_is_gone_is_not_shown_and_fails(self, rich: Person, clockwork: Clockwork) -> None:
        schedule_id = made_schedule(rich, None, target_email=f"nobody.{secrets.token_hex(8)}@example.com")
        lost = "UPDATE transfer.schedule SET sealed_email = 'k0' || substr(sealed_email, 3) WHERE id = :id"
        clockwork.sql(lost, id=schedule_id)
        assert shown_schedule(rich, schedule_id)["transfer"]["target_email"] is None
        clockwork.past(schedule_id)
        clockwork.run()
        shown = shown_schedule(rich, schedule_id)
        (end,) = shown["occurrences"]
        assert (shown["status"], end["status"], end["failure_code"]) == ("completed", "failed", "recipient_unknown")
        assert posted(rich) == 1000

    def test_a_crash_before_the_mark_repeats_harmlessly(
        self, rich: Person, payee: Person, clockwork: Clockwork
    ) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id)
        clockwork.past(schedule_id)
        clockwork.run()
        again = "UPDATE transfer.schedule SET state = 'active', next_occurrence = 1, next_at = now() WHERE id = :id"
        clockwork.sql(again, id=schedule_id)  # the occurrence is marked, the schedule is not
        clockwork.run()
        assert (posted(payee), shown_schedule(rich, schedule_id)["status"]) == (100, "completed")
        clockwork.sql("DELETE FROM transfer.occurrence WHERE schedule_id = :id", id=schedule_id)
        clockwork.sql(again, id=schedule_id)  # neither is: the ledger knows the key
        clockwork.run()
        assert (posted(payee), len(history(payee))) == (100, 1)

    def test_a_refusal_is_recorded_and_told_and_the_next_goes_on(
        self, rich: Person, payee: Person, admin: Person, clockwork: Clockwork
    ) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id, 1001, recurrence={"every": "week", "count": 2})
        clockwork.past(schedule_id)
        clockwork.run()
        shown = shown_schedule(rich, schedule_id)
        assert (shown["status"], shown["next_occurrence"]) == ("active", 2)
        assert shown["occurrences"][0]["failure_code"] == "insufficient_funds"
        told = "SELECT data FROM outbox.event WHERE subject = :id AND type = 'schedule.failed'"
        ((data,),) = clockwork.sql(told, id=schedule_id)
        assert (data["failure_code"], data["occurrence"], data["amount"]) == ("insufficient_funds", 1, 1001)
        fund(admin, rich.wallet_id, 1)
        clockwork.past(schedule_id, "8 days")
        clockwork.run()
        assert (posted(payee), shown_schedule(rich, schedule_id)["status"]) == (1001, "completed")

    @pytest.mark.parametrize(
        ("fault", "code"),
        [({"description": 7}, "invalid_request"), ({"source_wallet_id": "wal_1"}, "wallet_not_found")],
    )
    def test_what_fitted_when_it_was_made_fails_and_the_next_goes_on(
        self, rich: Person, payee: Person, clockwork: Clockwork, fault: dict[str, object], code: str
    ) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id, recurrence={"every": "week"})
        broken = "UPDATE transfer.schedule SET transfer = transfer || CAST(:fault AS jsonb) WHERE id = :id"
        clockwork.sql(broken, id=schedule_id, fault=json.dumps(fault))
        clockwork.past(schedule_id)
        clockwork.run()
        shown = shown_schedule(rich, schedule_id)
        (end,) = shown["occurrences"]
        assert (shown["next_occurrence"], end["status"], end["failure_code"]) == (2, "failed", code)
        told = "SELECT data ->> 'failure_code' FROM outbox.event WHERE subject = :id AND type = 'schedule.failed'"
        assert clockwork.sql(told, id=schedule_id) == [[code]]

    def test_one_that_meets_a_limit_waits_and_then_runs(self, rich: Person, clockwork: Clockwork) -> None:
        schedule_id = made_schedule(rich, None, target_email=f"nobody.{secrets.token_hex(8)}@example.com")
        sender = "(SELECT owner_id FROM transfer.schedule WHERE id = :id)"
        enough = f"INSERT INTO transfer.new_address VALUES ({sender}, (now() AT TIME ZONE 'UTC')::date, 20)"  # noqa: S608
        clockwork.sql(enough, id=schedule_id)
        clockwork.past(schedule_id)
        clockwork.run()
        waits = (
            "SELECT state, next_occurrence, not_before > now() + interval '30 s' FROM transfer.schedule WHERE id = :id"
        )
        assert clockwork.sql(waits, id=schedule_id) == [["active", 1, True]]
        clockwork.sql(f"DELETE FROM transfer.new_address WHERE sender_id = {sender}", id=schedule_id)  # noqa: S608
        clockwork.run()
        assert shown_schedule(rich, schedule_id)["status"] == "active", "it waits"
        clockwork.sql("UPDATE transfer.schedule SET not_before = now() WHERE id = :id", id=schedule_id)
        clockwork.run()
        assert shown_schedule(rich, schedule_id)["status"] == "completed"

    def test_a_disabled_owner_s_does_not_run(
        self, rich: Person, payee: Person, guard: Guard, clockwork: Clockwork
    ) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id)
        user_id = get(rich, "/v1/users/me").body["id"]
        body = {"status": "disabled", "reason": "test"}
        assert guard.request("PATCH", f"/v1/users/{user_id}", body).status == 200
        clockwork.past(schedule_id)
        clockwork.run()
        assert posted(payee) == 0
        assert clockwork.sql("SELECT status FROM transfer.occurrence WHERE schedule_id = :id", id=schedule_id) == [
            ["skipped"]
        ]

    def test_what_finds_its_wallet_locked_stays_due(
        self, rich: Person, payee: Person, desk: Desk, clockwork: Clockwork
    ) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id)
        clockwork.past(schedule_id)
        desk.rows("BEGIN")
        try:
            desk.rows("SELECT FROM ledger.balance WHERE account_id = :id FOR UPDATE", id=rich.wallet_id)
            clockwork.run()
        finally:
            desk.rows("ROLLBACK")
        waits = "SELECT state, next_occurrence, not_before IS NULL FROM transfer.schedule WHERE id = :id"
        assert clockwork.sql(waits, id=schedule_id) == [["active", 1, True]]
        assert clockwork.sql("SELECT FROM transfer.occurrence WHERE schedule_id = :id", id=schedule_id) == []
        clockwork.run()
        assert shown_schedule(rich, schedule_id)["status"] == "completed"
        assert posted(payee) == 100

    def test_what_meets_a_limit_of_its_owner_stays_due(
        self, rich: Person, payee: Person, admin: Person, clockwork: Clockwork
    ) -> None:
        clockwork.sql(
            "INSERT INTO ledger.spending_limit (role, currency, count_per_hour) VALUES ('user', 'ISK', 1) "
            "ON CONFLICT DO NOTHING"
        )
        wallets = [post(person, "/v1/wallets", {"currency": "ISK"}).body["id"] for person in (rich, payee)]
        fund(admin, wallets[0], 100, "ISK")
        sides = {"source_wallet_id": wallets[0], "currency": "ISK"}
        ids = [made_schedule(rich, wallets[1], 10, **sides) for _ in range(2)]
        for schedule_id in ids:
            clockwork.past(schedule_id)
        clockwork.run()
        assert posted(payee, wallets[1]) == 10
        assert sorted(shown_schedule(rich, each)["status"] for each in ids) == ["active", "completed"]
        clockwork.sql("DELETE FROM ledger.spending_limit WHERE currency = 'ISK'")
        for schedule_id in ids:  # as if an hour had passed
            clockwork.sql("UPDATE transfer.schedule SET not_before = now() WHERE id = :id", id=schedule_id)
        clockwork.run()
        assert posted(payee, wallets[1]) == 20
