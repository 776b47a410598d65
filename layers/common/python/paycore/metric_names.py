"""The names of our metrics, once, for the functions that emit them and the alarms that watch them."""

OUTBOX_OLDEST_AGE = "OutboxOldestAge"  # seconds since the oldest unpublished event was staged, 0 without one
EVENTS_SET_ASIDE = "EventsSetAside"  # count of tries with an event that could not leave: its key waits
EVENTS_PUBLISHED = "EventsPublished"  # count
