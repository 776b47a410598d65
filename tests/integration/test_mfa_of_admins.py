"""Who has stolen the password of an admin without a second factor must not get one: that takes the mailbox, too."""

import re
import secrets

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from tests.canary.registry import plant
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, enrolled, mfa, started, step_up
from tests.integration.newcomer import Newcomer, outcome, wrong
from tests.integration.patience import until
from tests.integration.test_audit_of_failures import INVALID_CODE, failures

NO_FACTOR = (403, "second_factor_required")
LIMITED = (429, "rate_limited")
ABSENT = "usr_00000000000000000000000000"


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


@pytest.fixture
def ada(guard: Guard, anna: Newcomer) -> Newcomer:
    """An admin without a factor, or who has her password."""
    return _promoted(guard, anna)


def _promoted(guard: Guard, who: Newcomer, role: str = "admin") -> Newcomer:
    change = {"roles": [role], "reason": "a test"}
    assert guard.request("PATCH", f"/v1/users/{who.user_id}", change).status == 200
    return who


def _confirm(who: Newcomer, phone: Phone, email_code: str | None = None) -> tuple[int, str | None]:
    answer = mfa(who.client, "confirm", code=phone.code(), **({"email_code": email_code} if email_code else {}))
    return answer.status, answer.body.get("code")


def _mailed(who: Newcomer) -> str:
    return who.desk.factor_codes_of(who.user_id)[-1]


def _move(who: Newcomer) -> None:
    token, who.client = who.client.token, who.elsewhere()
    who.client.token = token


def _look(who: Newcomer) -> tuple[int, str]:
    return outcome(who.client.request("GET", f"/v1/users/{ABSENT}"))


class TestAnAdminsFactor:
    def test_takes_both_codes(self, ada: Newcomer) -> None:
        token = ada.sign_in()
        asked = mfa(ada.client, "enroll", password=ada.password)
        assert asked.body["email_code_required"] is True
        phone = Phone(asked.body["secret"])
        assert _confirm(ada, phone) == INVALID_CODE, "of the phone alone"
        assert _confirm(ada, phone, wrong(_mailed(ada))) == INVALID_CODE
        assert outcome(mfa(ada.client, "confirm", code=wrong(phone.code()), email_code=_mailed(ada))) == INVALID_CODE
        ada.client.token = ada.refresh(token).body["access_token"]
        assert _look(ada) == NO_FACTOR
        assert ada.me().body["mfa_enabled"] is False
        assert [method for method, _ in failures(ada)] == ["second_factor_code"] * 2 + ["totp"]
        assert _confirm(ada, phone, _mailed(ada)) == (200, None)
        assert ada.me().body["mfa_enabled"] is True

    def test_is_not_confirmed_with_the_code_of_somebody_else(
        self, ada: Newcomer, guard: Guard, platform: Configuration
    ) -> None:
        ben = Newcomer(ada.desk, platform.ports.gateway).settle_in()
        ben.sign_in()
        _promoted(guard, ben)
        started(ben)
        phone = started(ada)
        if _mailed(ben) != _mailed(ada):
            assert _confirm(ada, phone, _mailed(ben)) == INVALID_CODE
        assert _confirm(ada, phone, _mailed(ada)) == (200, None)

    def test_takes_the_newest_code_only(self, ada: Newcomer) -> None:
        started(ada)
        first, phone = _mailed(ada), started(ada)
        if first != _mailed(ada):
            assert _confirm(ada, phone, first) == INVALID_CODE
        assert _confirm(ada, phone, _mailed(ada)) == (200, None)

    def test_takes_no_stale_code(self, ada: Newcomer) -> None:
        phone = started(ada)
        ada.desk.rows("UPDATE identity.one_time_code SET expires_at = now() WHERE user_id = :id", id=ada.user_id)
        assert _confirm(ada, phone, _mailed(ada)) == INVALID_CODE

    def test_leaves_no_code_behind(self, ada: Newcomer) -> None:
        enrolled(ada, ada.desk)
        assert ada.desk.rows("SELECT 1 FROM identity.one_time_code WHERE user_id = :id", id=ada.user_id) == []

    def test_is_not_guessed(self, ada: Newcomer) -> None:
        phone = started(ada)
        for _ in range(5):
            assert _confirm(ada, phone, wrong(_mailed(ada))) == INVALID_CODE
        assert _confirm(ada, phone, _mailed(ada)) == LIMITED
        _move(ada)
        assert _confirm(ada, started(ada), _mailed(ada)) == LIMITED, "nor with a new code from another place"

    def test_fills_no_mailbox(self, ada: Newcomer) -> None:
        _move(ada)  # where nobody has registered from
        phones = [started(ada) for _ in range(5)]
        assert outcome(mfa(ada.client, "enroll", password=ada.password)) == LIMITED
        assert len(ada.desk.factor_codes_of(ada.user_id)) == 5
        assert _confirm(ada, phones[-1], _mailed(ada)) == (200, None), "who was refused changed nothing"

    def test_takes_a_code_of_who_has_become_an_admin_since(self, anna: Newcomer, guard: Guard) -> None:
        asked = mfa(anna.client, "enroll", password=anna.password)
        assert asked.body["email_code_required"] is False
        _promoted(guard, anna)
        assert _confirm(anna, Phone(asked.body["secret"])) == INVALID_CODE
        assert anna.desk.factor_codes_of(anna.user_id) == []
        enrolled(anna, anna.desk)

    @pytest.mark.parametrize(
        "email_code", ["", "ABCDE-FGHJK", "a" * 41, "١٢٣٤٥٦", "abcde-fghjk\n", 123456, ["abcde-fghjk"]]
    )
    def test_takes_what_may_be_a_code(self, ada: Newcomer, email_code: object) -> None:
        refused = mfa(ada.client, "confirm", code=started(ada).code(), email_code=email_code)
        assert outcome(refused) == (422, "invalid_request")


