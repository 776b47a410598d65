"""Every order in which the ledger locks: a call that keeps it, and the words in the SQL that make it."""

import json
from dataclasses import dataclass

from paycore import ids

FIRST, MIDDLE, LAST = "wal_aaaaa", "wal_mmmmm", "wal_zzzzz"
# Stored against their order, so that whoever reads them as they lie takes them the wrong way round.
ACCOUNTS = {LAST: 1, MIDDLE: 2, FIRST: 1}  # with their stripes
_LAST, _FIRST, _MIDDLE = ({"wallet_id": wallet} for wallet in (LAST, FIRST, MIDDLE))
_FORTH, _BACK, _LATE, _LATER = sorted(ids.new("tx") for _ in range(4))
# Overdue and open ones: payer, payee, and in how many hours each ends. Those of one wallet end against their order.
HOLDS = {
    _LATER: (MIDDLE, FIRST, -2),
    _LATE: (MIDDLE, FIRST, -1),
    _FORTH: (FIRST, LAST, 1),
    _BACK: (LAST, FIRST, 1),
}


@dataclass(frozen=True)
class Order:
    """A call that locks `earlier` before `later`, whatever order it is asked in."""

    function: str  # its file below functions/migrate/sql
    rule: str  # the text in it that makes the order
    without: str  # the text instead of it that makes none
    call: str
    earlier: str  # a statement that finds the row
    later: str


def _row(account: str, stripe: int = 0) -> str:
    return f"SELECT FROM ledger.balance WHERE (account_id, stripe) = ('{account}', {stripe})"


def _hold_row(hold: str) -> str:
    return f"SELECT FROM ledger.hold WHERE transaction_id = '{hold}'"


def _capture(hold: str) -> str:
    """More than it holds: what is of interest here comes before that is refused."""
    return f"SELECT ledger.capture('{json.dumps({'original_id': hold, 'amount': 2, 'allowed': None})}')"


def _close(wallet: str, heir: str) -> str:
    return f"SELECT ledger.close('{json.dumps({'wallet_id': wallet, 'sweep_to': heir})}')"


def _bulk(source: dict[str, str], target: dict[str, str]) -> str:
    items = [{"currency": "EUR", "source": source, "target": target}]
    return f"SELECT ledger.lock_for_bulk('{json.dumps(items)}')"


_SIDES = f"ARRAY['{json.dumps(_LAST)}', '{json.dumps(_FIRST)}']::jsonb[]"
ORDERS = {
    "of the accounts of a movement": Order(
        "ledger/take_purses.sql",
        'ORDER BY ledger.account_of(s.side, currency) COLLATE "C"',
        "",
        f"SELECT ledger.take_purses({_SIDES}, 'EUR', ARRAY[-1, 1]::bigint[])",
        _row(FIRST),
        _row(LAST),
    ),
    "of the accounts of a bulk": Order(
        "ledger/lock_for_bulk.sql", "ORDER BY b.account_id, b.stripe", "", _bulk(_LAST, _FIRST), _row(FIRST), _row(LAST)
    ),
    "of the stripes of a bulk": Order(
        "ledger/lock_for_bulk.sql",
        "b.account_id, b.stripe",
        "b.account_id",
        _bulk(_MIDDLE, _LAST),
        _row(MIDDLE),
        _row(MIDDLE, 1),
    ),
    "of the stripes of a wallet": Order(
        "ledger/take_whole_purse.sql",
        "ORDER BY b.stripe",
        "",
        f"SELECT ledger.take_whole_purse('{MIDDLE}')",
        _row(MIDDLE),
        _row(MIDDLE, 1),
    ),
    "of the heir that comes first": Order(
        "ledger/close.sql", 'sweep_to < wallet_id COLLATE "C"', "false", _close(LAST, FIRST), _row(FIRST), _row(LAST)
    ),
    "of the heir that comes last": Order(
        "ledger/close.sql", 'sweep_to < wallet_id COLLATE "C"', "true", _close(FIRST, LAST), _row(FIRST), _row(LAST)
    ),
    "of a capture's payer that comes first": Order(
        "ledger/capture.sql",
        'held.source_account_id < payee COLLATE "C"',
        "false",
        _capture(_FORTH),
        _row(FIRST),
        _row(LAST),
    ),
    "of a capture's payer that comes last": Order(
        "ledger/capture.sql",
        'held.source_account_id < payee COLLATE "C"',
        "true",
        _capture(_BACK),
        _row(FIRST),
        _row(LAST),
    ),
    "of the overdue holds of a wallet": Order(
        "ledger/end_overdue_holds.sql",
        "ORDER BY h.transaction_id",
        "",
        f"SELECT ledger.end_overdue_holds('{MIDDLE}')",
        _hold_row(_LATE),
        _hold_row(_LATER),
    ),
}
