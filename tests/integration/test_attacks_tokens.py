"""Attacks on tokens and sessions, through the gateway (correctness table T; docs/security.md lists the rows)."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.secrets import read_secret
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, enrolled, step_up
from tests.integration.forging import Forger
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.patience import attended, until
from tests.integration.people import Town

INVALID_TOKEN = (401, "invalid_token")
REVOKED = (401, "session_revoked")
ME = "/v1/users/me"


@pytest.fixture(scope="module")
def person(town: Town) -> Person:
    """Whose token is the model of the forged ones."""
    return town.person("EUR")


@pytest.fixture(scope="module")
def forger(person: Person, platform: Configuration) -> Forger:
    """Knows even our signing key, so that each token is wrong in one thing only."""
    return Forger(str(person.client.token), json.loads(read_secret(platform, "token-signing"))["private_key_pem"])


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account, signed in."""
    anna = Newcomer(desk, platform.ports.gateway).settle_in()
    anna.sign_in()
    return anna


class TestForgedTokens:
    def test_none_of_them_passes(self, forger: Forger, person: Person, town: Town) -> None:
        stranger = town.stranger()
        jwk = next(
            key
            for key in stranger.request("GET", "/.well-known/jwks.json").body["keys"]
            if key["kid"] == forger.header["kid"]
        )
        passed, seen = {}, 0
        for name, token in forger.bad(jwk).items():
            seen += 1
            answer = stranger.request("GET", ME, headers={"Authorization": f"Bearer {token}"})
            if outcome(answer) != INVALID_TOKEN or token in answer.raw.decode():
                passed[name] = (answer.status, answer.raw)
        assert passed == {}
        assert seen > 50
        assert person.client.request("GET", ME).status == 200  # or the table would prove nothing

    @pytest.mark.parametrize(
        ("change", "status"),
        [({}, 200), ({"exp": 29}, 200), ({"exp": -29}, 401), ({"iat": 29}, 200), ({"jti": "x"}, 200)],
        ids=str,
    )
    def test_the_leeway_is_the_authorizer_s_and_the_expiry_the_function_s(
        self, forger: Forger, town: Town, change: dict[str, object], status: int
    ) -> None:
        now = int(time.time())
        claims = {name: now + value if isinstance(value, int) else value for name, value in change.items()}
        header = {"Authorization": f"Bearer {forger.with_claims(**claims)}"}
        assert town.stranger().request("GET", ME, headers=header).status == status

    def test_nobody_else_s_session_serves(self, forger: Forger, town: Town) -> None:
        """Even our own key signs nobody in: the session must be that person's."""
        other = Forger(str(town.person().client.token), "")
        for claims in ({"sub": other.claims["sub"]}, {"sid": other.claims["sid"]}, {"sid": "ses_" + "0" * 26}):
            header = {"Authorization": f"Bearer {forger.with_claims(**claims)}"}
            assert outcome(town.stranger().request("GET", ME, headers=header)) == REVOKED

    @pytest.mark.parametrize("name", ["access_token", "token", "authorization", "Authorization"])
    def test_one_in_the_query_counts_for_nothing(self, person: Person, town: Town, name: str) -> None:
        answer = town.stranger().request("GET", f"{ME}?{name}={person.client.token}")
        assert outcome(answer) == (401, "missing_token")

    @pytest.mark.parametrize("sign", ["{token}", "Basic {token}", "Bearer  {token}", "Bearer {token}, Bearer {token}"])
    def test_it_needs_its_very_form(self, person: Person, town: Town, sign: str) -> None:
        header = {"Authorization": sign.format(token=person.client.token)}
        assert outcome(town.stranger().request("GET", ME, headers=header)) == INVALID_TOKEN


class TestTokensOfWhoIsGone:
    @pytest.mark.parametrize("how", ["disabled", "deleted"])
    def test_let_nobody_in(self, anna: Newcomer, guard: Guard, how: str) -> None:
        token = anna.sign_in()
        assert anna.me().status == 200  # the gateway has the authorizer's answer, Redis the session
        user_id = anna.user_id
        if how == "disabled":
            change = {"status": "disabled", "reason": "test"}
            assert guard.request("PATCH", f"/v1/users/{user_id}", change).status == 200
        else:  # by hand, and after the entry in Redis has ended by itself
            for table, column in (("refresh_token", "session_id"), ("session", "user_id")):
                ids = "(SELECT id FROM identity.session WHERE user_id = :id)" if column == "session_id" else "(:id)"
                anna.desk.rows(f"DELETE FROM identity.{table} WHERE {column} IN {ids}", id=user_id)  # noqa: S608
            session_id = Forger(str(anna.client.token), "").claims["sid"]
            anna.desk.redis.delete(f"session:{session_id}")
        assert outcome(anna.me()) == REVOKED
        assert outcome(anna.refresh(token)) == INVALID_TOKEN

    def test_a_role_that_was_taken_is_gone_while_its_token_lives(self, anna: Newcomer, guard: Guard) -> None:
        path = f"/v1/users/{anna.user_id}"
        step_up(anna, enrolled(anna)[0], anna.desk)
        for roles, status in ((["admin"], 404), ([], 403), (["admin"], 404), (["merchant"], 403)):
            change = {"roles": roles, "reason": "test"}
            assert guard.request("PATCH", path, change).status == 200
            answer = anna.client.request("GET", "/v1/users/usr_" + "0" * 26)
            assert answer.status == status, roles


class TestRefreshTokens:
    @pytest.mark.parametrize(("seconds", "status"), [(9, 200), (11, 401)])
    def test_a_replay_is_forgiven_for_ten_seconds(self, anna: Newcomer, seconds: int, status: int) -> None:
        def replay() -> tuple[Answer, str, float]:
            """The answer, the successor that the token had, and how long it took to ask."""
            token = anna.sign_in()
            successor = anna.refresh(token).body["refresh_token"]
            started = time.monotonic()
            anna.desk.rows(
                "UPDATE identity.refresh_token SET rotated_at = clock_timestamp() - make_interval(secs => :seconds) "
                "WHERE digest = sha256(convert_to(:token, 'UTF8'))",
                token=token,
                seconds=seconds,
            )
            return anna.refresh(token), successor, time.monotonic() - started

        answer, successor, _ = until(replay, lambda replayed: replayed[2] < 1)  # on a busy machine 9 seconds may be 11
        assert answer.status == status
        if status == 200:
            assert answer.body["refresh_token"] == successor
        assert anna.refresh(successor).status == status, (
            "after a replay the family has ended, after a repeat it goes on"
        )

    def test_thirty_two_at_the_same_moment_are_one(self, anna: Newcomer) -> None:
        token = anna.sign_in()
        with ThreadPoolExecutor(32) as pool:
            body = {"refresh_token": token}
            asks = [partial(anna.elsewhere().request, "POST", "/v1/auth/refresh", body) for _ in range(32)]
            answers = list(pool.map(attended, asks))
        assert {answer.status for answer in answers} == {200}
        (successor,) = {answer.body["refresh_token"] for answer in answers}
        ((count,),) = anna.desk.rows(
            "SELECT count(*) FROM identity.refresh_token WHERE session_id = :id", id=answers[0].body["session_id"]
        )
        assert count == 2
        assert anna.refresh(successor).status == 200
