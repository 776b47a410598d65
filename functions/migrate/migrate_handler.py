"""Brings the schema of the database up to date: a step of every deployment, before the new functions serve."""

from typing import Any

from functions.migrate.migrate import migrate
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:  # noqa: ARG001  # the shape Lambda calls
    """Runs every new migration and replaces every SQL function; answers with the schema's revision."""
    revision = migrate()
    logger.info("schema is up to date", extra={"revision": revision})
    return {"revision": revision}
