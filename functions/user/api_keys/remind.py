"""Reminds owners of API keys that are about to expire."""

from functions.user.api_keys.render import event_facts
from functions.user.store import api_key_reminders
from paycore.database import transaction
from paycore.events.api_key import UserApiKeyExpiring
from paycore.outbox import stage_event

DAYS_BEFORE = (7, 3, 1)


def remind(request_id: str) -> int:
    """One event for each key and step; how many."""
    with transaction() as connection:
        due = api_key_reminders.due(connection, DAYS_BEFORE)
        for key in due:
            event = UserApiKeyExpiring(**event_facts(key), days=key.days)
            stage_event(connection, event, subject=key.id, partition_key=key.user_id, request_id=request_id)
    return len(due)
