"""Whether anything that the functions' roles sent would pin a connection of RDS Proxy to its client.

PgBouncer in transaction mode lets such a statement pass; on AWS it takes a connection of the pool away from everybody.
`pg_stat_statements` keeps every statement once, however often it ran: exact, and cheaper than a log of all. It is read
at the end of a test run, and before a test kills PostgreSQL, which would forget it.

What pins: docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html. SET LOCAL is held to pin, too: that it
does not is said for MySQL only. Statements within functions are not seen by RDS Proxy, nor here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pg8000.native

from local.configuration import Configuration
from local.secrets import superuser_password
from local.services.postgres import SUPERUSER, connect

TEXT_BYTES_MAX = 16 * 1024  # a longer statement pins, whatever it says
_COMMANDS = r"set|reset|prepare|execute|deallocate|discard|declare|listen|unlisten|load"
_CALLS = r"set_config|nextval|setval|pg_(?:try_)?advisory_lock(?:_shared)?"
PINS = re.compile(
    rf"^(?:{_COMMANDS})\b"
    r"|^create\s+(?:or\s+replace\s+)?(?:(?:local|global)\s+)?temp(?:orary)?\b"
    r"|^select\b.*\binto\s+temp(?:orary)?\b"
    rf"|\b(?:{_CALLS})\s*\(",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_STATEMENTS = """
SELECT DISTINCT s.query FROM pg_stat_statements(true) s JOIN pg_roles r ON r.oid = s.userid
 WHERE r.rolname IN ('app_rw', 'app_job')
"""


def pins(statement: str) -> bool:
    """True for a statement that RDS Proxy answers by pinning."""
    return len(statement.encode()) > TEXT_BYTES_MAX or bool(PINS.search(_COMMENT.sub(" ", statement).strip()))


def expect_nothing_pins(configuration: Configuration) -> None:
    """Fails with the statements that would pin, or when PostgreSQL had too many to remember; then it forgets them."""
    statements = sent(configuration)
    with _superuser(configuration) as connection:
        ((forgotten,),) = connection.run("SELECT dealloc FROM pg_stat_statements_info") or []
        connection.run("SELECT pg_stat_statements_reset()")  # the next run answers for itself alone
    assert forgotten == 0, "pg_stat_statements.max is too small: statements were forgotten"
    pinning = [statement for statement in statements if pins(statement)]
    assert not pinning, "would pin a connection of RDS Proxy:\n" + "\n".join(pinning)


def sent(configuration: Configuration) -> set[str]:
    """Every statement of the functions' roles, in any database, with its constants replaced."""
    with _superuser(configuration) as connection:
        connection.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        return {row[0] for row in connection.run(_STATEMENTS) or []}


@contextmanager
def _superuser(configuration: Configuration) -> Iterator[pg8000.native.Connection]:
    password = superuser_password(configuration)
    connection = connect(configuration, configuration.ports.postgres, SUPERUSER, password, "postgres")
    try:
        yield connection
    finally:
        connection.close()
