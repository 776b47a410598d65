"""Whether somebody's identity is verified: the person asks, an admin decides, and everybody who must know is told."""

from typing import Any

import pytest

from local.configuration import Configuration
from local.create_admin import invite_admin
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import Guard
from tests.integration.knowing import REASON, ask, bring, decide, rename, step
from tests.integration.money import get
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.patience import until
from tests.integration.paying import Backstage
from tests.integration.test_account_erasure import KEPT, is_erased, leave, let_pass

ABSENT = "usr_00000000000000000000000000"
# What each step leads to; every other one is refused.
STEPS = {
    ("none", "ask"): "pending",
    ("rejected", "ask"): "pending",
    ("pending", "verified"): "verified",
    ("pending", "rejected"): "rejected",
    ("verified", "rejected"): "rejected",
}
HOWS = ("ask", "verified", "rejected")
WAY = ("ask", "rejected", "ask", "verified", "rejected")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


def _told(anna: Newcomer) -> list[dict[str, Any]]:
    return [data for kind, data in anna.desk.events_of(anna.user_id) if kind == "user.kyc_changed"]


class TestStatus:
    def test_changes_by_these_steps_alone(self, anna: Newcomer, guard: Guard) -> None:
        """On a way over all of them; whatever leads nowhere is tried wherever it comes by."""
        user_id, status, taken = anna.user_id, "none", []
        for how in WAY:
            for other in HOWS:
                if (status, other) not in STEPS:
                    answer = step(anna.client, guard, user_id, other)
                    assert (*outcome(answer), answer.body["state"]) == (409, "invalid_state", status), other
            answer = step(anna.client, guard, user_id, how)
            taken.append((status, how))
            status = STEPS[status, how]
            told = {"object": "kyc", "user_id": user_id, "status": status, "version": 1 + len(taken)}
            assert (answer.status, answer.body) == (200, told)
            me = anna.me().body
            assert (me["kyc_status"], me["version"]) == (status, told["version"])
        assert set(taken) == set(STEPS)
        versions = range(2, 2 + len(taken))
        assert [(each["status"], each["version"]) for each in _told(anna)] == [
            (STEPS[each], version) for each, version in zip(taken, versions, strict=True)
        ]

    def test_is_seen_by_admins_and_in_the_export(self, anna: Newcomer, guard: Guard, admin: Person) -> None:
        user_id = anna.user_id
        assert get(admin, f"/v1/users/{user_id}").body["kyc_status"] == "none"
        bring(anna.client, guard, user_id, "pending")
        assert get(admin, f"/v1/users/{user_id}").body["kyc_status"] == "pending"
        (first, *_) = get(admin, "/v1/users?kyc_status=pending").body["data"]
        assert (first["id"], first["kyc_status"]) == (user_id, "pending")
        assert anna.client.request("GET", "/v1/users/me/export").body["user"]["kyc_status"] == "pending"
        assert decide(guard, user_id, "verified").status == 200
        assert user_id not in {each["id"] for each in get(admin, "/v1/users?kyc_status=pending").body["data"]}
        assert outcome(get(admin, "/v1/users?kyc_status=known")) == (400, "invalid_parameter")

    def test_is_forgotten_with_the_person(self, anna: Newcomer, guard: Guard, backstage: Backstage, desk: Desk) -> None:
        bring(anna.client, guard, anna.user_id, "verified")
        user_id = leave(anna)
        assert outcome(decide(guard, user_id, "rejected")) == (409, "account_closed")
        let_pass(backstage, user_id, KEPT)
        assert is_erased(desk, user_id)
        assert desk.rows("SELECT kyc_status FROM identity.user WHERE id = :id", id=user_id) == [["none"]]


class TestOtherName:
    @pytest.mark.parametrize(
        ("status", "after"), [("verified", "none"), ("pending", "none"), ("rejected", "rejected"), ("none", "none")]
    )
    def test_is_to_be_verified_anew(self, anna: Newcomer, guard: Guard, status: str, after: str) -> None:
        bring(anna.client, guard, anna.user_id, status)
        version = anna.me().body["version"]
        same = anna.client.request("PATCH", "/v1/users/me", {"full_name": " New Comer ", "locale": "de-AT"}).body
        assert (same["kyc_status"], same["version"]) == (status, version + 1)
        renamed = rename(anna.client, "Another One").body
        steps = 1 if after == status else 2
        assert (renamed["full_name"], renamed["kyc_status"]) == ("Another One", after)
        assert renamed["version"] == version + 1 + steps
        assert anna.me().body == renamed
        if steps == 2:
            kind, told = anna.desk.events_of(anna.user_id)[-1]
            assert (kind, told) == (
                "user.kyc_changed",
                {
                    "user_id": anna.user_id, "status": "none", "actor_id": anna.user_id, "reason": "another name",
                    "version": renamed["version"],
                },
            )  # fmt: skip
            assert outcome(decide(guard, anna.user_id, "verified")) == (409, "invalid_state"), "of the name before"
            assert ask(anna.client).body["status"] == "pending"

    def test_of_an_invitation_too(self, anna: Newcomer, guard: Guard, platform: Configuration) -> None:
        bring(anna.client, guard, anna.user_id, "verified")
        for full_name, status in (("New Comer", "verified"), ("Another One", "none")):
            body = {"email": anna.email, "code": invite_admin(platform, anna.email), "password": anna.password}
            accepted = anna.post("accept-invitation", **body, full_name=full_name)
            assert (accepted.status, accepted.body["kyc_status"]) == (200, status)
        told = [data for kind, data in anna.desk.events_of(anna.user_id) if kind == "user.updated"]
        assert [each["fields"] for each in told] == [["password", "roles"], ["full_name", "password", "roles"]]
        assert [(each["status"], each["actor_id"]) for each in _told(anna)][-1] == ("none", "operator")


