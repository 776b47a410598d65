"""Each act that changes an account raises its version and tells it: what is as new stays in the cache."""

import secrets
from typing import Any

import pytest

from local.configuration import Configuration
from local.create_admin import invite_admin
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.factor import Guard, enrolled, mfa, step_up
from tests.integration.local_platform.caller import wait_until
from tests.integration.newcomer import Newcomer
from tests.integration.paying import Backstage
from tests.integration.test_account_erasure import leave, let_pass

REASON = "Asked by telephone"
ME = "/v1/users/me"


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


def told(who: Newcomer, user_id: str) -> list[tuple[str, Any]]:
    """Which versions of the account its events tell, oldest first."""
    return [(kind, data["version"]) for kind, data in who.desk.events_of(user_id) if "version" in data]


def version_of(desk: Desk, user_id: str) -> int:
    ((version,),) = desk.rows("SELECT version FROM identity.user WHERE id = :id", id=user_id)
    return int(version)


def let_events_leave(desk: Desk, user_id: str) -> None:
    waiting = "SELECT count(*) FROM outbox.event WHERE partition_key = :id AND published_at IS NULL"
    wait_until(lambda: desk.rows(waiting, id=user_id) == [[0]])


def fine(answer: Answer) -> Answer:
    assert answer.status in (200, 202, 204), answer.raw
    return answer


class TestVersions:
    def test_of_what_an_owner_does(self, anna: Newcomer, desk: Desk) -> None:
        user_id, other = anna.user_id, f"other.{secrets.token_hex(6)}@example.com"
        fine(anna.client.request("PATCH", ME, {"full_name": "Anna"}))
        fine(anna.post("email/change", email=other, current_password=anna.password))
        fine(anna.post("email/confirm", code=desk.email_codes_of(user_id)[-1]))
        anna.email = other
        fine(anna.post("password/forgot", email=other))
        fine(
            anna.post(
                "password/reset", email=other, code=desk.reset_codes_of(user_id)[-1], new_password="a dry moor at noon"
            )
        )
        anna.password = "a dry moor at noon"
        anna.sign_in()
        changed = fine(anna.post("password/change", current_password=anna.password, new_password="a wet moor at noon"))
        anna.password, anna.client.token = "a wet moor at noon", changed.body["access_token"]
        phone, _ = enrolled(anna)
        step_up(anna, phone, desk)
        fine(mfa(anna.client, "recovery-codes"))
        step_up(anna, phone, desk)
        fine(mfa(anna.client, "disable"))
        assert told(anna, user_id) == [
            ("user.updated", 2),
            ("user.updated", 3),
            ("user.email_changed", 3),
            ("user.updated", 4),
            ("user.updated", 5),
            ("user.mfa_changed", 6),
            ("user.mfa_changed", None),
            ("user.mfa_changed", 7),
        ]
        assert version_of(desk, user_id) == anna.me().body["version"] == 7

    def test_of_what_others_do(
        self, anna: Newcomer, guard: Guard, desk: Desk, platform: Configuration, backstage: Backstage
    ) -> None:
        user_id = anna.user_id
        enrolled(anna)
        fine(guard.request("PUT", f"/v1/users/{user_id}/mfa/reset", {"reason": REASON}))
        desk.rows("UPDATE identity.second_factor SET reset_at = now() WHERE user_id = :id", id=user_id)
        anna.sign_in()
        for change in ({"roles": ["merchant"]}, {"status": "disabled"}, {"status": "active"}):
            fine(guard.request("PATCH", f"/v1/users/{user_id}", {**change, "reason": REASON}))
        code = invite_admin(platform, anna.email)
        fine(
            anna.post(
                "accept-invitation", email=anna.email, code=code, password=anna.password, full_name="Anna"
            )
        )  # fmt: skip
        anna.sign_in()
        leave(anna)
        let_pass(backstage, user_id, "7 days")
        assert told(anna, user_id) == [
            ("user.mfa_changed", 2),
            ("user.mfa_changed", None),
            ("user.mfa_changed", 3),
            ("user.updated", 4),
            ("user.updated", 5),
            ("user.updated", 6),
            ("user.updated", 7),
            ("user.closed", 8),
            ("user.erased", 9),
        ]
        assert version_of(desk, user_id) == 9


class TestTheCache:
    def test_keeps_what_is_as_new_as_the_event_that_leaves(self, anna: Newcomer, desk: Desk) -> None:
        changed = fine(anna.client.request("PATCH", ME, {"full_name": "Anna Newname"})).body
        let_events_leave(desk, anna.user_id)
        desk.rows("UPDATE identity.user SET locale = 'fr' WHERE id = :id", id=anna.user_id)  # nobody is told
        assert anna.me().body == changed

    def test_is_told_by_the_event_of_a_writer_who_did_not(self, anna: Newcomer, desk: Desk) -> None:
        fine(anna.client.request("PATCH", ME, {"full_name": "Anna Newname"}))
        desk.rows("UPDATE identity.user SET locale = 'fr', version = 3 WHERE id = :id", id=anna.user_id)
        assert anna.me().body["locale"] == "en"
        desk.rows(
            "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, version, subject, request_id, data) "
            "SELECT outbox.next_position(), :event_id, topic, partition_key, type, version, subject, request_id, "
            "jsonb_set(data, '{version}', '3') FROM outbox.event WHERE partition_key = :id AND type = 'user.updated'",
            id=anna.user_id, event_id=f"evt_{secrets.token_hex(13)}",
        )  # fmt: skip
        let_events_leave(desk, anna.user_id)
        assert anna.me().body["locale"] == "fr"
