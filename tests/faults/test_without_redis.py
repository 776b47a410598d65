"""Redis away: a cache and a counter less. Sign-in and money go on, limits are kept by each environment alone."""

import secrets
from collections import Counter

import pytest

from local.environments.specification import API_ENVIRONMENTS
from local.story import Story
from tests.faults.household import ANSWER_MS_MAX, Household, expect_unavailable
from tests.faults.outage import Manner, without
from tests.integration.paying import Backstage

LIMIT = 100  # requests of one address in a minute
LIMIT_ALONE = LIMIT // 4  # what one environment lets through by itself
POLICY_ALONE = f'"ip";q={LIMIT_ALONE};w=60'


@pytest.mark.parametrize("manner", ["gone", "frozen"])
class TestWithoutRedis:
    def test_sign_in_and_money_go_on(self, household: Household, manner: Manner) -> None:
        before = household.balances()
        with without(household.platform, "redis", manner):
            key = secrets.token_hex(8)
            answers = [household.transfer(7, key), household.transfer(7, key)]
            signed_in = household.sign_in(household.payee)
            seen = household.balances()
        assert [answer.status for answer in answers] == [201, 201]
        assert answers[0].raw == answers[1].raw
        assert signed_in.status == 200
        assert max(answer.milliseconds for answer in [*answers, signed_in]) < ANSWER_MS_MAX
        assert seen == household.balances() == (before[0] - 7, before[1] + 7)
        household.expect_told(str(answers[0].body["id"]))

    def test_a_session_that_ended_stays_ended(self, household: Household, manner: Manner) -> None:
        session = household.sign_in(household.payee).body
        household.payee.client.token = session["access_token"]
        refresh = {"refresh_token": session["refresh_token"]}
        with without(household.platform, "redis", manner):
            assert household.payee.client.request("POST", "/v1/auth/logout", refresh).status == 204
            refused = household.payee.client.request("GET", "/v1/users/me")
        again = household.payee.client.request("GET", "/v1/users/me")
        household.payee.client.token = household.sign_in(household.payee).body["access_token"]
        assert (refused.status, refused.body["code"]) == (401, "session_revoked")
        assert (again.status, again.body["code"]) == (401, "session_revoked")

    def test_an_admin_waits(self, household: Household, manner: Manner) -> None:
        body = {"amount": 1, "currency": "EUR", "reason": "test"}
        path = f"/v1/wallets/{household.payer.wallet_id}/funds/add"
        with without(household.platform, "redis", manner):
            answers = [
                household.admin.client.request("POST", path, body, key=secrets.token_hex(8)),
                # what an admin may do on everybody's routes waits, too
                household.admin.client.request("GET", f"/v1/wallets/{household.payer.wallet_id}"),
            ]
            own = household.admin.client.request("GET", "/v1/users/me")
        for answer in answers:
            expect_unavailable(answer)
        assert own.status == 200

    @pytest.mark.parametrize("route", ["refresh", "logout"])
    def test_who_tries_refresh_tokens_is_counted_elsewhere(
        self, household: Household, manner: Manner, route: str
    ) -> None:
        visitor, body = Story(household.platform, print).ben.client, {"refresh_token": "x" * 43}
        with without(household.platform, "redis", manner):
            first = visitor.request("POST", f"/v1/auth/{route}", body)
            Backstage(household.platform).sql(
                "UPDATE identity.attempt SET taken = 60 WHERE subject LIKE 'session-source:%'"
            )
            answer = visitor.request("POST", f"/v1/auth/{route}", body)
        assert first.status in (204, 401)
        assert (answer.status, answer.body["code"]) == (429, "rate_limited")
        assert int(answer.headers["retry-after"]) > 60


class TestLimit:
    def test_is_kept_by_each_environment_alone(self, household: Household) -> None:
        visitor = Story(household.platform, print).ben.client
        with without(household.platform, "redis"):
            answers = [visitor.request("GET", "/.well-known/jwks.json") for _ in range(LIMIT)]
        counted = Counter((answer.status, answer.headers.get("ratelimit-policy")) for answer in answers)
        assert set(counted) == {(200, POLICY_ALONE), (429, POLICY_ALONE)}, counted
        assert LIMIT_ALONE <= counted[200, POLICY_ALONE] <= LIMIT_ALONE * API_ENVIRONMENTS, counted
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status == 429)
