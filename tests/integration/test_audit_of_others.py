"""What befalls an account with a second factor, and what others do to it, leaves a record of each act, too."""

from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

import pytest

from local.configuration import Configuration
from local.create_admin import invite_admin
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import Guard, enrolled, mfa, step_up
from tests.integration.newcomer import Newcomer
from tests.integration.test_audit_acts import NEW_PASSWORD, REASON, name_of
from tests.integration.test_audit_of_failures import network_of

# By whom, in the order in which it happens here.
BEFALLING = [
    ("user.mfa_changed enabled", "owner"),
    ("user.mfa_changed codes_renewed", "owner"),
    ("user.mfa_changed code_used", "owner"),
    ("user.mfa_changed disabled", "owner"),
    ("user.mfa_changed enabled", "owner"),
    ("user.mfa_changed reset_requested", "admin"),
    ("user.mfa_changed reset_stopped", "owner"),
    ("user.mfa_changed reset_requested", "admin"),
    ("user.mfa_changed reset", "admin"),
    ("user.sessions_ended reuse", "nobody"),
    ("user.viewed", "admin"),
    ("user.updated status disabled", "admin"),
    ("user.updated status active", "admin"),
    ("user.updated full_name password roles admin user", "operator"),
]
# Told by their own tests, or what the others take on their way.
_BESIDE = ["user.registered", "user.verified", "user.logged_in", "user.stepped_up"]


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway)


def _befall(anna: Newcomer, guard: Guard, desk: Desk, code: str) -> None:
    """Does each of the acts of BEFALLING. `code`: of the invitation."""
    path = f"/v1/users/{anna.user_id}"
    phone, _ = enrolled(anna)
    step_up(anna, phone, desk)
    codes = mfa(anna.client, "recovery-codes").body["codes"]
    assert mfa(anna.client, "step-up", code=codes[0]).status == 200
    assert mfa(anna.client, "disable").status == 200
    enrolled(anna)
    lost = {"reason": REASON}
    assert guard.request("PUT", f"{path}/mfa/reset", lost).status == 200
    assert anna.client.request("DELETE", "/v1/auth/mfa/reset").status == 204
    assert guard.request("PUT", f"{path}/mfa/reset", lost).status == 200
    desk.rows("UPDATE identity.second_factor SET reset_at = now() WHERE user_id = :id", id=anna.user_id)
    token = anna.sign_in()
    following = anna.refresh(token).body["refresh_token"]
    assert anna.refresh(following).status == 200
    assert anna.refresh(token).status == 401
    found = guard.person.client.request("GET", f"/v1/users?{urlencode({'email': anna.email})}")
    assert found.status == 200, found.raw
    for status in ("disabled", "active"):
        assert guard.request("PATCH", path, {"status": status, "reason": REASON}).status == 200
    accepted = anna.post(
        "accept-invitation", email=anna.email, code=code, password=NEW_PASSWORD, full_name="Anna"
    )  # fmt: skip
    assert accepted.status == 200, accepted.raw


class TestAnAct:
    def test_that_befalls_an_account_leaves_a_record(
        self, anna: Newcomer, guard: Guard, desk: Desk, records: Any, platform: Configuration
    ) -> None:
        code = invite_admin(platform, anna.email)
        anna.settle_in().sign_in()
        user_id = anna.user_id
        _befall(anna, guard, desk, code)
        about = {"data.user_id": user_id, "action": {"$nin": _BESIDE}}
        found = sorted(written(records, about, len(BEFALLING)), key=itemgetter("occurred_at"))
        admin_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        who = {user_id: "owner", admin_id: "admin", "operator": "operator", None: "nobody"}
        assert [(name_of(each), who[each["actor"]]) for each in found] == BEFALLING
        for record in found:
            assert record["resource"] == user_id
            assert record["request_id"], name_of(record)
            assert record["network"].startswith("127."), name_of(record)
            by_admin = record["actor"] == admin_id and record["action"] != "user.viewed"
            assert record["reason"] == (REASON if by_admin else record["data"].get("reason")), name_of(record)

    def test_of_a_stranger_who_has_a_code_sent_to_somebody_is_nobody_s(
        self, anna: Newcomer, desk: Desk, records: Any, platform: Configuration
    ) -> None:
        anna.settle_in()
        stranger = Newcomer(desk, platform.ports.gateway)
        asked = stranger.post("password/forgot", email=anna.email)
        (record,) = written(records, {"request_id": asked.headers["request-id"]})
        assert (record["action"], record["resource"]) == ("user.password_forgotten", anna.user_id)
        assert (record["actor"], record["network"]) == (None, network_of(stranger))

    def test_of_who_registers_is_nobody_s(self, anna: Newcomer, records: Any) -> None:
        asked = anna.register()
        (record,) = written(records, {"request_id": asked.headers["request-id"]})
        assert (record["action"], record["actor"]) == ("user.registered", None), "there is no such person yet"
        assert record["network"] == network_of(anna)

    def test_of_an_operator_who_invites_an_admin_does_too(
        self, anna: Newcomer, records: Any, platform: Configuration
    ) -> None:
        code = invite_admin(platform, anna.email, operator="Grace H.", reason=REASON)
        accepted = anna.post(
            "accept-invitation", email=anna.email, code=code, password=anna.password, full_name="Ada"
        )  # fmt: skip
        about = {"data.user_id": accepted.body["id"]}
        invited, verified, granted = sorted(written(records, about, 3), key=itemgetter("occurred_at"))
        assert [each["action"] for each in (invited, verified, granted)] == [
            "user.invited",
            "user.verified",
            "user.updated",
        ]
        assert (invited["actor"], granted["actor"]) == ("operator", "operator")
        assert invited["data"]["roles"] == granted["data"]["roles"] == ["user", "admin"]
        assert invited["data"]["registration_id"] == verified["data"]["registration_id"] == invited["resource"]
        assert (invited["data"]["operator"], invited["reason"]) == ("Grace H.", REASON)
        assert invited["request_id"]
        assert [secret for secret in (code, anna.email) if secret in str(invited)] == []
