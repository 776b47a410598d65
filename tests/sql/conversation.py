"""What the Python port of this release asks of the SQL: each operation once, and the refusal that tells the most."""

from typing import Any

from paycore import ids
from paycore.ledger.commands import Convert, Hold, Move, Share, System, Wallet
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Allowed, Capture, Reverse, Void
from paycore.ledger.post import AnyCommand
from paycore.money import Money
from paycore.request_key import RequestKey

OWNER = "usr_release"
ANNA, BEN, CLEO, DOLLARS = (Wallet(f"wal_{name}", OWNER) for name in ("anna", "ben", "cleo", "dollars"))
CURRENCIES = {ANNA: "EUR", BEN: "EUR", CLEO: "EUR", DOLLARS: "USD"}
QUOTE = {
    "quote_id": "quo_release",
    "owner_id": OWNER,
    "amount": 100,
    "source_currency": "EUR",
    "target_currency": "USD",
    "source_exponent": 2,
    "target_exponent": 2,
    "life_s": 60,
}
# Before the port speaks; as the owner of the tables.
RATE = (
    "INSERT INTO ledger.exchange_rate (id, source_currency, target_currency, rate, loaded_by) "
    "VALUES ('rate_release', 'EUR', 'USD', 1.085, 'usr_admin')"
)


def port_calls() -> list[tuple[str, list[Any]]]:
    """Functions with their arguments, in an order in which each finds what it needs."""
    opened = [("ledger.open_wallet", [each.wallet_id, OWNER, currency]) for each, currency in CURRENCIES.items()]
    changes = [
        {"action": "freeze", "wallet_id": BEN.wallet_id, "owned_by": OWNER, "direction": "debit"},
        {"action": "unfreeze", "wallet_id": BEN.wallet_id, "owned_by": OWNER},
        {"action": "limit", "wallet_id": BEN.wallet_id, "owned_by": None, "credit_limit": 10},
        {"action": "freeze", "wallet_id": "wal_nowhere", "owned_by": None, "direction": "both"},
    ]
    return [
        *opened,
        *[("ledger.change_wallet", [change]) for change in changes],
        ("ledger.make_quote", [QUOTE]),
        *[("ledger.post", [command.body()]) for command in _commands()],
        ("ledger.change_wallet", [{"action": "reopen", "wallet_id": CLEO.wallet_id, "owned_by": None}]),
        ("ledger.change_wallet", [{"action": "stripe", "wallet_id": CLEO.wallet_id, "owned_by": None, "stripes": 4}]),
        ("ledger.version_of", [ANNA.wallet_id]),
        ("ledger.expect_credit", ["pay_release", ANNA.wallet_id]),
        ("ledger.end_expectation", ["pay_release"]),
        ("outbox.oldest_age_s", []),
        ("outbox.backlog_age_s", [10]),
    ]


def _commands() -> list[AnyCommand]:
    paid, held, given_up = (_asked() for _ in range(3))
    anyone = Allowed(OWNER, ("source", "target"))
    said: dict[str, Any] = {"description": "rent", "reason": "asked", "metadata": {"flat": "3"}}
    first = _move(5, ANNA, BEN)
    return [
        _move(10_000, System("clearing_bank"), ANNA, kind="funds_added"),
        Move(**paid, **said, kind="transfer", money=_eur(500), source=ANNA, target=BEN, external_id="invoice 1"),
        _move(10**9, ANNA, BEN),  # insufficient_funds
        _move(1, ANNA, Wallet("wal_nowhere")),
        Move(
            **_asked(),
            kind="transfer",
            money=_eur(3),
            source=ANNA,
            shares=(Share(BEN, 1), Share(CLEO, 2)),
            dry_run=True,
        ),
        Move(**_asked(), kind="transfer", money=_eur(3), source=ANNA, shares=(Share(BEN, 1), Share(CLEO, 2))),
        Reverse(**_asked(), original_id=paid["transaction_id"], allowed=anyone, amount=100, reason="half"),
        Hold(**held, **said, money=_eur(60), source=ANNA, target=BEN),
        Capture(**_asked(), original_id=held["transaction_id"], allowed=anyone, amount=20, final=False),
        Capture(**_asked(), original_id=held["transaction_id"], allowed=anyone),
        Hold(**given_up, money=_eur(7), source=ANNA, target=None),
        Void(**_asked(), original_id=given_up["transaction_id"], allowed=None, reason="no"),
        Void(**_asked(), original_id=given_up["transaction_id"], allowed=None),  # hold_ended
        Convert(**_asked(), quote_id=str(QUOTE["quote_id"]), source=ANNA, target=DOLLARS, limit_role="user"),
        first,
        first,  # a replay
        Bulk(**_asked(), mode="atomic", items=(_move(1, ANNA, BEN), _move(2, ANNA, CLEO))),
        Bulk(**_asked(), mode="independent", items=(_move(1, ANNA, BEN), _move(10**9, ANNA, CLEO))),
        Bulk(**_asked(), mode="atomic", items=(_move(1, ANNA, BEN), _move(10**9, ANNA, CLEO))),
        Close(**_asked(), wallet=CLEO, sweep_to=ANNA.wallet_id, reason="moved"),
    ]


def _move(amount: int, source: Wallet | System, target: Wallet, kind: Any = "transfer") -> Move:
    return Move(**_asked(), kind=kind, money=_eur(amount), source=source, target=target)


def _eur(amount: int) -> Money:
    return Money(amount, "EUR")


def _asked() -> dict[str, Any]:
    transaction_id = ids.new("tx")
    key = RequestKey(OWNER, "POST /release", transaction_id, "same", "req_release")
    return {"key": key, "transaction_id": transaction_id, "actor_id": OWNER}
