"""The relay may send an event again: whoever has seen it does nothing more."""

from tests.faults.household import Household
from tests.faults.outage import until
from tests.integration.paying import Backstage


class TestRepeatedEvent:
    def test_tells_nobody_twice(self, household: Household) -> None:
        backstage = Backstage(household.platform)
        moved = household.transferred(2)
        household.expect_told(moved)
        backstage.sql("UPDATE outbox.event SET published_at = NULL WHERE subject = :id", id=moved)
        unpublished = "SELECT 1 FROM outbox.event WHERE subject = :id AND published_at IS NULL"
        until(lambda: not backstage.sql(unpublished, id=moved), "the events are sent again")
        household.expect_all_consumed()
        household.expect_told(moved)
