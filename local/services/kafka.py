"""Kafka 3.9 as one KRaft node: the event log, with the topics that the template declares."""

import base64
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from local.configuration import HOST
from local.processes import NotReady
from local.services.base import CONNECT_SECONDS_MAX, Service
from local.template import read_template

MEMORY = ("-Xms64m", "-Xmx256m")
# One compiler tier and the serial collector: a small broker that starts fast on two cores.
FAST_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
METADATA_REQUEST = struct.pack("!hhihi", 3, 1, 1, -1, 0)  # key 3, version 1, correlation 1, no client, no topics


class Kafka(Service):
    """Stands for MSK: the same protocol and topics; IAM sign-in is AWS's own and has no counterpart here."""

    name = "kafka"

    @property
    def listening(self) -> Sequence[int]:
        return (self.configuration.ports.kafka, self.configuration.ports.kafka_controller)

    @property
    def properties(self) -> Path:
        return self.data / "server.properties"

    def prepare(self) -> None:
        self._keep_archive()
        ports, logs = self.configuration.ports, self.data / "logs"
        template = (self.configuration.repository / "local/kafka/server.properties").read_text()
        values = {"host": HOST, "port": ports.kafka, "controller": ports.kafka_controller, "logs": logs}
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", str(value))
        self.properties.write_text(template)
        if not (logs / "meta.properties").exists():
            shutil.rmtree(logs, ignore_errors=True)  # left by an interrupted attempt
            self._format()

    def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        arguments = ["format", f"--cluster-id={cluster}", f"--config={self.properties}"]
        command = [*self._java(), "kafka.tools.StorageTool", *arguments]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise NotReady(f"formatting Kafka's data folder failed: {run.stdout}{run.stderr}")

    def _java(self, *options: str) -> list[str]:
        log = f"-Dlog4j.configuration=file:{self.configuration.repository / 'local/kafka/log4j.properties'}"
        return ["java", *FAST_START, *options, log, "-cp", ":".join(map(str, self._jars()))]

    def _jars(self) -> list[Path]:
        jars = sorted((self.configuration.tools / "kafka").glob("*.jar"))
        if not jars:
            raise FileNotFoundError("Kafka is not installed: run `make setup`")
        return jars

    def command(self) -> Sequence[str]:
        archive = self._archive()
        option = f"-XX:SharedArchiveFile={archive}" if archive.exists() else f"-XX:ArchiveClassesAtExit={self._draft}"
        return [*self._java(*MEMORY, option), "kafka.Kafka", str(self.properties)]

    @property
    def _draft(self) -> Path:
        """Where the broker's first clean stop writes its class archive, which makes later starts faster."""
        return self.data / "classes.jsa"

    def _archive(self) -> Path:
        """The archive fits one Java and one set of jars, and is shared by all homes."""
        java = os.path.realpath(shutil.which("java") or "java")
        identity = "\0".join([java, str(os.stat(java).st_mtime_ns), *map(str, self._jars())])
        return self.configuration.tools / f"kafka-{hashlib.sha256(identity.encode()).hexdigest()[:12]}.jsa"

    def _keep_archive(self) -> None:
        if self._draft.exists():
            arriving = self._archive().with_suffix(f".{os.getpid()}")
            shutil.move(self._draft, arriving)
            arriving.replace(self._archive())

    def ready(self) -> bool:
        """A metadata answer that lists the broker; the port opens earlier."""
        address = (HOST, self.configuration.ports.kafka)
        with socket.create_connection(address, CONNECT_SECONDS_MAX) as connection:
            connection.sendall(struct.pack("!i", len(METADATA_REQUEST)) + METADATA_REQUEST)
            with connection.makefile("rb") as stream:
                size = int.from_bytes(stream.read(4), "big")
                answer = stream.read(size)
        brokers = int.from_bytes(answer[4:8], "big")
        return size > 8 and brokers > 0

    def settle(self) -> None:
        """Creates the template's topics that are not there yet."""
        declared = {}
        for topic in read_template(self.configuration.template_folder).of_kind("AWS::MSK::Topic"):
            declared[topic.properties["TopicName"]] = int(topic.properties["PartitionCount"])
        client = KafkaAdminClient(bootstrap_servers=f"{HOST}:{self.configuration.ports.kafka}")
        try:
            missing = declared.keys() - set(client.list_topics())
            if missing:
                client.create_topics([NewTopic(name, declared[name], 1) for name in sorted(missing)])
        finally:
            client.close()
