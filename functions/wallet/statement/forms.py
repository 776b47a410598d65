"""A statement as JSON and as CSV."""

import csv
import hashlib
import io
import json
from typing import Any

from functions.wallet.statement.make_statement import Statement
from paycore import clock
from paycore.money import decimal

# A spreadsheet takes a text cell that begins so for a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("posted_at", "transaction_id", "kind", "description", "external_id", "amount", "balance_after", "currency")


def json_form(statement: Statement) -> dict[str, Any]:
    """The statement object, with its fingerprint; amounts in minor units."""
    return _facts(statement) | {"sha256": fingerprint(statement)}


def fingerprint(statement: Statement) -> str:
    """SHA-256, in hexadecimal, of the statement object without this member: keys sorted, no white space, in UTF-8.

    The rows are without `external_id`, which not everybody sees: a statement has one fingerprint for all.
    """
    facts = _facts(statement)
    facts["rows"] = [{name: fact for name, fact in row.items() if name != "external_id"} for row in statement.rows]
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _facts(statement: Statement) -> dict[str, Any]:
    return {
        "object": "statement",
        "wallet_id": statement.wallet_id,
        "currency": statement.currency,
        "from": clock.timestamp(statement.from_at),
        "to": clock.timestamp(statement.to_at),
        "opening": statement.opening,
        "closing": statement.closing,
        "total_in": statement.total(+1),
        "total_out": statement.total(-1),
        "rows": statement.rows,
    }


def csv_form(statement: Statement) -> bytes:
    """RFC 4180 in UTF-8: a header, the opening balance, the movements, the closing balance; amounts with decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerow(_balance_line(statement, clock.timestamp(statement.from_at), "opening", statement.opening))
    for row in statement.rows:
        writer.writerow(
            [
                row["posted_at"],
                row["transaction_id"],
                row["kind"],
                harmless(row["description"]),
                harmless(row["external_id"]),
                decimal(row["amount"], statement.currency),
                decimal(row["balance_after"], statement.currency),
                statement.currency,
            ]
        )
    writer.writerow(_balance_line(statement, clock.timestamp(statement.to_at), "closing", statement.closing))
    return text.getvalue().encode()


def _balance_line(statement: Statement, instant: str, kind: str, balance: int) -> list[str]:
    return [instant, "", kind, "", "", "", decimal(balance, statement.currency), statement.currency]


def harmless(cell: str | None) -> str:
    """The text as a cell that no spreadsheet computes."""
    if cell is None:
        return ""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
