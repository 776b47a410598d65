"""Rates and quotes in PostgreSQL."""

import json
from typing import Any

from sqlalchemy import Connection, Row, text

_QUOTE = text("SELECT ledger.make_quote(CAST(:wanted AS jsonb)) AS answer")
_RATE = text(
    "SELECT shown_rate AS rate, shown_loaded_at AS loaded_at "
    "  FROM ledger.load_rate(:rate_id, :source_currency, :target_currency, CAST(:rate AS numeric), :loaded_by)"
)


def make_quote(connection: Connection, wanted: dict[str, Any]) -> dict[str, Any]:
    """The ledger's answer to a wish for a quote: {quote} or {refusal}."""
    answer: dict[str, Any] = connection.execute(_QUOTE, {"wanted": json.dumps(wanted)}).scalar_one()
    return answer


def load_rate(connection: Connection, values: dict[str, Any]) -> Row[Any]:
    """Adds a rate; older ones stay, for the quotes that were made at them."""
    return connection.execute(_RATE, values).one()
