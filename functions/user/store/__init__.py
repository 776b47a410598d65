"""What the user service reads and writes in PostgreSQL, by table."""

from typing import Any

from sqlalchemy import Connection, Row

Record = Row[Any]

__all__ = ["Connection", "Record"]
