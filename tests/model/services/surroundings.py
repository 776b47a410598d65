"""What the services need beside PostgreSQL, for a process that is a function already."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from logging import CRITICAL
from typing import Any

import pytest

from functions.transaction import bulk, bulk_velocity
from functions.transaction.claims import look_up
from functions.transaction.schedules import make_schedule
from functions.wallet import instants
from functions.wallet.rules import store as rules
from local.configuration import HOST, Configuration
from local.secrets import redis_password
from paycore import aws, cache, crypto, settings
from paycore.ledger import pressure
from paycore.observability import logger
from paycore.settings import CursorKeysSettings, RecipientKeysSettings, RedisSettings
from tests.model.services.book import CALL_ITEMS, IDLE_ITEMS_MAX, RULES_MAX, SCHEDULES_MAX, UNKNOWN_PER_DAY


@contextmanager
def surroundings(platform: Configuration) -> Iterator[None]:
    """This process, which is a function already, has what the services need; their limits are within a sequence's reach.

    Nothing else runs in this database: what is answered to somebody is old enough to be told in a statement.
    """
    own = settings.read
    rings = {name: {"current": "k1", "k1": crypto.new_key().hex()} for name in ("model-recipients", "model-cursors")}
    secrets = rings | {"redis": {"password": redis_password(platform)}}
    known: dict[type, Any] = {
        RecipientKeysSettings: RecipientKeysSettings("model-recipients"),
        CursorKeysSettings: CursorKeysSettings("model-cursors"),
        RedisSettings: RedisSettings(HOST, platform.ports.redis, "redis", str(platform.ca_file)),
    }
    database_password = aws.secret
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "read", lambda kind: known[kind] if kind in known else own(kind))
        patch.setattr(aws, "secret", lambda name: secrets.get(name) or database_password(name))
        patch.setattr(instants, "SETTLED_AFTER", timedelta(0))
        patch.setattr(pressure, "POOL_WAIT_S_MAX", 60.0)  # a busy machine is no queue
        patch.setattr(look_up, "UNKNOWN_PER_DAY", UNKNOWN_PER_DAY)
        patch.setattr(bulk_velocity, "ITEMS_MAX", IDLE_ITEMS_MAX)
        patch.setattr(bulk, "_ITEMS_PER_CALL", CALL_ITEMS)
        patch.setattr(make_schedule, "SCHEDULES_MAX", SCHEDULES_MAX)
        patch.setattr(rules, "RULES_MAX", RULES_MAX)
        logger.setLevel(CRITICAL)  # refusals are what is asked for here
        yield
        cache.client.cache_clear()
