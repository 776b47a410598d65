"""The movements of money behind payments and refunds. Each has a key of its own: it happens once, whoever asks."""

from collections.abc import Iterable

from paycore import ids
from paycore.ledger.commands import Move, MovementKind, System, Wallet
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import forget
from paycore.money import Money
from paycore.request_key import RequestKey, fingerprint

# No client can name it: the principals of clients are user ids.
_PRINCIPAL = "payment"

CARD_WORLD = System("clearing_card")
SUSPENSE = System("suspense")


def movement(
    kind: MovementKind,
    subject: str,
    money: Money,
    source: Wallet | System,
    target: Wallet | System,
    *,
    actor_id: str,
    request_id: str,
    description: str | None = None,
    reason: str | None = None,
) -> Move:
    """The step `kind` of a payment or refund (`subject`); its metadata leads back there."""
    return Move(
        transaction_id=ids.new("tx"),
        kind=kind,
        money=money,
        source=source,
        target=target,
        actor_id=actor_id,
        key=RequestKey(
            principal=_PRINCIPAL,
            route=f"payment {kind}",
            key=subject,
            fingerprint=fingerprint(kind, subject, "", str(money)),
            request_id=request_id,
        ),
        description=description,
        reason=reason,
        metadata={"payment_id" if subject.startswith("pay_") else "refund_id": subject},
    )


def forget_all(moved: Iterable[Outcome]) -> None:
    """After the commit: what the cache knows of the wallets is old."""
    for outcome in moved:
        forget(outcome)
