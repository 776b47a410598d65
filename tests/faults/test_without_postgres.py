"""PostgreSQL away: money waits and says so; what others hold is still served; no commit is lost, none is made twice."""

import secrets

import pytest

from tests.faults.household import Household, expect_unavailable
from tests.faults.outage import Manner, restart, without


@pytest.mark.parametrize("manner", ["gone", "frozen"])
class TestWithoutPostgres:
    def test_who_needs_it_is_told_to_come_back(self, household: Household, manner: Manner) -> None:
        household.balances()
        household.sign_in(household.payee)
        before = household.balances()
        key = secrets.token_hex(8)
        with without(household.platform, "postgres", manner):
            refused = [
                household.transfer(9, key),
                household.payer.client.request("GET", f"/v1/wallets/{household.payer.wallet_id}/balance"),
                household.sign_in(household.payee),
            ]
        for answer in refused:
            expect_unavailable(answer)
        first, again = household.transfer(9, key), household.transfer(9, key)
        assert (first.status, again.status) == (201, 201)
        assert first.raw == again.raw
        assert household.balances() == (before[0] - 9, before[1] + 9)

    def test_what_others_hold_is_served(self, household: Household, manner: Manner) -> None:
        paths = ["/v1/notifications", f"/v1/wallets/{household.payer.wallet_id}", "/.well-known/jwks.json"]
        # a session of which the cache has not yet had most of its minute
        household.payer.client.token = household.sign_in(household.payer).body["access_token"]
        for path in paths:  # sessions and wallets are cached now
            assert household.payer.client.request("GET", path).status == 200
        with without(household.platform, "postgres", manner):
            answers = [household.payer.client.request("GET", path) for path in paths]
        assert [answer.status for answer in answers] == [200, 200, 200]

    def test_what_was_committed_before_is_told_after(self, household: Household, manner: Manner) -> None:
        committed = household.transferred(4)
        with without(household.platform, "postgres", manner):
            pass
        household.expect_told(committed)


class TestBrokenConnection:
    def test_is_replaced_without_a_word(self, household: Household) -> None:
        before = household.balances()
        household.sign_in(household.payee)
        restart(household.platform, "pgbouncer")
        assert household.transfer(3).status == 201  # one statement
        restart(household.platform, "pgbouncer")
        assert household.sign_in(household.payee).status == 200  # a transaction
        assert household.balances() == (before[0] - 3, before[1] + 3)
