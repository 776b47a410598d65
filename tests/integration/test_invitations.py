"""How an admin comes to be: invited by an operator, with a password of their own."""

import pytest

from local.configuration import Configuration
from local.create_admin import NotInvited, invite_admin
from tests.integration.desk import Desk
from tests.integration.factor import Guard
from tests.integration.newcomer import Newcomer, outcome

NO_FACTOR = (403, "second_factor_required")
ABSENT = "usr_00000000000000000000000000"


@pytest.fixture
def stranger(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody without an account."""
    return Newcomer(desk, platform.ports.gateway)


@pytest.fixture
def anna(stranger: Newcomer) -> Newcomer:
    """Somebody who is signed in."""
    stranger.settle_in().sign_in()
    return stranger


class TestInvitation:
    def accept(self, person: Newcomer, code: str, **changes: object) -> tuple[int, dict[str, object]]:
        body = {"email": person.email, "code": code, "password": person.password, "full_name": "Ada", **changes}
        answer = person.post("accept-invitation", **body)
        return answer.status, answer.body

    def test_makes_an_admin_with_a_password_of_the_own(self, stranger: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, stranger.email.upper())
        status, body = self.accept(stranger, code)
        assert (status, body["roles"], body["full_name"]) == (200, ["user", "admin"], "Ada")
        stranger.sign_in()
        assert outcome(stranger.client.request("GET", f"/v1/users/{ABSENT}")) == NO_FACTOR
        _, granted = stranger.desk.events_of(stranger.user_id)[2]
        assert (granted["actor_id"], granted["reason"]) == ("operator", "invitation")

    def test_works_once(self, stranger: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, stranger.email)
        assert self.accept(stranger, code)[0] == 200
        assert self.accept(stranger, code)[1]["code"] == "invalid_code"

    def test_a_weak_password_does_not_use_it_up(self, stranger: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, stranger.email)
        status, body = self.accept(stranger, code, password="password1234")
        assert (status, body["code"]) == (422, "invalid_request")
        assert self.accept(stranger, code)[0] == 200

    def test_wrong_codes_do_not_use_it_up(self, stranger: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, stranger.email)
        for _ in range(12):
            stranger.client = stranger.elsewhere()
            assert self.accept(stranger, "abcde-fghjk")[1]["code"] == "invalid_code"
        assert self.accept(stranger, code)[0] == 200

    def test_is_for_one_address_only(self, stranger: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, stranger.email)
        other = Newcomer(stranger.desk, platform.ports.gateway)
        other.register()
        assert self.accept(other, code)[1]["code"] == "invalid_code"

    def test_its_code_does_not_verify_nor_is_it_mailed(self, stranger: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, stranger.email)
        assert stranger.desk.codes_of(stranger.email) == []
        stranger.settle_in()  # meanwhile, on their own: no admin, and the invitation still stands
        stranger.sign_in()
        assert stranger.me().body["roles"] == ["user"]
        assert self.accept(stranger, code)[1]["roles"] == ["user", "admin"]

    def test_adds_the_role_to_an_account_and_lets_its_person_in_again(
        self, anna: Newcomer, platform: Configuration
    ) -> None:
        code = invite_admin(platform, anna.email)
        known_id, anna.password = anna.user_id, "a loud sea at dusk"
        status, body = self.accept(anna, code)
        assert (status, body["id"], body["roles"], body["version"]) == (200, known_id, ["user", "admin"], 2)
        assert outcome(anna.me()) == (401, "session_revoked")
        assert outcome(anna.log_in("a quiet lake at dawn")) == (401, "invalid_credentials")
        assert anna.log_in().status == 200

    def test_opens_an_account_that_guesses_have_locked(self, anna: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, anna.email)
        for _ in range(5):
            anna.elsewhere().request("POST", "/v1/auth/login", {"email": anna.email, "password": "a wrong password"})
        assert outcome(anna.log_in()) == (429, "rate_limited")
        anna.password = "a loud sea at dusk"
        assert self.accept(anna, "abcde-fghjk")[1]["code"] == "invalid_code"
        assert outcome(anna.log_in()) == (429, "rate_limited"), "a wrong code opens nothing"
        assert self.accept(anna, code)[0] == 200
        assert anna.log_in().status == 200

    @pytest.mark.parametrize("disabled", ["before", "after"])
    def test_enables_no_account_and_works_once_an_admin_has(
        self, anna: Newcomer, platform: Configuration, guard: Guard, disabled: str
    ) -> None:
        def change(status: str) -> None:
            body = {"status": status, "reason": "a test"}
            assert guard.request("PATCH", f"/v1/users/{anna.user_id}", body).status == 200

        if disabled == "before":
            change("disabled")
        code = invite_admin(platform, anna.email)
        if disabled == "after":
            change("disabled")
        known = anna.desk.events_of(anna.user_id)
        refused = self.accept(anna, code)[1]
        assert self.accept(anna, "abcde-fghjk")[1].keys() == refused.keys()
        assert (refused["code"], refused["status"]) == ("invalid_code", 422)
        assert outcome(anna.log_in()) == (401, "invalid_credentials")
        told = [(kind, data["reason"]) for kind, data in anna.desk.events_of(anna.user_id)[len(known) :]]
        assert told == [("user.authentication_failed", "disabled")] * 3
        change("active")
        assert self.accept(anna, code)[1]["roles"] == ["user", "admin"]
        assert anna.log_in().status == 200

    @pytest.mark.parametrize("left_out", ["operator", "reason"])
    @pytest.mark.parametrize("value", ["", " ", "x" * 501, "a\nb", "4111 1111 1111 1111"])
    def test_takes_who_invites_and_why(self, platform: Configuration, left_out: str, value: str) -> None:
        with pytest.raises(NotInvited):
            invite_admin(platform, "ada@example.com", **{"operator": "Grace", "reason": "a test", left_out: value})

    @pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@example.com\nx"])
    def test_what_is_no_address_is_not_invited(self, platform: Configuration, email: str) -> None:
        with pytest.raises(NotInvited, match="make create-admin EMAIL=") as refusal:
            invite_admin(platform, email)
        assert "Traceback" not in str(refusal.value)
