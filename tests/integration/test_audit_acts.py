"""Each act on an account leaves a record: who, what, on whom, from where, by which request, and why where it is asked."""

import secrets
from typing import Any

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import Guard, enrolled, step_up
from tests.integration.newcomer import Newcomer

NEW_PASSWORD = "a stormy sea by night"
REASON = "Asked by telephone"
# Of a person's own, in the order in which this one does them.
OWN = [
    "user.registered",
    "user.verified",
    "user.logged_in",
    "user.updated phone",
    "user.phone_verification_asked",
    "user.phone_verified",
    "user.sessions_ended logout",
    "user.email_change_asked",
    "user.email_changed",
    "user.password_forgotten",
    "user.updated password",
    "user.mfa_changed enabled",
    "user.stepped_up",
    "user.api_key_created",
    "user.api_key_rolled",
    "user.api_key_revoked",
    "user.exported",
    "user.closed",
]
# Anybody may have asked for these: nobody has shown yet who it was.
ANONYMOUS = ["user.registered", "user.password_forgotten"]
OF_AN_ADMIN = ["user.viewed", "user.updated roles merchant user", "user.mfa_changed reset_requested"]


def name_of(record: dict[str, Any]) -> str:
    """What was done, in a few words."""
    data = record["data"]
    what = [data.get("change"), *data.get("fields", ()), *sorted(data.get("roles") or ()), data.get("status")]
    if record["action"] == "user.sessions_ended":
        what.append(data["reason"])
    return " ".join([record["action"], *filter(None, what)])


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway)


def _live(anna: Newcomer, guard: Guard, desk: Desk) -> str:
    """Does each of the acts; answers the person's id."""
    anna.settle_in()
    user_id = anna.user_id
    anna.post("logout", refresh_token=anna.sign_in())
    anna.sign_in()
    ask = anna.client.request
    assert ask("PATCH", "/v1/users/me", {"phone": "+4915112345678"}).status == 200
    assert ask("POST", "/v1/users/me/phone/verification").status == 202
    shown = {"code": desk.phone_code_of(user_id, "+4915112345678")}
    assert ask("POST", "/v1/users/me/phone/verification/confirm", shown).status == 200
    other = f"other.{secrets.token_hex(6)}@example.com"
    assert anna.post("email/change", email=other, current_password=anna.password).status == 202
    assert anna.post("email/confirm", code=desk.email_codes_of(user_id)[-1]).status == 200
    anna.email = other
    assert anna.post("password/forgot", email=other).status == 202
    code = desk.reset_codes_of(user_id)[-1]
    assert anna.post("password/reset", email=other, code=code, new_password=NEW_PASSWORD).status == 200
    anna.password = NEW_PASSWORD
    anna.sign_in()
    assert guard.person.client.request("GET", f"/v1/users/{user_id}").status == 200
    roles = {"roles": ["merchant"], "reason": REASON}
    assert guard.request("PATCH", f"/v1/users/{user_id}", roles).status == 200
    phone, _ = enrolled(anna)
    step_up(anna, phone, desk)
    key = ask("POST", "/v1/api-keys", {"name": "shop", "scopes": ["wallets:read"]})
    assert key.status == 201, key.raw
    assert ask("POST", f"/v1/api-keys/{key.body['id']}/roll", {"overlap_seconds": 60}).status == 201
    assert ask("DELETE", f"/v1/api-keys/{key.body['id']}").status == 204
    assert ask("GET", "/v1/users/me/export").status == 200
    assert guard.request("PUT", f"/v1/users/{user_id}/mfa/reset", {"reason": REASON}).status in (200, 202)
    assert ask("DELETE", "/v1/users/me").status == 204
    return user_id


class TestEachAct:
    def test_of_a_new_admin_s_too(self, anna: Newcomer, guard: Guard, desk: Desk, records: Any) -> None:
        anna.settle_in().sign_in()
        roles = {"roles": ["admin"], "reason": REASON}
        assert guard.request("PATCH", f"/v1/users/{anna.user_id}", roles).status == 200
        enrolled(anna, desk)
        about = {"data.user_id": anna.user_id}
        (record,) = written(records, {**about, "action": "user.mfa_enrollment_asked"})
        own = anna.client.address.rpartition(".")[0] + ".0/24"
        assert (record["actor"], record["network"]) == (anna.user_id, own)
        assert desk.factor_codes_of(anna.user_id)[-1] not in str(record["data"])

    def test_leaves_who_did_what_from_where_and_why(
        self, anna: Newcomer, guard: Guard, desk: Desk, records: Any
    ) -> None:
        user_id = _live(anna, guard, desk)
        about = {"data.user_id": user_id}
        written(records, {**about, "action": "user.closed"})
        admin_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        own = anna.client.address.rpartition(".")[0] + ".0/24"
        found = {name_of(each): each for each in records.find(about)}
        for name in OWN:
            record = found[name]
            who = None if name in ANONYMOUS else user_id
            assert (record["actor"], record["network"]) == (who, own), name
            assert record["request_id"], name
        for name in OF_AN_ADMIN:
            record = found[name]
            assert record["actor"] == admin_id, name
            assert record["network"].startswith("127."), name
            assert record["reason"] == (None if name == "user.viewed" else REASON), name
