"""What the user service may know of scheduled transfers, which are the transaction service's."""

from sqlalchemy import Connection, text

_COUNT = text("SELECT directory.live_schedules(:user_id, :made_with)")


def count_live(connection: Connection, user_id: str, made_with: str | None = None) -> int:
    """How many of a person's schedules may still run; `made_with`: only those that this API key has made."""
    count: int = connection.execute(_COUNT, {"user_id": user_id, "made_with": made_with}).scalar_one()
    return count
