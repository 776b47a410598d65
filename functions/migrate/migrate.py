"""Runs the Alembic revisions, then replaces every SQL function from its file: one file, one function."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from paycore.database import Connection, transaction

_HERE = Path(__file__).parent
# Any constant will do, as long as it is ours: two deployments at once must not both migrate.
_LOCK = 7_203_415_001


def migrate(target: str = "heads") -> str:
    """Everything in one transaction: a failed migration leaves the old schema. Returns the revision."""
    with transaction() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        connection.exec_driver_sql("SELECT set_config('statement_timeout', '0', true)")
        _upgrade(connection, target)
        _replace_functions(connection)
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").one()
        return str(row.version_num)


def _upgrade(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    environment = EnvironmentContext(config, scripts, fn=lambda revision, _: scripts._upgrade_revs(target, revision))
    environment.configure(connection=connection)
    environment.run_migrations()


def _replace_functions(connection: Connection) -> None:
    """One message each, without parameters: the driver then leaves `%` and `:name` in the text alone."""
    connection.exec_driver_sql("SELECT set_config('check_function_bodies', 'off', true)")
    for path in sorted((_HERE / "sql").glob("*/*.sql")):
        connection.exec_driver_sql(path.read_text(encoding="utf-8"))
