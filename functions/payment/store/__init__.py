"""What the payment service reads and writes in PostgreSQL."""

from typing import Any

from sqlalchemy import Connection, Row

Record = Row[Any]

__all__ = ["Connection", "Record"]
