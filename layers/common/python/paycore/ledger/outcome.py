"""What the ledger answers: transactions as it recorded them, or refusals."""

from dataclasses import dataclass, fields
from typing import Any

from paycore.errors import BulkRefused, PaymentError, all_errors
from paycore.invariants import present
from paycore.ledger.commands import MovementKind, TransactionStatus


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a completed movement. `amount` is signed; `balance_after` is posted money; both in minor units.

    On a striped wallet balance and version are None: a leg knows only its stripe's.
    """

    account_id: str
    owner_id: str | None
    amount: int
    balance_after: int | None
    version: int | None
    stripe: int = 0
    stripe_version: int | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """A movement as the ledger recorded it. Ids of system accounts are None, instants RFC 3339.

    `details` has what only its kind has: `splits`, `conversion`, `expires_at`.
    """

    id: str
    kind: MovementKind
    status: TransactionStatus
    version: int
    amount: int
    currency: str
    source_wallet_id: str | None
    source_owner_id: str | None
    target_wallet_id: str | None
    target_owner_id: str | None
    original_id: str | None
    actor_id: str
    description: str | None
    external_id: str | None
    reason: str | None
    metadata: dict[str, str]
    failure_code: str | None
    created_at: str
    completed_at: str | None
    legs: tuple[Leg, ...]
    details: dict[str, Any]

    def facts(self) -> dict[str, Any]:
        """What `read_transaction` reads."""
        own = {name: getattr(self, name) for name in _TRANSACTION_FIELDS}
        return {**own, "legs": [{name: getattr(leg, name) for name in _LEG_FIELDS} for leg in self.legs]}

    def wallet_ids(self) -> set[str]:
        """Every wallet that it touched, or will."""
        legs = {leg.account_id for leg in self.legs if leg.owner_id is not None}
        return legs | {wallet for wallet in (self.source_wallet_id, self.target_wallet_id) if wallet}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command, and whether an earlier request with this key made it.

    Closing an empty wallet has neither a transaction nor a refusal. What is not `kept` leaves its key free.
    """

    transaction: Transaction | None
    refusal: PaymentError | None
    replayed: bool
    bulk: tuple["Outcome", ...] = ()
    kept: bool = True

    def completed(self) -> Transaction:
        """The transaction; raises the refusal. Only after the commit: the refusal is kept, too."""
        self.succeed()
        return present(self.transaction, "an outcome is a transaction or a refusal")

    def succeed(self) -> None:
        """Raises the refusal, if there is one."""
        if self.refusal is not None:
            raise self.refusal


def read_outcome(answer: dict[str, Any]) -> Outcome:
    """The outcome in an answer of `ledger.post`."""
    replayed: bool = answer["replayed"]
    kept: bool = answer.get("kept", True)
    if "refusal" in answer:
        return Outcome(None, _refusal(answer, replayed=replayed), replayed, kept=kept)
    transaction = read_transaction(answer["transaction"]) if "transaction" in answer else None
    bulk = tuple(read_outcome({"replayed": replayed, **item}) for item in answer.get("bulk", ()))
    return Outcome(transaction, None, replayed, bulk, kept)


def read_transaction(facts: dict[str, Any]) -> Transaction:
    """The transaction in the ledger's facts. A newer ledger may tell more than this release knows."""
    known = {name: facts[name] for name in _TRANSACTION_FIELDS}
    legs = tuple(Leg(**{name: leg[name] for name in _LEG_FIELDS}) for leg in facts["legs"])
    return Transaction(**{**known, "legs": legs})


def _refusal(answer: dict[str, Any], *, replayed: bool) -> PaymentError:
    facts = dict(answer["refusal"])
    kind = all_errors()[facts.pop("code")]
    if kind is BulkRefused and all_errors()[facts["reason"]].retryable:
        # `BulkRefused` says that it is not worth another try. This bulk is: its key is free, and the item knows when.
        kind, facts = all_errors()[facts["reason"]], {"index": facts["index"], **facts["item_facts"]}
    refusal = kind(**facts)
    if replayed:
        refusal.first_request_id = answer["request_id"]
    return refusal


_TRANSACTION_FIELDS = [field.name for field in fields(Transaction)]
_LEG_FIELDS = [field.name for field in fields(Leg)]
