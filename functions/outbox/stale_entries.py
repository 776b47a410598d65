"""What the cache may still hold of before an event: told again, since who committed may have died before telling it.

An entry that has the event's version or a newer one stays.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from paycore.cache_entries import transaction_key, user_key, wallet_key
from paycore.database import Row
from paycore.events.envelope import TOPIC_TRANSACTION

_OF_PROFILES = (
    "user.updated",
    "user.email_changed",
    "user.mfa_changed",
    "user.kyc_changed",
    "user.phone_verified",
    "user.closed",
    "user.erased",
)


def stale_entries(rows: Iterable[Row[Any]]) -> dict[str, int | None]:
    """Keys of cache entries with the version that exists now; None where an event only tells that it is another one."""
    stale: dict[str, int | None] = {}
    for row in rows:
        for key, version in _of(row):
            known = stale.get(key, 0)
            stale[key] = None if version is None or known is None else max(known, version)
    return stale


def _of(row: Row[Any]) -> Iterator[tuple[str, int | None]]:
    if row.type in ("wallet.updated", "wallet.deactivated"):  # funds and creation change nothing that may be cached
        yield wallet_key(row.subject), row.data.get("version")
    elif row.type in _OF_PROFILES and "version" not in row.data:
        yield user_key(row.data["user_id"]), None  # staged before these events told it
    elif row.type in _OF_PROFILES and row.data["version"] is not None:  # else the profile is as it was
        yield user_key(row.data["user_id"]), row.data["version"]
    elif row.topic == TOPIC_TRANSACTION and row.type != "transaction.failed":
        yield from _of_movement(row)


def _of_movement(row: Row[Any]) -> Iterator[tuple[str, int | None]]:
    legs = {leg["account_id"]: leg["version"] for leg in row.data.get("legs", ()) if leg["owner_id"] is not None}
    named = {row.data.get("source_wallet_id"), row.data.get("target_wallet_id")} - {None}
    for wallet_id in named | legs.keys():
        yield wallet_key(wallet_id), legs.get(wallet_id)
    if row.data.get("original_id") is not None:
        yield transaction_key(row.data["original_id"]), None
    if row.type in ("transaction.reversed", "transaction.expired"):
        yield transaction_key(row.subject), None
