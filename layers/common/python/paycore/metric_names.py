"""The names of our metrics, once, for the functions that emit them and the alarms that watch them."""

OUTBOX_OLDEST_AGE = "OutboxOldestAge"  # seconds since the oldest unpublished event was staged, 0 without one
EVENTS_SET_ASIDE = "EventsSetAside"  # count of tries with an event that could not leave: its key waits
LEDGER_VIOLATIONS = "LedgerViolations"  # count of broken invariants that two snapshots show, 0 without one
MONTHS_WITHOUT_PARTITION = "MonthsWithoutPartition"  # count, of this month and the two to come
EVENTS_PUBLISHED = "EventsPublished"  # count
