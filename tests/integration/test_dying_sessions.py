"""What ends sessions or changes their roles holds at once, also where its function dies between commit and cache.

The function is a process that dies at the first word to the cache. An entry that nobody writes again lives for a
minute, and these tests wait for less; nor do they ask anything meanwhile that would read PostgreSQL.
"""

import json
import os
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from typing import Any

import pytest

from local.aws_endpoint import ssm_parameters
from local.configuration import Configuration
from local.environments.code import process_variables
from local.environments.specification import functions_of
from local.story import Person
from local.template import load_template
from tests.integration.desk import Desk
from tests.integration.factor import claims
from tests.integration.local_platform.caller import wait_until
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.registrar import FUNCTION

KILLED = 9
REASON = "Asked by telephone"
REVOKED = (401, "session_revoked")


def _die_telling(variables: Mapping[str, str], act: Callable[..., None], *facts: str) -> None:
    """This process is an environment of the function from now on, until it has committed."""
    os.environ.update(variables)
    from paycore import cache

    setattr(cache, "tell", lambda _: os._exit(KILLED))  # noqa: B010  # an assignment that mypy takes for a mistake
    act(*facts)


def _caller(user_id: str, session_id: str, *roles: str) -> Any:
    from paycore.caller import Caller

    return Caller(user_id, session_id, frozenset(roles), second_factor=True, signed_in_recently=True)


def _origin() -> Any:
    from paycore.origin import Origin

    return Origin("127.0.0.1", request_id="test")


def _log_out(user_id: str, session_id: str, *_: str) -> None:
    from functions.user.sessions.end_sessions import end_all_sessions

    end_all_sessions(_caller(user_id, session_id, "user"), _origin())


def _close(user_id: str, session_id: str, *_: str) -> None:
    from functions.user.account.close import close_account

    close_account(_caller(user_id, session_id, "user"), None, _origin())


def _disable(user_id: str, _: str, *admin: str) -> None:
    _change(user_id, *admin, status="disabled")


def _take_role(user_id: str, _: str, *admin: str) -> None:
    _change(user_id, *admin, roles=["user"])


def _change(user_id: str, admin_id: str, admin_session_id: str, **wanted: Any) -> None:
    from functions.user.administration.change_user import change_user
    from functions.user.schemas import ChangeUser

    admin = _caller(admin_id, admin_session_id, "admin")
    change_user(admin, user_id, ChangeUser(reason=REASON, **wanted), _origin())


@pytest.fixture(scope="module")
def variables(platform: Configuration) -> dict[str, str]:
    """Of the user service's function."""
    function = functions_of(load_template(platform), platform, ssm_parameters(platform))[FUNCTION]
    return process_variables(function, platform, runtime_api="")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """A merchant whose session every function knows."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    desk.rows("UPDATE identity.user SET roles = '{user,merchant}' WHERE id = :id", id=made.user_id)
    made.sign_in()
    return made


def _entry(desk: Desk, session_id: str) -> dict[str, Any]:
    text: Any = desk.redis.get(f"session:{session_id}")
    return json.loads(text) if text else {}


class TestDeath:
    @pytest.mark.parametrize("act", [_log_out, _close, _disable], ids=["logout", "closing", "disabling"])
    def test_before_a_session_s_end_is_told_ends_it_all_the_same(
        self, anna: Newcomer, admin: Person, desk: Desk, variables: dict[str, str], act: Callable[..., None]
    ) -> None:
        session_id = self.dies(anna, admin, variables, act)
        wait_until(lambda: _entry(desk, session_id).get("state") == "revoked")
        assert desk.redis.ttl(f"session:{session_id}") > 60 * 60, "longer than any access token lives"
        assert outcome(anna.me()) == REVOKED

    def test_before_a_lost_role_is_told_takes_it_all_the_same(
        self, anna: Newcomer, admin: Person, desk: Desk, variables: dict[str, str]
    ) -> None:
        session_id = self.dies(anna, admin, variables, _take_role)
        wait_until(lambda: _entry(desk, session_id).get("roles") == ["user"])
        assert _entry(desk, session_id)["state"] == "active", "a role change keeps the sessions"
        assert 0 < desk.redis.ttl(f"session:{session_id}") <= 60, "also without the relay it would end with this minute"
        assert anna.client.request("GET", "/v1/users/me").body["roles"] == ["user"]

    def dies(self, anna: Newcomer, admin: Person, variables: dict[str, str], act: Callable[..., None]) -> str:
        """The session that the cache still knew as it was when the function died."""
        session_id = str(claims(str(anna.client.token))["sid"])
        of_admin = claims(str(admin.client.token))
        facts = (anna.user_id, session_id, of_admin["sub"], of_admin["sid"])
        function = get_context("spawn").Process(target=_die_telling, args=(variables, act, *facts))
        assert anna.me().status == 200
        function.start()
        function.join(timeout=60)
        assert function.exitcode == KILLED, "it came to tell the cache, after its commit"
        return session_id
