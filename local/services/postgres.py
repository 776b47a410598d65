"""PostgreSQL 15: the ledger's database, with TLS, SCRAM and fsync as on AWS."""

import shutil
import signal
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pg8000.native

from local.accounts import as_server_account, give_to_server_account, write_private
from local.certificates import server_certificate, server_key
from local.configuration import HOST, Configuration
from local.processes import NotReady
from local.secrets import database_logins, superuser_password
from local.services.base import Service

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"
DATABASE = "paycore"
OWNER = "migrate"
SETTINGS = """\
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
max_connections = 80
shared_buffers = 64MB
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
password_encryption = scram-sha-256
ssl = on
ssl_cert_file = '{certificate}'
ssl_key_file = '{key}'
ssl_min_protocol_version = 'TLSv1.2'
hba_file = '{access}'
logging_collector = off
deadlock_timeout = 500ms
log_line_prefix = '%m %u '
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = top
pg_stat_statements.track_utility = on
pg_stat_statements.max = 20000
timezone = 'UTC'
"""
ACCESS = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


class Postgres(Service):
    """A cluster of its own below the home folder; clusters of the machine are never touched."""

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": ends sessions and shuts down cleanly

    @property
    def listening(self) -> Sequence[int]:
        return (self.configuration.ports.postgres,)

    @property
    def cluster(self) -> Path:
        return self.data / "cluster"

    def prepare(self) -> None:
        settings, access = self.data / "postgresql.conf", self.data / "pg_hba.conf"
        access.write_text(ACCESS)
        text = SETTINGS.format(
            host=HOST,
            port=self.configuration.ports.postgres,
            certificate=server_certificate(self.configuration),
            key=server_key(self.configuration),
            access=access,
        )
        settings.write_text(text)
        give_to_server_account(self.data, 0o700)
        give_to_server_account(settings, 0o600)
        give_to_server_account(access, 0o600)
        if not self.cluster.exists():
            self._create_cluster()

    def _create_cluster(self) -> None:
        draft, password = self.data / "draft", self.data / "password"
        shutil.rmtree(draft, ignore_errors=True)  # left by an interrupted attempt
        write_private(password, superuser_password(self.configuration))
        give_to_server_account(password, 0o600)
        command = [str(PROGRAMS / "initdb"), "-D", str(draft), "-U", SUPERUSER, f"--pwfile={password}"]
        command += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"]
        run = subprocess.run(
            as_server_account(command, self.data), cwd="/", capture_output=True, text=True, check=False
        )
        password.unlink()
        if run.returncode:
            raise NotReady(f"initdb failed: {run.stdout}{run.stderr}")
        draft.rename(self.cluster)

    def command(self) -> Sequence[str]:
        server = [str(PROGRAMS / "postgres"), "-D", str(self.cluster)]
        return as_server_account([*server, "-c", f"config_file={self.data / 'postgresql.conf'}"], self.data)

    def ready(self) -> bool:
        password = superuser_password(self.configuration)
        port = self.configuration.ports.postgres
        return answers(self.configuration, port, SUPERUSER, password, "postgres")

    def settle(self) -> None:
        """The database and the three roles; passwords are set again, so the secrets' files always hold."""
        connection = connect(
            self.configuration,
            self.configuration.ports.postgres,
            SUPERUSER,
            superuser_password(self.configuration),
            "postgres",
        )
        existing = {name for (name,) in connection.run("SELECT rolname FROM pg_roles")}
        for role, password in database_logins(self.configuration).items():
            # RDS's master user may create roles, and so may its local counterpart.
            rights = "LOGIN CREATEROLE" if role == OWNER else "LOGIN"
            verb = "ALTER" if role in existing else "CREATE"
            secret = pg8000.native.literal(password)
            connection.run(f"{verb} ROLE {pg8000.native.identifier(role)} {rights} PASSWORD {secret}")
        if not connection.run("SELECT 1 FROM pg_database WHERE datname = :name", name=DATABASE):
            connection.run(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        connection.close()


def connect(
    configuration: Configuration, port: int, user: str, password: str, database: str
) -> pg8000.native.Connection:
    """A connection whose server certificate was verified against the local authority."""
    return pg8000.native.Connection(
        user,
        host=HOST,
        port=port,
        password=password,
        database=database,
        timeout=5,
        ssl_context=ssl.create_default_context(cafile=str(configuration.ca_file)),
    )


def answers(configuration: Configuration, port: int, user: str, password: str, database: str) -> bool:
    """True once a login over TLS with SCRAM and a query work; raises OSError while they do not."""
    try:
        connection = connect(configuration, port, user, password, database)
    except pg8000.native.InterfaceError as error:  # "Can't create a connection": nobody listens yet
        raise ConnectionError(str(error)) from error
    except pg8000.native.DatabaseError as error:  # "the database system is starting up"
        raise ConnectionError(str(error)) from error
    try:
        return bool(connection.run("SELECT 1") == [[1]])
    finally:
        connection.close()
