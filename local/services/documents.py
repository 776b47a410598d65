"""The document store: a real mongod when the machine has one, else nx-27017: its protocol over SQLite."""

import shutil
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

from local.configuration import HOST
from local.services.base import CONNECT_SECONDS_MAX, Service

MESSAGE = 2013  # OP_MSG, the opcode of all MongoDB commands since 3.6
CACHE_GIGABYTES = "0.25"  # mongod's smallest


def hello_request() -> bytes:
    """The command {hello: 1, $db: "admin"} as a message of the wire protocol."""
    fields = b"\x10hello\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0"
    document = struct.pack("<i", len(fields) + 5) + fields + b"\0"
    body = struct.pack("<iB", 0, 0) + document
    return struct.pack("<iiii", len(body) + 16, 1, 0, MESSAGE) + body


class Documents(Service):
    """Stands for DocumentDB: single-document operations and unique indexes are alike in all three."""

    name = "documents"

    @property
    def listening(self) -> Sequence[int]:
        return (self.configuration.ports.documents,)

    def prepare(self) -> None:
        """Both servers make their files themselves, each in a folder of its own."""
        (self.data / "mongod").mkdir(exist_ok=True)
        # After a crash nx-27017 would take any process with the number in this file for itself.
        self._own_pid_file.unlink(missing_ok=True)

    @property
    def _own_pid_file(self) -> Path:
        """nx-27017's own note; its default place is one for the whole machine."""
        return self.data / "nx-27017.pid"

    def command(self) -> Sequence[str]:
        port = str(self.configuration.ports.documents)
        if mongod := shutil.which("mongod"):
            address = ["--bind_ip", HOST, "--port", port, "--nounixsocket"]
            return [
                mongod,
                "--dbpath",
                str(self.data / "mongod"),
                *address,
                "--wiredTigerCacheSizeGB",
                CACHE_GIGABYTES,
            ]
        server = str(self.configuration.tools / "documents" / "bin" / "nx-27017")
        return [server, "--db", str(self.data / "documents.db"), "--host", HOST, "-p", port,
                "--pid-file", str(self._own_pid_file), "--log-file", str(self.data / "nx-27017.log")]  # fmt: skip

    def ready(self) -> bool:
        """An answer to `hello` that says which protocol versions the server speaks."""
        address = (HOST, self.configuration.ports.documents)
        with socket.create_connection(address, CONNECT_SECONDS_MAX) as connection:
            connection.sendall(hello_request())
            with connection.makefile("rb") as stream:
                size = int.from_bytes(stream.read(4), "little")
                return b"maxWireVersion" in stream.read(size - 4)
