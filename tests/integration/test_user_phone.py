"""A verified phone, through the public door: whoever reads the code there may say that it is theirs."""

import json
import secrets

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome, wrong
from tests.integration.patience import until
from tests.integration.paying import Backstage
from tests.integration.test_account_erasure import KEPT, is_erased, leave, let_pass

INVALID_CODE = (422, "invalid_code")
LOCKED = (429, "rate_limited")
PATH = "/v1/users/me/phone/verification"


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in and has a phone."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    _set_phone(made, number())
    return made


def number() -> str:
    """Nobody else's."""
    return f"+49151{secrets.randbelow(10**9):09d}"


def _set_phone(who: Newcomer, phone: str | None) -> Answer:
    return who.client.request("PATCH", "/v1/users/me", {"phone": phone})


def _ask(who: Newcomer, key: str | None = None) -> Answer:
    return who.client.request("POST", PATH, key=key)


def _confirm(who: Newcomer, code: str) -> Answer:
    return who.client.request("POST", f"{PATH}/confirm", {"code": code})


def _code(who: Newcomer) -> str:
    """The newest, just asked for."""
    assert _ask(who).status == 202
    return who.desk.phone_code_of(who.user_id, who.me().body["phone"])


def _times_asked(who: Newcomer) -> int:
    return [kind for kind, _ in who.desk.events_of(who.user_id)].count("user.phone_verification_asked")


def _let_a_minute_pass(who: Newcomer) -> None:
    who.desk.rows(
        "UPDATE identity.attempt SET window_started_at = window_started_at - interval '1 minute' "
        "WHERE subject LIKE 'phone-gap:%'"
    )


def _of(inbox: Answer, event_type: str) -> list[dict[str, str]]:
    return [each for each in inbox.body["data"] if each["event_type"] == event_type]


class TestVerification:
    def test_is_made_with_the_code(self, anna: Newcomer) -> None:
        before = anna.me().body
        assert before["phone_verified"] is False
        asked = _ask(anna)
        assert (asked.status, asked.body) == (202, {"object": "phone_verification", "status": "code_sent"})
        code = anna.desk.phone_code_of(anna.user_id, before["phone"])
        done = _confirm(anna, code)
        expected = {**before, "phone_verified": True, "version": before["version"] + 1}
        assert (done.status, {**done.body, "updated_at": ""}) == (200, {**expected, "updated_at": ""})
        assert anna.me().body == done.body
        assert outcome(_confirm(anna, code)) == INVALID_CODE
        assert outcome(_ask(anna)) == (409, "phone_verified")
        told = [(kind, data) for kind, data in anna.desk.events_of(anna.user_id) if "phone" in kind]
        assert [kind for kind, _ in told] == ["user.phone_verification_asked", "user.phone_verified"]
        assert told[1][1] == {"user_id": anna.user_id, "version": done.body["version"]}
        assert [secret for secret in (before["phone"], code) if secret in json.dumps(told)] == []

    def test_is_told_by_sms_and_then_elsewhere(self, anna: Newcomer) -> None:
        code = _code(anna)
        _confirm(anna, code)
        inbox = until(
            lambda: anna.client.request("GET", "/v1/notifications?limit=100"),
            lambda answer: len(_of(answer, "user.phone_verified")) == 2,
        )
        assert {each["channel"] for each in _of(inbox, "user.phone_verified")} == {"email", "push"}
        (sms,) = _of(inbox, "user.phone_verification_asked")
        assert (sms["channel"], sms["status"]) == ("sms", "sent")
        assert "***" in sms["body"]
        assert code not in sms["body"]

    def test_needs_a_phone(self, anna: Newcomer) -> None:
        _set_phone(anna, None)
        assert outcome(_ask(anna)) == (409, "phone_missing")
        assert outcome(_confirm(anna, "abcde-fghjk")) == INVALID_CODE

    @pytest.mark.parametrize("other", [number(), None], ids=["changed", "removed"])
    def test_ends_with_the_number(self, anna: Newcomer, other: str | None) -> None:
        mine = anna.me().body["phone"]
        assert _confirm(anna, _code(anna)).status == 200
        assert anna.client.request("PATCH", "/v1/users/me", {"locale": "fr", "phone": mine}).body["phone_verified"]
        for phone in (other, mine):
            assert _set_phone(anna, phone).body["phone_verified"] is False
            assert anna.me().body["phone_verified"] is False

    def test_of_another_number_takes_another_code(self, anna: Newcomer) -> None:
        mine, code = anna.me().body["phone"], _code(anna)
        for phone in (number(), None, mine):
            _set_phone(anna, phone)
            assert outcome(_confirm(anna, code)) == INVALID_CODE
        _let_a_minute_pass(anna)
        assert _confirm(anna, _code(anna)).body["phone_verified"] is True

    def test_is_told_in_the_export_and_forgotten_with_the_person(
        self, anna: Newcomer, backstage: Backstage, desk: Desk
    ) -> None:
        _confirm(anna, _code(anna))
        assert anna.client.request("GET", "/v1/users/me/export").body["user"]["phone_verified"] is True
        kept = "SELECT sealed_verified_phone IS NOT NULL FROM identity.user WHERE id = :id"
        assert desk.rows(kept, id=anna.user_id) == [[True]]
        user_id = leave(anna)
        let_pass(backstage, user_id, KEPT)
        assert is_erased(desk, user_id)
        assert desk.rows(kept, id=user_id) == [[False]]

    def test_is_not_lent_to_a_number_that_the_release_before_writes(self, anna: Newcomer) -> None:
        """It knows neither the codes nor what they prove, and so forgets neither."""
        columns = "id, user_id, purpose, code_hmac, expires_at"
        code = _code(anna)
        (row,) = anna.desk.rows(f"SELECT {columns} FROM identity.one_time_code WHERE user_id = :id", id=anna.user_id)  # noqa: S608
        _set_phone(anna, number())
        values = dict(zip(columns.split(", "), row, strict=True))
        names = ", ".join(f":{name}" for name in values)
        anna.desk.rows(f"INSERT INTO identity.one_time_code ({columns}) VALUES ({names})", **values)  # noqa: S608
        assert outcome(_confirm(anna, code)) == INVALID_CODE
        _let_a_minute_pass(anna)
        assert _confirm(anna, _code(anna)).status == 200
        kept = "SELECT sealed_verified_phone FROM identity.user WHERE id = :id"
        ((sealed,),) = anna.desk.rows(kept, id=anna.user_id)
        _set_phone(anna, number())
        anna.desk.rows(
            "UPDATE identity.user SET sealed_verified_phone = :sealed WHERE id = :id", sealed=sealed, id=anna.user_id
        )
        anna.desk.redis.delete(f"user:{anna.user_id}")
        assert anna.me().body["phone_verified"] is False