class TestRequest:
    def test_with_the_same_key_is_one(self, anna: Newcomer) -> None:
        first, again = ask(anna.client, "k"), ask(anna.client, "k")
        assert (again.status, again.raw) == (200, first.raw)
        assert again.headers["idempotency-replayed"] == "true"
        assert len(_told(anna)) == 1

    def test_is_for_people_with_a_session(self, anna: Newcomer) -> None:
        anna.client.token = None
        assert outcome(ask(anna.client)) == (401, "missing_token")

    def test_says_nothing_more(self, anna: Newcomer) -> None:
        answer = anna.client.request("POST", "/v1/users/me/kyc", {"status": "verified"})
        assert outcome(answer) == (422, "invalid_request")


class TestDecision:
    def test_is_not_for_oneself(self, guard: Guard) -> None:
        own_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        ask(guard.person.client)
        assert outcome(decide(guard, own_id, "verified")) == (403, "forbidden")

    def test_is_no_user_s(self, anna: Newcomer) -> None:
        body = {"status": "verified", "reason": REASON}
        assert outcome(anna.client.request("PUT", f"/v1/users/{anna.user_id}/kyc", body)) == (403, "forbidden")

    @pytest.mark.parametrize("user_id", [ABSENT, "usr_x", "me", "wal_" + "0" * 26])
    def test_about_nobody_is_404(self, guard: Guard, user_id: str) -> None:
        assert outcome(decide(guard, user_id, "verified")) == (404, "user_not_found")

    def test_says_what_and_why(self, anna: Newcomer, guard: Guard) -> None:
        ask(anna.client)
        for body in (
            {"status": "verified"}, {"status": "verified", "reason": ""}, {"reason": "x"},
            {"status": "pending", "reason": "x"}, {"status": "none", "reason": "x"},
            {"status": "verified", "reason": "x", "version": 1},
        ):  # fmt: skip
            answer = guard.request("PUT", f"/v1/users/{anna.user_id}/kyc", body)
            assert outcome(answer) == (422, "invalid_request"), body
        assert anna.me().body["kyc_status"] == "pending"

    def test_is_on_record(self, anna: Newcomer, guard: Guard, records: Any) -> None:
        bring(anna.client, guard, anna.user_id, "verified")
        decide(guard, anna.user_id, "rejected", "It was a forgery")
        bring(anna.client, guard, anna.user_id, "pending")
        rename(anna.client, "Another One")
        admin_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        about = {"action": "user.kyc_changed", "resource": anna.user_id}
        found = sorted(written(records, about, 5), key=lambda record: int(record["data"]["version"]))
        assert [(each["actor"], each["reason"], each["data"]["status"]) for each in found] == [
            (anna.user_id, None, "pending"),
            (admin_id, REASON, "verified"),
            (admin_id, "It was a forgery", "rejected"),
            (anna.user_id, None, "pending"),
            (anna.user_id, "another name", "none"),
        ]
        for record in found:
            assert record["request_id"]
            assert record["network"].startswith("127.")

    def test_is_told_to_the_person(self, anna: Newcomer, guard: Guard) -> None:
        bring(anna.client, guard, anna.user_id, "verified")
        decide(guard, anna.user_id, "rejected", "It was {reason} a forgery")
        person = Person("Anna", anna.email, anna.password, anna.client)
        subjects = {"Your identity is being verified", "Your identity is verified", "Your identity is not verified"}
        answer = until(
            lambda: get(person, "/v1/notifications"),
            lambda answer: subjects <= {each["subject"] for each in answer.body["data"] if each["status"] == "sent"},
        )
        mails = {each["subject"]: each["body"] for each in answer.body["data"] if each["channel"] == "email"}
        assert mails.keys() >= subjects
        assert "It was {reason} a forgery" in mails["Your identity is not verified"]
        assert REASON not in mails["Your identity is verified"], "it concerns the audit log alone"
