"""A verified phone, through the public door: whoever reads the code there may say that it is theirs."""

import json

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.mailbox import Mailbox
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.patience import until
from tests.integration.paying import Backstage
from tests.integration.phones import ask, ask_for_code, confirm, let_a_minute_pass, number, set_phone, with_phone
from tests.integration.test_account_erasure import KEPT, is_erased, leave, let_pass

INVALID_CODE = (422, "invalid_code")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    return with_phone(platform, desk)


def _of(inbox: Answer, event_type: str) -> list[dict[str, str]]:
    return [each for each in inbox.body["data"] if each["event_type"] == event_type]


class TestVerification:
    def test_is_made_with_the_code(self, anna: Newcomer) -> None:
        before = anna.me().body
        assert before["phone_verified"] is False
        asked = ask(anna)
        assert (asked.status, asked.body) == (202, {"object": "phone_verification", "status": "code_sent"})
        code = anna.desk.phone_code_of(anna.user_id, before["phone"])
        done = confirm(anna, code)
        expected = {**before, "phone_verified": True, "version": before["version"] + 1}
        assert (done.status, {**done.body, "updated_at": ""}) == (200, {**expected, "updated_at": ""})
        assert anna.me().body == done.body
        assert outcome(confirm(anna, code)) == INVALID_CODE
        assert outcome(ask(anna)) == (409, "phone_verified")
        told = [(kind, data) for kind, data in anna.desk.events_of(anna.user_id) if "phone" in kind]
        assert [kind for kind, _ in told] == ["user.phone_verification_asked", "user.phone_verified"]
        assert told[1][1] == {"user_id": anna.user_id, "version": done.body["version"]}
        assert [secret for secret in (before["phone"], code) if secret in json.dumps(told)] == []

    def test_is_told_by_sms_and_then_elsewhere(self, anna: Newcomer, platform: Configuration) -> None:
        code, phone = ask_for_code(anna), anna.me().body["phone"]
        (text,) = until(lambda: Mailbox(platform).sms_to(phone), lambda texts: texts != [])
        assert f"Your Paycore code is {code}." in text
        confirm(anna, code)
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
        set_phone(anna, None)
        assert outcome(ask(anna)) == (409, "phone_missing")
        assert outcome(confirm(anna, "abcde-fghjk")) == INVALID_CODE

    @pytest.mark.parametrize("other", [number(), None], ids=["changed", "removed"])
    def test_ends_with_the_number(self, anna: Newcomer, other: str | None) -> None:
        mine = anna.me().body["phone"]
        assert confirm(anna, ask_for_code(anna)).status == 200
        assert anna.client.request("PATCH", "/v1/users/me", {"locale": "fr", "phone": mine}).body["phone_verified"]
        for phone in (other, mine):
            assert set_phone(anna, phone).body["phone_verified"] is False
            assert anna.me().body["phone_verified"] is False

    def test_of_another_number_takes_another_code(self, anna: Newcomer) -> None:
        mine, code = anna.me().body["phone"], ask_for_code(anna)
        for phone in (number(), None, mine):
            set_phone(anna, phone)
            assert outcome(confirm(anna, code)) == INVALID_CODE
        let_a_minute_pass(anna)
        assert confirm(anna, ask_for_code(anna)).body["phone_verified"] is True

    def test_is_told_in_the_export_and_forgotten_with_the_person(
        self, anna: Newcomer, backstage: Backstage, desk: Desk
    ) -> None:
        confirm(anna, ask_for_code(anna))
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
        code = ask_for_code(anna)
        (row,) = anna.desk.rows(f"SELECT {columns} FROM identity.one_time_code WHERE user_id = :id", id=anna.user_id)  # noqa: S608
        set_phone(anna, number())
        values = dict(zip(columns.split(", "), row, strict=True))
        names = ", ".join(f":{name}" for name in values)
        anna.desk.rows(f"INSERT INTO identity.one_time_code ({columns}) VALUES ({names})", **values)  # noqa: S608
        assert outcome(confirm(anna, code)) == INVALID_CODE
        let_a_minute_pass(anna)
        assert confirm(anna, ask_for_code(anna)).status == 200
        kept = "SELECT sealed_verified_phone FROM identity.user WHERE id = :id"
        ((sealed,),) = anna.desk.rows(kept, id=anna.user_id)
        set_phone(anna, number())
        anna.desk.rows(
            "UPDATE identity.user SET sealed_verified_phone = :sealed WHERE id = :id", sealed=sealed, id=anna.user_id
        )
        anna.desk.redis.delete(f"user:{anna.user_id}")
        assert anna.me().body["phone_verified"] is False
