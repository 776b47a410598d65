"""What went wrong with PostgreSQL: one table from SQLSTATE to the refusal that a client sees."""

import re

import pg8000.dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from paycore.errors import Busy, PaymentError, Unavailable

# PostgreSQL 15, Appendix A. What is not here is a bug of ours and answers 500.
_REFUSALS: list[tuple[str, type[PaymentError]]] = [
    ("40001", Busy),  # serialization_failure
    ("40P01", Busy),  # deadlock_detected
    ("55P03", Busy),  # lock_not_available: lock_timeout
    ("57014", Busy),  # query_canceled: statement_timeout
    ("25006", Unavailable),  # read_only_sql_transaction: a failover in progress
    ("57P0", Unavailable),  # admin_shutdown, crash_shutdown, cannot_connect_now
    ("53", Unavailable),  # insufficient_resources
    ("08", Unavailable),  # connection_exception (PgBouncer's and RDS Proxy's own, too)
    ("58", Unavailable),  # system_error
    ("28", Unavailable),  # invalid_authorization: a rotated secret, never the client's fault
    ("3D000", Unavailable),  # invalid_catalog_name
]
_GONE = re.compile("network error|connection is closed|Can't create a connection|server closed", re.IGNORECASE)
UNIQUE_VIOLATION = "23505"


def classify(trouble: Exception) -> PaymentError | None:
    """Operational trouble as the refusal that a client sees; None for a bug."""
    if isinstance(trouble, OSError | TimeoutError):
        return Unavailable()
    code = sqlstate(trouble)
    for prefix, refusal in _REFUSALS:
        if code.startswith(prefix):
            return refusal()
    if isinstance(trouble, PoolTimeoutError):
        return Unavailable()
    spoken = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    if not code and isinstance(spoken, pg8000.dbapi.Error) and _GONE.search(str(spoken)):
        return Unavailable()
    return None


def sqlstate(trouble: Exception) -> str:
    """The SQLSTATE of an error, or an empty text where the server did not speak."""
    origin = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    facts = origin.args[0] if origin is not None and origin.args else None
    return str(facts.get("C", "")) if isinstance(facts, dict) else ""
