"""Kafka away: nobody who calls the API notices, and no event is lost."""

import pytest

from tests.faults.household import ANSWER_MS_MAX, Household
from tests.faults.outage import Manner, without


class TestWithoutKafka:
    @pytest.mark.parametrize("manner", ["gone", "frozen"])
    def test_everybody_is_told_once_it_is_back(self, household: Household, manner: Manner) -> None:
        before = household.balances()
        with without(household.platform, "kafka", manner):
            answers = [household.transfer(amount) for amount in (1, 2, 3)]
            inbox = household.payer.client.request("GET", "/v1/notifications")
        assert [answer.status for answer in answers] == [201, 201, 201]
        assert max(answer.milliseconds for answer in answers) < ANSWER_MS_MAX
        assert inbox.status == 200
        assert household.balances() == (before[0] - 6, before[1] + 6)
        for answer in answers:
            household.expect_told(str(answer.body["id"]))
