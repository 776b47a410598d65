"""What an admin may change of people, and what that takes."""

import json

import pytest

from local.configuration import Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, enrolled, let_time_pass, mfa, step_up
from tests.integration.newcomer import Newcomer, outcome

FORBIDDEN = (403, "forbidden")
NO_FACTOR = (403, "second_factor_required")
NOT_FOUND = (404, "user_not_found")
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
            "version": 2,
            "live_api_keys": 0,
            "live_schedules": None,
            "roles": ["merchant", "user"],
            "status": None,
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
        enrolled(ada, ada.desk)
        assert self.look(ada) == NO_FACTOR, "this access token is from before"
        ada.client.token = ada.refresh(token).body["access_token"]
        assert self.look(ada) == NOT_FOUND
        change = {"roles": [], "reason": "a test"}
        assert outcome(ada.client.request("PATCH", f"/v1/users/{ABSENT}", change)) == NOT_FOUND, "it was just shown"

    def test_is_a_user_with_what_is_the_own_and_what_is_not(self, ada: Newcomer, payer: Person) -> None:
        mine = ada.client.request("POST", "/v1/wallets", {"currency": "EUR"}).body["id"]
        assert ada.client.request("GET", f"/v1/wallets/{mine}").status == 200
        assert outcome(ada.client.request("GET", f"/v1/wallets/{payer.wallet_id}")) == (404, "wallet_not_found")
        phone, _ = enrolled(ada, ada.desk)
        step_up(ada, phone, ada.desk)
        assert ada.client.request("GET", f"/v1/wallets/{payer.wallet_id}").status == 200

    def test_gets_no_role_from_a_session_of_the_password_alone(self, ada: Newcomer) -> None:
        phone, _ = enrolled(ada, ada.desk)
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
