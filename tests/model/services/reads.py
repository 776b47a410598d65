"""The oracle's histories, books and statements, folded from the transactions that it remembers."""

from typing import Any

from tests.model.book import Book, Facts, Record

Instants = dict[str, str]  # of each transaction, as PostgreSQL wrote it: chance, to the oracle


def movements(book: Book, wallet_id: str, instants: Instants) -> list[tuple[str, int]]:
    """What each transaction brought a wallet, oldest first."""
    brought: dict[str, int] = {}
    for name, record in book.records.items():
        for leg in record.shown["legs"]:
            if leg["account_id"] == wallet_id:
                brought[name] = brought.get(name, 0) + leg["amount"]
    return sorted(brought.items(), key=lambda each: (instants[each[0]], each[0]))


def statement(book: Book, wallet_id: str, instants: Instants, from_at: str, to_at: str, viewer: str | None) -> Facts:
    """From an instant until before another. `viewer` None sees all."""
    opening = balance = sum(amount for name, amount in movements(book, wallet_id, instants) if instants[name] < from_at)
    rows = []
    for name, amount in movements(book, wallet_id, instants):
        if from_at <= instants[name] < to_at:
            balance += amount
            rows.append(_line(book, name, wallet_id, amount, viewer) | {"balance_after": balance})
    return {"opening": opening, "closing": balance, "rows": rows}


def entries(book: Book, wallet_id: str, instants: Instants, viewer: str | None) -> list[Facts]:
    """The wallet's book, newest first."""
    found = movements(book, wallet_id, instants)
    return [_line(book, name, wallet_id, amount, viewer) for name, amount in reversed(found)]


def balance_at(book: Book, wallet_id: str, instants: Instants, at: str) -> int:
    """What was posted at an instant."""
    return sum(amount for name, amount in movements(book, wallet_id, instants) if instants[name] <= at)


def _line(book: Book, name: str, wallet_id: str, amount: int, viewer: str | None) -> Facts:
    record = book.records[name]
    shown = record.shown
    return {
        "transaction_id": shown["id"],
        "kind": shown["kind"],
        "amount": amount,
        "currency": book.accounts[wallet_id].currency,
        "description": shown["description"],
        "external_id": shown["external_id"] if _is_initiator(record, viewer) else None,
    }


def history(book: Book, viewer: str, wanted: dict[str, Any], instants: Instants) -> list[Facts]:
    """Whatever concerns the viewer and is looked for, newest first."""
    found = [
        each for each in book.records.values() if _concerns(each, viewer) and _fits(each, viewer, wanted, instants)
    ]
    return [_seen(record, viewer) for record in sorted(found, key=lambda each: str(each.shown["id"]), reverse=True)]


def _concerns(record: Record, viewer: str) -> bool:
    """All parties; of a failed one only who asked for it."""
    if record.status == "failed":
        return bool(record.shown["actor_id"] == viewer)
    return viewer in {record.shown["source_owner_id"], record.shown["target_owner_id"]} | {
        leg["owner_id"] for leg in record.shown["legs"]
    }


def _fits(record: Record, viewer: str, wanted: dict[str, Any], instants: Instants) -> bool:
    shown, initiator = record.shown, _is_initiator(record, viewer)
    plain = {name: wanted[name] for name in ("kind", "currency") if name in wanted}
    wallet = wanted.get("wallet_id")
    named = {shown["source_wallet_id"], shown["target_wallet_id"]} | _named_in_split(record, viewer)
    return (
        all(shown[name] == value for name, value in plain.items())
        and wanted.get("status") in (None, record.status)
        and (wallet is None or wallet in named)
        and (wanted.get("direction") is None or _goes(record, viewer, wallet, wanted["direction"]))
        and ("external_id" not in wanted or (initiator and shown["external_id"] == wanted["external_id"]))
        and ("metadata" not in wanted or (initiator and wanted["metadata"].items() <= shown["metadata"].items()))
        and wanted.get("amount_gte", 0) <= shown["amount"] <= wanted.get("amount_lte", 10**16)
        and ("created_gte" not in wanted or instants[shown["id"]] >= wanted["created_gte"])
        and ("created_lt" not in wanted or instants[shown["id"]] < wanted["created_lt"])
    )


def _named_in_split(record: Record, viewer: str) -> set[str]:
    """Its wallets, for who paid or had split; to anybody else only their own."""
    shown = record.shown
    names = {name for name, _ in shown.get("splits", ())}
    if _is_initiator(record, viewer) or (shown["kind"] == "reversal" and shown["target_owner_id"] == viewer):
        return names
    return names & {leg["account_id"] for leg in shown["legs"] if leg["owner_id"] == viewer}


def _goes(record: Record, viewer: str, wallet: str | None, direction: str) -> bool:
    """Whether money goes out of, or into, the wallet or any wallet of the viewer."""
    shown = record.shown
    side, other = ("source", "target") if direction == "out" else ("target", "source")
    own, what = (wallet, "wallet_id") if wallet is not None else (viewer, "owner_id")
    if shown[f"{side}_{what}"] == own:
        return True
    # The side on which there are several is told by their splits.
    several = "splits" in shown and direction == ("out" if shown["kind"] == "reversal" else "in")
    return several and shown[f"{other}_{what}"] != own


def _is_initiator(record: Record, viewer: str | None) -> bool:
    return viewer is None or viewer in (record.shown["source_owner_id"], record.shown["actor_id"])


def _seen(record: Record, viewer: str) -> Facts:
    shown, initiator = record.shown, _is_initiator(record, viewer)
    return {
        "id": shown["id"],
        "kind": shown["kind"],
        "status": record.status,
        "version": record.version,
        "amount": shown["amount"],
        "currency": shown["currency"],
        "external_id": shown["external_id"] if initiator else None,
        "metadata": shown["metadata"] if initiator else {},
        "legs": [(leg["account_id"], leg["amount"]) for leg in shown["legs"] if leg["owner_id"] == viewer],
    }
