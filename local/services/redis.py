"""Redis 7 on its TLS port only: sessions, limits and caches; it keeps nothing over a restart."""

import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

from local.accounts import as_server_account, give_to_server_account, write_private
from local.certificates import server_certificate, server_key
from local.configuration import HOST
from local.secrets import redis_password
from local.services.base import CONNECT_SECONDS_MAX, Service

SETTINGS = """\
bind {host}
port 0
tls-port {port}
tls-cert-file {certificate}
tls-key-file {key}
tls-ca-cert-file {authority}
tls-auth-clients no
requirepass {password}
maxmemory 128mb
maxmemory-policy volatile-lru
save ""
appendonly no
daemonize no
dir {data}
"""


class Redis(Service):
    """Stands for ElastiCache: a password and verified TLS, as there."""

    name = "redis"

    @property
    def listening(self) -> Sequence[int]:
        return (self.configuration.ports.redis,)

    @property
    def settings(self) -> Path:
        return self.data / "redis.conf"

    def prepare(self) -> None:
        text = SETTINGS.format(
            host=HOST,
            port=self.configuration.ports.redis,
            certificate=server_certificate(self.configuration),
            key=server_key(self.configuration),
            authority=self.configuration.ca_file,
            password=redis_password(self.configuration),
            data=self.data,
        )
        write_private(self.settings, text)
        give_to_server_account(self.data, 0o700)
        give_to_server_account(self.settings, 0o600)

    def command(self) -> Sequence[str]:
        return as_server_account(["redis-server", str(self.settings)], self.data)

    def ready(self) -> bool:
        """AUTH and PING over verified TLS."""
        context = ssl.create_default_context(cafile=str(self.configuration.ca_file))
        address = (HOST, self.configuration.ports.redis)
        with (
            socket.create_connection(address, CONNECT_SECONDS_MAX) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as connection,
            connection.makefile("rb") as answers,
        ):
            connection.sendall(f"AUTH {redis_password(self.configuration)}\r\nPING\r\n".encode())
            return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
