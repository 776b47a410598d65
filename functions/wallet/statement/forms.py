"""A statement as JSON and as CSV."""

import csv
import hashlib
import io
import json
import re
import unicodedata
from itertools import pairwise
from typing import Any

from functions.wallet.statement.make_statement import Statement
from paycore import clock
from paycore.money import decimal

# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection), behind blanks and quotes, too. Where
# its separator is another than ours, as in Germany and France, a cell begins after each of those, in quotes or not.
_FORMULA = re.compile(r"(?:^|[;|\t\n\v\f\r\x85\u2028\u2029])(?=[\s\"]*[=+\-@])|^(?=[\t\r])")
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
    """The text as a cell that no spreadsheet computes: an apostrophe stands before whatever may begin a formula.

    What a spreadsheet takes for the sign itself, such as the full-width one, is told by NFKC; the text stays as it is.
    """
    text = cell or ""
    alike = "".join(unicodedata.normalize("NFKC", character)[0] for character in text)
    begins = [0, *(found.end() for found in _FORMULA.finditer(alike)), len(text)]
    return "'".join(text[start:end] for start, end in pairwise(begins))
