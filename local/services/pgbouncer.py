"""PgBouncer in transaction mode: stands for RDS Proxy between the functions and PostgreSQL."""

import signal
from collections.abc import Sequence
from pathlib import Path

from local.accounts import as_server_account, give_to_server_account, write_private
from local.certificates import server_certificate, server_key
from local.configuration import HOST
from local.secrets import database_logins
from local.services.base import Service
from local.services.postgres import DATABASE, OWNER, answers

PROGRAM = "/usr/sbin/pgbouncer"
USER = "app_rw"
# A client that gets no server connection within 2 s is refused: the functions answer 503 within 3 s.
# A failed login to PostgreSQL is tried again after 1 s (default 15), so a restarted database is soon found.
SETTINGS = """\
[databases]
{database} = host={host} port={postgres} dbname={database}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = 20
max_client_conn = 300
query_wait_timeout = 2
server_login_retry = 1
server_connect_timeout = 3
client_tls_sslmode = require
client_tls_cert_file = {certificate}
client_tls_key_file = {key}
server_tls_sslmode = verify-full
server_tls_ca_file = {authority}
log_connections = 0
log_disconnections = 0
"""


class PgBouncer(Service):
    """Knows the functions' two roles; migrations go to PostgreSQL directly."""

    name = "pgbouncer"
    stop_signal = signal.SIGTERM  # at once; SIGINT would wait for the clients to leave

    @property
    def listening(self) -> Sequence[int]:
        return (self.configuration.ports.pgbouncer,)

    @property
    def settings(self) -> Path:
        return self.data / "pgbouncer.ini"

    def prepare(self) -> None:
        users = self.data / "users.txt"
        logins = {role: word for role, word in database_logins(self.configuration).items() if role != OWNER}
        write_private(users, "".join(f'"{role}" "{quoted(word)}"\n' for role, word in logins.items()))
        ports = self.configuration.ports
        text = SETTINGS.format(
            host=HOST,
            database=DATABASE,
            postgres=ports.postgres,
            port=ports.pgbouncer,
            users=users,
            certificate=server_certificate(self.configuration),
            key=server_key(self.configuration),
            authority=self.configuration.ca_file,
        )
        self.settings.write_text(text)
        give_to_server_account(self.data, 0o700)
        give_to_server_account(users, 0o600)
        give_to_server_account(self.settings, 0o600)

    def command(self) -> Sequence[str]:
        return as_server_account([PROGRAM, str(self.settings)], self.data)

    def ready(self) -> bool:
        password = database_logins(self.configuration)[USER]
        return answers(self.configuration, self.configuration.ports.pgbouncer, USER, password, DATABASE)


def quoted(password: str) -> str:
    """In PgBouncer's user list a quote is written twice."""
    return password.replace('"', '""')
