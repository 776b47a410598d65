"""How many sessions one person has at once, and that very many are nobody else's trouble."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.migrate.migrate import migrate
from functions.user.begin_session import SESSIONS_MAX
from functions.user.sessions.stage_end import IDS_TOLD_MAX
from local.configuration import Configuration
from local.services.postgres import OWNER
from paycore.database import engine
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import Guard, claims
from tests.integration.keeping import rows
from tests.integration.newcomer import Newcomer, outcome, wrong
from tests.integration.outbox_desk import as_function, own_database
from tests.integration.sessions import crowd, last_used, live
from tests.integration.test_mfa_sign_in import careful
from tests.integration.test_profile_versions import let_events_leave

REVOKED = (401, "session_revoked")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway).settle_in()


def _entry(desk: Desk, session_id: str) -> str | None:
    """What the cache says of a session."""
    text: Any = desk.redis.get(f"session:{session_id}")
    return str(json.loads(text)["state"]) if text else None


class TestOneMore:
    def test_ends_the_one_that_was_not_refreshed_for_longest(self, anna: Newcomer, desk: Desk, records: Any) -> None:
        first_refresh, first_token = anna.sign_in(), anna.client.token
        second_refresh = anna.sign_in()
        first = str(claims(str(first_token))["sid"])
        last_used(desk, first, "2 days")
        others = crowd(desk, anna.user_id, SESSIONS_MAX - 2)
        anna.client.token = first_token
        assert anna.me().status == 200
        anna.sign_in()
        anna.client.token = first_token
        assert outcome(anna.me()) == REVOKED, "with the next request"
        assert outcome(anna.refresh(first_refresh)) == (401, "invalid_token")
        assert anna.refresh(second_refresh).status == 200
        left = live(desk, anna.user_id)
        assert (len(left), first in left, set(others) <= set(left)) == (SESSIONS_MAX, False, True)
        (record,) = written(records, {"data.user_id": anna.user_id, "action": "user.sessions_ended"})
        told = record["data"]
        assert (told["reason"], told["session_ids"], told["count"]) == ("limit", [first], 1)

    def test_of_several_at_once_each_ends_one(self, anna: Newcomer, desk: Desk) -> None:
        before = crowd(desk, anna.user_id, SESSIONS_MAX)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: anna.log_in(), range(4)))
        assert [answer.status for answer in answers] == [200] * 4
        left = live(desk, anna.user_id)
        assert {answer.body["session_id"] for answer in answers} <= set(left)
        assert (len(left), len(set(before) & set(left))) == (SESSIONS_MAX, SESSIONS_MAX - 4)

    def test_by_who_does_not_know_the_password_ends_none(self, anna: Newcomer, desk: Desk) -> None:
        before = crowd(desk, anna.user_id, SESSIONS_MAX)
        assert outcome(anna.log_in("not the one at all")) == (401, "invalid_credentials")
        assert live(desk, anna.user_id) == sorted(before)

    def test_takes_the_second_factor_first(self, platform: Configuration, desk: Desk) -> None:
        made = careful(platform, desk)
        crowd(desk, made.who.user_id, SESSIONS_MAX - 1)
        before = live(desk, made.who.user_id)
        token = made.challenge()
        code = made.fresh_code()
        assert outcome(made.show(token, wrong(code)))[0] == 422
        assert live(desk, made.who.user_id) == before
        begun = made.show(token, code)
        assert begun.status == 200, begun.raw
        left = live(desk, made.who.user_id)
        assert (len(left), begun.body["session_id"] in left) == (SESSIONS_MAX, True)

    def test_leaves_the_device_known(self, anna: Newcomer, desk: Desk) -> None:
        """It is at a client that signs in over and over that the limit is met."""
        token = anna.log_in().body["device_token"]
        crowd(desk, anna.user_id, SESSIONS_MAX, used="1 minute")
        for _ in range(2):
            again = anna.post("login", email=anna.email, password=anna.password, device_token=token)
            assert (again.status, again.body["device_token"]) == (200, token)


class TestVeryMany:
    """As they were possible before there was a limit."""

    def test_are_told_by_an_event_that_can_leave(self, anna: Newcomer, desk: Desk) -> None:
        anna.sign_in()
        made = crowd(desk, anna.user_id, 150)
        assert anna.client.request("POST", "/v1/auth/logout-all").status == 204
        assert {_entry(desk, session_id) for session_id in made} == {"revoked"}
        (told,) = [data for kind, data in desk.events_of(anna.user_id) if kind == "user.sessions_ended"]
        assert (told["count"], len(told["session_ids"])) == (151, IDS_TOLD_MAX)

    def test_of_somebody_whom_an_admin_disables_end(self, anna: Newcomer, desk: Desk, guard: Guard) -> None:
        anna.sign_in()
        made = crowd(desk, anna.user_id, 600)
        path, asked = f"/v1/users/{anna.user_id}", {"status": "disabled", "reason": "Asked by telephone"}
        assert guard.request("PATCH", path, asked).status == 200
        assert (outcome(anna.me()), live(desk, anna.user_id)) == (REVOKED, [])
        assert {_entry(desk, session_id) for session_id in made} == {"revoked"}

    def test_are_no_work_for_the_relay_once_they_are_over(self, anna: Newcomer, desk: Desk) -> None:
        anna.sign_in()
        alive, just_over = (crowd(desk, anna.user_id, 1, ends=ends) for ends in ("1 day", "-1 minute"))
        over = crowd(desk, anna.user_id, 3, ends="-3 minutes") + crowd(desk, anna.user_id, 3, ended="3 minutes")
        lately = crowd(desk, anna.user_id, 250, ended="1 minute")
        (ends,) = crowd(desk, anna.user_id, 1)
        assert anna.client.request("DELETE", f"/v1/users/me/sessions/{ends}").status == 204
        let_events_leave(desk, anna.user_id)
        assert [_entry(desk, each) for each in (*alive, *just_over, ends)] == ["active", "revoked", "revoked"]
        assert {_entry(desk, each) for each in over} == {None}
        assert len([each for each in lately if _entry(desk, each) == "revoked"]) == 199, "200 with the one just ended"

    def test_end_with_the_revision_that_brings_the_limit(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        surplus, least = ("usr_many", SESSIONS_MAX + 7), ("usr_few", SESSIONS_MAX)
        with (
            own_database(platform, "limit_test", revision="0038"),
            as_function(platform, monkeypatch, OWNER, "limit_test"),
        ):
            with engine().begin() as connection:
                for user_id, count in (surplus, least):
                    connection.exec_driver_sql(_CROWD.format(user_id=user_id, count=count))
            migrate()
            ended = rows("SELECT user_id, id, end_reason FROM identity.session WHERE ended_at IS NOT NULL ORDER BY id")
            assert ended == [("usr_many", f"ses_usr_many{number:02}", "limit") for number in range(1, 8)]


# The lower the number, the longer ago the last refresh.
_CROWD = """
INSERT INTO identity.user (id, sealed_data, locale, roles, password_hash)
VALUES ('{user_id}', 'sealed', 'en', '{{user}}', 'hash');
INSERT INTO identity.session (id, user_id, amr, ends_at)
SELECT 'ses_{user_id}' || lpad(n::text, 2, '0'), '{user_id}', '{{pwd}}', now() + interval '9 days'
  FROM generate_series(1, {count}) AS n;
INSERT INTO identity.refresh_token (session_id, position, digest, expires_at, created_at)
SELECT id, 1, sha256(convert_to(id, 'UTF8')), now() + interval '7 days',
       now() - interval '1 day' + right(id, 2)::integer * interval '1 minute'
  FROM identity.session WHERE user_id = '{user_id}'
"""
