"""Scheduled transfers through the public door: made, shown, paused, canceled."""

import secrets
from typing import Any

import pytest

from local.configuration import Configuration
from local.story import Person
from tests.integration.money import ABSENT_WALLET, fund, get, posted, refusal
from tests.integration.paying import Backstage
from tests.integration.people import Town
from tests.integration.scheduling import Clockwork, at, change, made_schedule, schedule, shown_schedule


@pytest.fixture
def clockwork(platform: Configuration, backstage: Backstage) -> Clockwork:
    return Clockwork(platform, backstage)


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


def _ends(schedule: dict[str, Any]) -> list[tuple[int, str]]:
    return [(each["occurrence"], each["status"]) for each in schedule["occurrences"]]


class TestMake:
    def test_shows_what_was_asked_for(self, rich: Person, payee: Person) -> None:
        recurrence = {"every": "month", "count": 12}
        first = schedule(rich, payee.wallet_id, 100, "k", recurrence=recurrence, execute_at=at(90))
        assert (first.status, first.body["status"], first.body["next_occurrence"]) == (201, "active", 1)
        assert first.body["recurrence"] == {**recurrence, "until": None}
        assert first.body["transfer"]["target_wallet_id"] == payee.wallet_id
        assert shown_schedule(rich, first.body["id"]) == first.body
        assert get(rich, "/v1/schedules").body["data"] == [first.body]
        assert posted(rich) == 1000

    def test_is_nobody_else_s(self, rich: Person, payee: Person) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id)
        assert get(payee, "/v1/schedules").body["data"] == []
        for text in (schedule_id, "sch_" + "0" * 26, "sch_1"):
            assert refusal(get(payee, f"/v1/schedules/{text}")) == (404, "schedule_not_found")
            assert refusal(change(payee, text, "cancel")) == (404, "schedule_not_found")

    def test_keeps_an_address_sealed(self, rich: Person, clockwork: Clockwork) -> None:
        email = f"nobody.{secrets.token_hex(6)}@example.com"
        schedule_id = made_schedule(rich, None, target_email=email)
        assert shown_schedule(rich, schedule_id)["transfer"]["target_email"] == email
        ((row,),) = clockwork.sql("SELECT to_jsonb(s)::text FROM transfer.schedule s WHERE id = :id", id=schedule_id)
        assert email not in row

    def test_refuses_more_than_two_hundred_that_may_run(
        self, rich: Person, payee: Person, clockwork: Clockwork
    ) -> None:
        first = made_schedule(rich, payee.wallet_id)
        more = (
            "INSERT INTO transfer.schedule (id, owner_id, transfer, state, starts_at, next_at) "
            "SELECT left(id, 20) || lpad(n::text, 10, '0'), owner_id, transfer, 'paused', starts_at, next_at "
            "  FROM transfer.schedule, generate_series(1, 199) n WHERE id = :id"
        )
        clockwork.sql(more, id=first)
        refused = schedule(rich, payee.wallet_id)
        assert (*refusal(refused), refused.body["schedules_max"]) == (409, "too_many_schedules", 200)
        assert change(rich, first, "cancel").status == 200
        assert schedule(rich, payee.wallet_id).status == 201

    def test_refuses_what_can_never_be_made(self, rich: Person, payee: Person, town: Town) -> None:
        assert refusal(schedule(rich, ABSENT_WALLET)) == (404, "wallet_not_found")
        assert refusal(schedule(rich, payee.wallet_id, source_wallet_id=payee.wallet_id)) == (404, "wallet_not_found")
        assert refusal(schedule(rich, rich.wallet_id)) == (422, "same_wallet")
        assert refusal(schedule(rich, town.person("USD").wallet_id)) == (422, "currency_mismatch")
        wrong: list[dict[str, Any]] = [
            {"execute_at": at(30)}, {"execute_at": at(-1)}, {"execute_at": "2026-13-01T00:00:00Z"},
            {"execute_at": 1900000000}, {"execute_at": "1900000000"}, {"execute_at": "2030-01-01T00:00:00"},
            {"execute_at": at(20 * 366 * 86400)}, {"recurrence": {"every": "year"}}, {"recurrence": {}},
            {"recurrence": {"every": "day", "count": 0}}, {"amount": 0}, {"external_id": "a", "recurrence": {"every": "day"}},
            {"recurrence": {"every": "day", "count": 1, "until": at(9000)}},
            {"recurrence": {"every": "day", "until": at(60)}},
        ]  # fmt: skip
        for more in wrong:
            assert refusal(schedule(rich, payee.wallet_id, **more)) == (422, "invalid_request"), more
        assert get(rich, "/v1/schedules").body["data"] == []


class TestChange:
    def test_a_paused_one_skips_what_it_misses(self, rich: Person, payee: Person, clockwork: Clockwork) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id, recurrence={"every": "day"})
        assert change(rich, schedule_id, "pause").body["status"] == "paused"
        clockwork.past(schedule_id, "50 hours")
        clockwork.paused(schedule_id, "51 hours")
        clockwork.run()
        resumed = change(rich, schedule_id, "resume").body
        assert (resumed["status"], resumed["next_occurrence"]) == ("active", 4)
        assert _ends(resumed) == [(3, "skipped"), (2, "skipped"), (1, "skipped")]
        clockwork.run()
        assert posted(payee) == 0

    def test_one_that_missed_its_only_turn_is_completed_and_says_why(
        self, rich: Person, payee: Person, clockwork: Clockwork
    ) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id)
        change(rich, schedule_id, "pause")
        clockwork.past(schedule_id)
        clockwork.paused(schedule_id, "1 hour")
        resumed = change(rich, schedule_id, "resume").body
        assert (resumed["status"], _ends(resumed)) == ("completed", [(1, "skipped")])
        assert refusal(change(rich, schedule_id, "cancel")) == (409, "invalid_state")

    def test_what_was_due_before_the_pause_runs_late(self, rich: Person, payee: Person, clockwork: Clockwork) -> None:
        """As an outage missed it: the job comes after who pauses and resumes."""
        once = made_schedule(rich, payee.wallet_id)
        daily = made_schedule(rich, payee.wallet_id, recurrence={"every": "day"})
        clockwork.past(once, "10 minutes")
        clockwork.past(daily, "50 hours")
        for each in (once, daily):
            change(rich, each, "pause")
        clockwork.paused(daily, "40 hours")
        assert change(rich, once, "resume").body["status"] == "active"
        resumed = change(rich, daily, "resume").body
        assert (resumed["next_occurrence"], _ends(resumed)) == (1, [(3, "skipped"), (2, "skipped")])
        clockwork.run()
        assert posted(payee) == 200
        assert _ends(shown_schedule(rich, once)) == [(1, "completed")]
        shown = shown_schedule(rich, daily)
        assert (shown["next_occurrence"], _ends(shown)) == (4, [(3, "skipped"), (2, "skipped"), (1, "completed")])

    def test_a_canceled_one_never_runs(self, rich: Person, payee: Person, clockwork: Clockwork) -> None:
        schedule_id = made_schedule(rich, payee.wallet_id)
        assert change(rich, schedule_id, "cancel").body["status"] == "canceled"
        for how in ("pause", "resume", "cancel"):
            answer = change(rich, schedule_id, how)
            assert (*refusal(answer), answer.body["state"]) == (409, "invalid_state", "canceled")
        clockwork.run()
        assert posted(payee) == 0
