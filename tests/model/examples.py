"""What the examples share: commands, a hold, and a last look at everything."""

from typing import Any

from paycore import ids
from paycore.ledger.commands import Hold, Wallet
from paycore.money import Money
from tests.model.audit import audit
from tests.model.scene import Scene


def common(scene: Scene, *, dry_run: bool = False) -> dict[str, Any]:
    """Who asks for a command, under a new id and key."""
    key = scene.key("ben", None)
    return {"transaction_id": ids.new("tx"), "actor_id": scene.people["ben"], "key": key, "dry_run": dry_run}


def hold(scene: Scene, source: str, amount: int) -> str:
    """A hold for cat; its id."""
    held = Hold(
        **common(scene),
        money=Money(amount, "EUR"),
        source=Wallet(scene.wallets[source]),
        target=Wallet(scene.wallets["cat"]),
    )
    scene.post(held)
    return held.transaction_id


def verify(scene: Scene) -> None:
    """The ledger's own verification finds nothing in transactions, nor does the audit of the tables.

    But holds that end otherwise than their transactions say: so time passes here.
    """
    for check in ("verify_transactions", "verify_sides", "verify_statuses"):
        found = f"SELECT * FROM ledger.{check}('', 'tx_~') WHERE invariant <> 'hold_terms'"  # noqa: S608  # our own names
        assert scene.real.sql(found) == []
    audit(scene.real.sql, scene.enriched)
