"""The document store away: money moves; inboxes say 503; notices and records come later, none as a poison record."""

import pytest

from tests.faults.household import Household, expect_unavailable
from tests.faults.outage import Manner, without


class TestWithoutDocuments:
    @pytest.mark.parametrize("manner", ["gone", "frozen"])
    def test_notices_and_records_wait_for_it(self, household: Household, manner: Manner) -> None:
        household.payer.client.request("GET", "/v1/notifications")
        letters = household.dead_letters()
        with without(household.platform, "documents", manner):
            told_later = household.transferred(5)
            inbox = household.payer.client.request("GET", "/v1/notifications")
        expect_unavailable(inbox)
        household.expect_told(told_later)
        assert household.dead_letters() == letters
