"""The consumers of events: balances are watched, and what waits for an address is claimed."""

from collections.abc import Callable
from uuid import uuid4

from functions.transaction.claims.claim import claim
from functions.transaction.claims.claim_waiting import claim_waiting
from functions.wallet.rules.watch_balances import watch_balances
from paycore.events.envelope import EventData
from paycore.events.event import Event
from paycore.events.wallet import WalletBalanceThresholdCrossed
from tests.model.book import Facts
from tests.model.services.scene import ServiceScene


def deliver(scene: ServiceScene) -> None:
    """They hear of all that happened since."""
    changed = [_event(data, scene.run) for data in scene.changed]
    scene.changed.clear()
    events = [*scene.door.staged(), *changed]
    scene.both(
        "watch balances",
        lambda: _hear(watch_balances, events),
        lambda _: announced(scene),
        lambda _, __: scene.watching.look_at_all(),
        reads=True,
    )
    for event in changed:
        _claim(scene, event)


def _claim(scene: ServiceScene, event: Event) -> None:
    data = event.data.data()
    owner = str(data.get("owner_id") or data["user_id"])
    before = _claimed(scene)
    scene.both(
        "hear of an occasion",
        lambda: _hear(claim, [event]),
        lambda _: None,
        lambda minted, _: scene.transfers.claim(minted, owner),
    )
    scene.outcomes["claim", "done"] += _claimed(scene) - before


def look_again(scene: ServiceScene) -> None:
    """The job of the minute, when it is the turn of all that waits."""
    before = _claimed(scene)
    scene.door.look_again(list(scene.book.waiting))
    scene.both(
        "claim what waits",
        lambda: claim_waiting(3600),
        lambda _: None,
        lambda minted, _: scene.transfers.claim(minted),
    )
    scene.outcomes["claim of the job", "done"] += _claimed(scene) - before


def _claimed(scene: ServiceScene) -> int:
    return sum(each.claimed for each in scene.book.waiting.values())


def announced(scene: ServiceScene) -> list[Facts]:
    """The crossings that were announced since the last look; those of an earlier sequence, whose holds are ended now, left out."""
    staged = [each.data for each in scene.door.staged() if isinstance(each.data, WalletBalanceThresholdCrossed)]
    events = [each for each in staged if each.wallet_id in scene.wallets.values()]
    scene.outcomes["crossing", "announced"] += len(events)
    told = [{"rule_id": each.rule_id, "wallet_id": each.wallet_id, "balance": each.balance} for each in events]
    return sorted(told, key=lambda each: str(each["rule_id"]))  # which wallet is looked at first, is chance


def _hear(consumer: Callable[[Event], None], events: list[Event]) -> bool:
    for each in events:
        consumer(each)
    return True


def _event(data: EventData, request_id: str) -> Event:
    return Event(f"evt_{uuid4().hex}", data.TYPE, "", "", data, request_id)
