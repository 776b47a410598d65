"""The code that verifies a phone: how long it lives, how often it may be tried, how many go out and where to."""

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome, wrong
from tests.integration.patience import until
from tests.integration.phones import ask, ask_for_code, confirm, let_a_minute_pass, number, set_phone, with_phone

INVALID_CODE = (422, "invalid_code")
LOCKED = (429, "rate_limited")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    return with_phone(platform, desk)


def _times_asked(who: Newcomer) -> int:
    return [kind for kind, _ in who.desk.events_of(who.user_id)].count("user.phone_verification_asked")


class TestCode:
    def test_works_for_fifteen_minutes(self, anna: Newcomer) -> None:
        code = ask_for_code(anna)
        anna.desk.rows("UPDATE identity.one_time_code SET expires_at = now() WHERE user_id = :id", id=anna.user_id)
        assert outcome(confirm(anna, code)) == INVALID_CODE

    def test_bears_five_wrong_tries_of_a_place(self, anna: Newcomer) -> None:
        code = ask_for_code(anna)
        for _ in range(5):
            assert outcome(confirm(anna, wrong(code))) == INVALID_CODE
        assert outcome(confirm(anna, code)) == INVALID_CODE
        anna.client.address = anna.elsewhere().address
        assert confirm(anna, code).status == 200

    def test_is_the_newest_and_one_a_minute(self, anna: Newcomer) -> None:
        first = ask_for_code(anna)
        refused = ask(anna)
        assert outcome(refused) == LOCKED
        assert 30 < int(refused.headers["retry-after"]) <= 60
        let_a_minute_pass(anna)
        second = ask_for_code(anna)
        assert outcome(confirm(anna, first)) == INVALID_CODE
        assert confirm(anna, second).status == 200

    def test_is_sent_once_for_one_key(self, anna: Newcomer) -> None:
        first, again = (ask(anna, "the-same") for _ in range(2))
        assert (first.status, first.raw) == (again.status, again.raw) == (202, first.raw)
        assert _times_asked(anna) == 1
        assert outcome(ask(anna, "another")) == LOCKED

    def test_goes_to_no_number_that_it_was_not_asked_for(self, anna: Newcomer) -> None:
        ask_for_code(anna)
        phone = anna.me().body["phone"]
        events = {anna.desk.stage_phone_code(anna.user_id, "abcde-fghjk", each): each for each in (number(), phone)}
        inbox = until(
            lambda: anna.client.request("GET", "/v1/notifications?limit=100"),
            lambda answer: (
                {each["event_id"] for each in answer.body["data"] if each["status"] != "pending"} >= {*events}
            ),
        )
        ends = {each["event_id"]: each["status"] for each in inbox.body["data"]}
        assert [ends[event] for event in events] == ["failed", "sent"]

    def test_goes_to_a_number_five_times_from_a_place(self, anna: Newcomer) -> None:
        for _ in range(5):
            ask_for_code(anna)
            let_a_minute_pass(anna)
        refused = ask(anna)
        assert outcome(refused) == LOCKED
        assert 60 < int(refused.headers["retry-after"]) <= 15 * 60
        let_a_minute_pass(anna)
        anna.client.address = anna.elsewhere().address
        assert ask(anna).status == 202

    def test_goes_out_ten_times_a_day_to_whatever_numbers(self, anna: Newcomer) -> None:
        for _ in range(10):
            assert ask(anna).status == 202
            set_phone(anna, number())
            let_a_minute_pass(anna)
        refused = ask(anna)
        assert outcome(refused) == LOCKED
        assert 15 * 60 < int(refused.headers["retry-after"]) <= 24 * 60 * 60
        assert _times_asked(anna) == 10