class TestCode:
    def test_works_for_fifteen_minutes(self, anna: Newcomer) -> None:
        code = _code(anna)
        anna.desk.rows("UPDATE identity.one_time_code SET expires_at = now() WHERE user_id = :id", id=anna.user_id)
        assert outcome(_confirm(anna, code)) == INVALID_CODE

    def test_bears_five_wrong_tries_of_a_place(self, anna: Newcomer) -> None:
        code = _code(anna)
        for _ in range(5):
            assert outcome(_confirm(anna, wrong(code))) == INVALID_CODE
        assert outcome(_confirm(anna, code)) == INVALID_CODE
        anna.client.address = anna.elsewhere().address
        assert _confirm(anna, code).status == 200

    def test_is_the_newest_and_one_a_minute(self, anna: Newcomer) -> None:
        first = _code(anna)
        refused = _ask(anna)
        assert outcome(refused) == LOCKED
        assert 30 < int(refused.headers["retry-after"]) <= 60
        _let_a_minute_pass(anna)
        second = _code(anna)
        assert outcome(_confirm(anna, first)) == INVALID_CODE
        assert _confirm(anna, second).status == 200

    def test_is_sent_once_for_one_key(self, anna: Newcomer) -> None:
        first, again = (_ask(anna, "the-same") for _ in range(2))
        assert (first.status, first.raw) == (again.status, again.raw) == (202, first.raw)
        assert _times_asked(anna) == 1
        assert outcome(_ask(anna, "another")) == LOCKED

    def test_goes_to_no_number_that_it_was_not_asked_for(self, anna: Newcomer) -> None:
        _code(anna)
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
            _code(anna)
            _let_a_minute_pass(anna)
        refused = _ask(anna)
        assert outcome(refused) == LOCKED
        assert 60 < int(refused.headers["retry-after"]) <= 15 * 60
        _let_a_minute_pass(anna)
        anna.client.address = anna.elsewhere().address
        assert _ask(anna).status == 202

    def test_goes_out_ten_times_a_day_to_whatever_numbers(self, anna: Newcomer) -> None:
        for _ in range(10):
            assert _ask(anna).status == 202
            _set_phone(anna, number())
            _let_a_minute_pass(anna)
        refused = _ask(anna)
        assert outcome(refused) == LOCKED
        assert 15 * 60 < int(refused.headers["retry-after"]) <= 24 * 60 * 60
        assert _times_asked(anna) == 10
