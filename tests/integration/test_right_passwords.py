"""What is right is no guess, whatever refuses the rest of the request; nor is a try at what is not there."""

import secrets

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.factor import Guard, claims, enrolled, let_time_pass, mfa
from tests.integration.newcomer import Newcomer, outcome

NEW = "a stormy sea by night"
LIMITED = (429, "rate_limited")
MORE_THAN_ALL = 6  # of five


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


def _change(who: Newcomer, current: str, new: str = NEW) -> tuple[int, str | None]:
    answer = who.post("password/change", current_password=current, new_password=new)
    return answer.status, answer.body.get("code")


class TestARightPassword:
    def test_beside_new_ones_that_are_refused_is_none(self, anna: Newcomer) -> None:
        for new in ("short", "password12345", f"my {anna.email} 1") * 2:
            assert _change(anna, anna.password, new) == (422, "invalid_request")
        assert mfa(anna.client, "enroll", password=anna.password).status == 200
        assert _change(anna, anna.password) == (200, None)

    def test_at_an_address_that_had_its_mails_is_none(self, anna: Newcomer) -> None:
        body = {"email": f"other.{secrets.token_hex(6)}@example.com", "current_password": anna.password}
        assert anna.post("email/change", **body).status == 202
        anna.desk.change_counter("mail-source", "taken = 30")
        for _ in range(MORE_THAN_ALL):
            assert outcome(anna.post("email/change", **body)) == LIMITED
        assert _change(anna, anna.password) == (200, None)

    def test_where_there_is_a_factor_already_is_none(self, anna: Newcomer) -> None:
        enrolled(anna)
        for _ in range(MORE_THAN_ALL):
            assert outcome(mfa(anna.client, "enroll", password=anna.password)) == (409, "mfa_enrolled")

    def test_forgives_wrong_ones(self, anna: Newcomer) -> None:
        for _ in range(2):
            for _ in range(4):
                assert _change(anna, "not the right one") == (401, "invalid_credentials")
            assert _change(anna, anna.password, "short") == (422, "invalid_request")


class TestAWrongPassword:
    def test_beside_a_new_one_that_is_refused_is_a_guess(self, anna: Newcomer) -> None:
        for _ in range(5):
            assert _change(anna, "not the right one", "short") == (401, "invalid_credentials")
        assert _change(anna, anna.password) == LIMITED


class TestACode:
    def test_of_a_factor_that_works_already_is_no_guess(self, anna: Newcomer) -> None:
        phone, _ = enrolled(anna)
        for _ in range(MORE_THAN_ALL):
            assert outcome(mfa(anna.client, "confirm", code=phone.code())) == (409, "mfa_enrolled")
        let_time_pass(anna.desk, anna.user_id)
        assert mfa(anna.client, "step-up", code=phone.code()).status == 200

    def test_of_no_factor_is_no_guess(self, anna: Newcomer) -> None:
        for _ in range(MORE_THAN_ALL):
            assert outcome(mfa(anna.client, "confirm", code="123456")) == (409, "mfa_not_enrolled")
        enrolled(anna)

    def test_from_a_mail_that_an_admin_may_not_use_yet_is_no_guess(self, anna: Newcomer, guard: Guard) -> None:
        email = f"other.{secrets.token_hex(6)}@example.com"
        change = {"roles": ["admin"], "reason": "a test"}
        assert guard.request("PATCH", f"/v1/users/{anna.user_id}", change).status == 200
        token = anna.sign_in()
        assert anna.post("email/change", email=email, current_password=anna.password).status == 202
        code = anna.desk.email_codes_of(anna.user_id)[-1]
        for _ in range(MORE_THAN_ALL):
            assert outcome(anna.post("email/confirm", code=code)) == (403, "second_factor_required")
        enrolled(anna, anna.desk)
        anna.client.token = anna.refresh(token).body["access_token"]
        assert "otp" in claims(str(anna.client.token))["amr"]
        assert anna.post("email/confirm", code=code).body["email"] == email