class TestTheMailedCode:
    def test_reaches_the_mailbox_and_nothing_else(self, ada: Newcomer, platform: Configuration) -> None:
        started(ada)
        code = plant("one-time code", _mailed(ada))
        assert re.fullmatch("[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}", code), "beyond guessing"
        (told,) = [data for kind, data in ada.desk.events_of(ada.user_id) if kind == "user.mfa_enrollment_asked"]
        assert set(told) == {"user_id", "sealed_code", "expires_at"}
        assert code not in str(told)

        def letters() -> Answer:
            return Client(platform.ports.mail_web).request("GET", f"/api/email?to.address={ada.email}")

        found = until(letters, lambda answer: any(code in str(letter["text"]) for letter in answer.body))
        (text,) = [str(letter["text"]) for letter in found.body if code in str(letter["text"])]
        assert "second factor" in text

    @pytest.mark.parametrize("role", [None, "merchant"])
    def test_is_not_needed_by_others(self, anna: Newcomer, guard: Guard, role: str | None) -> None:
        if role:
            _promoted(guard, anna, role)
        phone = started(anna)
        assert anna.desk.factor_codes_of(anna.user_id) == []
        assert _confirm(anna, phone) == (200, None)

    def test_ends_with_the_password_that_asked_for_it(self, ada: Newcomer) -> None:
        phone = started(ada)
        new = "a stormy sea by night"
        changed = ada.post("password/change", current_password=ada.password, new_password=new)
        assert changed.status == 200, changed.raw
        ada.client.token = changed.body["access_token"]
        assert _confirm(ada, phone, _mailed(ada)) == INVALID_CODE


class TestWithoutTheFactorAgain:
    def test_the_session_has_shown_none(self, ada: Newcomer) -> None:
        token = ada.sign_in()
        phone, _ = enrolled(ada, ada.desk)
        step_up(ada, phone, ada.desk)
        assert mfa(ada.client, "disable").status == 200
        ada.client.token = ada.refresh(token).body["access_token"]
        assert _look(ada) == NO_FACTOR


class TestAnAdminsAddress:
    def test_changes_once_the_session_has_shown_a_factor(self, ada: Newcomer) -> None:
        token, user_id = ada.sign_in(), ada.user_id
        address = f"thief.{secrets.token_hex(6)}@example.com"
        body = {"email": address, "current_password": ada.password}
        assert ada.client.request("POST", "/v1/auth/email/change", body).status == 202
        confirmation = {"code": ada.desk.email_codes_of(user_id)[-1]}
        refused = ada.client.request("POST", "/v1/auth/email/confirm", confirmation)
        assert outcome(refused) == NO_FACTOR
        assert ada.me().body["email"] == ada.email
        enrolled(ada, ada.desk)
        ada.client.token = ada.refresh(token).body["access_token"]
        done = ada.client.request("POST", "/v1/auth/email/confirm", confirmation)
        assert (done.status, done.body["email"]) == (200, address)

    def test_is_judged_by_the_role_of_the_moment(self, anna: Newcomer, guard: Guard) -> None:
        address = f"thief.{secrets.token_hex(6)}@example.com"
        assert anna.post("email/change", email=address, current_password=anna.password).status == 202
        code = anna.desk.email_codes_of(anna.user_id)[-1]
        _promoted(guard, anna)
        assert outcome(anna.post("email/confirm", code=code)) == NO_FACTOR
