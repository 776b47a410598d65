"""Profiles, what an admin may change of them, and how an admin comes to be."""

import json

import pytest

from local.configuration import Configuration
from local.create_admin import NotInvited, invite_admin
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, enrolled, let_time_pass, mfa, step_up
from tests.integration.newcomer import Newcomer, outcome

FORBIDDEN = (403, "forbidden")
NO_FACTOR = (403, "second_factor_required")
NOT_FOUND = (404, "user_not_found")
INVALID_CODE = (422, "invalid_code")
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


class TestAdmin:
    def change(self, guard: Guard, user: Newcomer, **changes: object) -> tuple[int, dict[str, object]]:
        answer = guard.request("PATCH", f"/v1/users/{user.user_id}", {"reason": "a test", **changes})
        return answer.status, answer.body

    def test_a_role_counts_from_the_next_request_until_it_is_taken(self, guard: Guard, anna: Newcomer) -> None:
        look = f"/v1/users/{ABSENT}"
        assert outcome(anna.client.request("GET", look)) == FORBIDDEN
        status, body = self.change(guard, anna, roles=["admin"])
        assert (status, body["roles"]) == (200, ["user", "admin"])
        assert outcome(anna.client.request("GET", look)) == NO_FACTOR
        assert self.change(guard, anna, roles=[])[1]["roles"] == ["user"]
        assert outcome(anna.client.request("GET", look)) == FORBIDDEN

    def test_a_disabled_person_is_out_at_once_and_can_come_back(self, guard: Guard, anna: Newcomer) -> None:
        token = anna.sign_in()
        assert anna.me().status == 200
        assert self.change(guard, anna, status="disabled")[1]["status"] == "disabled"
        assert outcome(anna.me()) == (401, "session_revoked")
        assert outcome(anna.refresh(token)) == (401, "invalid_token")
        assert outcome(anna.log_in()) == (401, "invalid_credentials")
        assert self.change(guard, anna, status="active")[0] == 200
        assert outcome(anna.me()) == (401, "session_revoked")  # a session that ended stays so
        assert outcome(anna.refresh(token)) == (401, "invalid_token")
        anna.sign_in()
        assert anna.me().body["status"] == "active"

    def test_the_cached_roles_of_a_newer_version_stay(self, guard: Guard, anna: Newcomer) -> None:
        anna.me()
        ((session_id,),) = anna.desk.rows("SELECT id FROM identity.session WHERE user_id = :id", id=anna.user_id)
        newer = {"state": "active", "user_id": anna.user_id, "roles": ["user"], "version": 3}
        anna.desk.redis.set(f"session:{session_id}", json.dumps(newer), ex=60)  # another change was faster
        self.change(guard, anna, roles=["admin"])  # version 2
        assert outcome(anna.client.request("GET", f"/v1/users/{ABSENT}")) == FORBIDDEN
        self.change(guard, anna, roles=[])
        self.change(guard, anna, roles=["admin"])  # version 4
        assert outcome(anna.client.request("GET", f"/v1/users/{ABSENT}")) == NO_FACTOR

    def test_a_change_tells_who_and_why(self, guard: Guard, anna: Newcomer) -> None:
        self.change(guard, anna, roles=["merchant"], reason="opened a shop")
        kind, data = anna.desk.events_of(anna.user_id)[-1]
        admin_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        assert kind == "user.updated"
        assert data == {
            "user_id": anna.user_id,
            "fields": ["roles"],
            "actor_id": admin_id,
            "reason": "opened a shop",
        }

    def test_nobody_changes_the_own_rights(self, guard: Guard) -> None:
        own_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        answer = guard.request("PATCH", f"/v1/users/{own_id}", {"roles": ["user"], "reason": "tired"})
        assert outcome(answer) == FORBIDDEN

    @pytest.mark.parametrize("user_id", [ABSENT, "usr_x", "me2", "USR_00000000000000000000000000", "wal_" + "0" * 26])
    @pytest.mark.parametrize("method", ["GET", "PATCH"])
    def test_a_malformed_id_is_an_absent_one(self, guard: Guard, method: str, user_id: str) -> None:
        body = {"reason": "x"} if method == "PATCH" else None
        assert outcome(guard.request(method, f"/v1/users/{user_id}", body)) == NOT_FOUND

    def test_a_user_sees_no_difference_between_others_and_nobody(self, admin: Person, anna: Newcomer) -> None:
        admin_id = admin.client.request("GET", "/v1/users/me").body["id"]
        for user_id in (admin_id, ABSENT, anna.user_id):
            assert outcome(anna.client.request("GET", f"/v1/users/{user_id}")) == FORBIDDEN


class TestAdminWithoutFactor:
    @pytest.fixture
    def ada(self, guard: Guard, anna: Newcomer) -> Newcomer:
        """An admin who has just got the role."""
        change = {"roles": ["admin"], "reason": "a test"}
        assert guard.request("PATCH", f"/v1/users/{anna.user_id}", change).status == 200
        return anna

    def look(self, admin: Newcomer) -> tuple[int, str]:
        return outcome(admin.client.request("GET", f"/v1/users/{ABSENT}"))

    def test_acts_once_the_session_has_shown_one(self, ada: Newcomer) -> None:
        token = ada.sign_in()
        assert self.look(ada) == NO_FACTOR
        enrolled(ada)
        assert self.look(ada) == NO_FACTOR, "this access token is from before"
        ada.client.token = ada.refresh(token).body["access_token"]
        assert self.look(ada) == NOT_FOUND
        change = {"roles": [], "reason": "a test"}
        assert outcome(ada.client.request("PATCH", f"/v1/users/{ABSENT}", change)) == NOT_FOUND, "it was just shown"

    def test_is_a_user_with_what_is_the_own_and_what_is_not(self, ada: Newcomer, payer: Person) -> None:
        mine = ada.client.request("POST", "/v1/wallets", {"currency": "EUR"}).body["id"]
        assert ada.client.request("GET", f"/v1/wallets/{mine}").status == 200
        assert outcome(ada.client.request("GET", f"/v1/wallets/{payer.wallet_id}")) == (404, "wallet_not_found")
        phone, _ = enrolled(ada)
        step_up(ada, phone, ada.desk)
        assert ada.client.request("GET", f"/v1/wallets/{payer.wallet_id}").status == 200

    def test_gets_no_role_from_a_session_of_the_password_alone(self, ada: Newcomer) -> None:
        phone, _ = enrolled(ada)
        challenge = ada.log_in().body
        assert challenge["object"] == "mfa_challenge"
        let_time_pass(ada.desk, ada.user_id)
        answer = ada.client.request(
            "POST", "/v1/auth/login/mfa", {"mfa_token": challenge["mfa_token"], "code": phone.code()}
        )
        ada.client.token = answer.body["access_token"]
        assert self.look(ada) == NOT_FOUND
        assert mfa(ada.client, "disable").status == 200
        ada.sign_in()
        assert self.look(ada) == NO_FACTOR


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
        _, granted = stranger.desk.events_of(stranger.user_id)[1]
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

    @pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@example.com\nx"])
    def test_what_is_no_address_is_not_invited(self, platform: Configuration, email: str) -> None:
        with pytest.raises(NotInvited, match="make create-admin EMAIL=") as refusal:
            invite_admin(platform, email)
        assert "Traceback" not in str(refusal.value)
