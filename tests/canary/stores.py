"""Everything that the running system has written down, as files for a search: one file for each place."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymongo
import redis
from bson import json_util
from kafka import KafkaConsumer, TopicPartition

from local.configuration import HOST, Configuration
from local.secrets import redis_password, superuser_password
from local.services.postgres import DATABASE, SUPERUSER, connect
from tests.pinning import sent

# Everything that can hold a text: each column of each table and partition.
_COLUMNS = """
SELECT c.oid::regclass::text, quote_ident(a.attname)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   AND t.typcategory NOT IN ('B', 'D', 'N', 'T')
 ORDER BY 1, 2
"""
_OWN_CODE = re.compile(r"Your (Paycore )?code is \S+\.")  # what a mail is for
_KAFKA_SILENCE_MS = 10_000
# Servers that stand for what AWS runs: their own logs are not ours. The store's log shows every command.
_FOREIGN_LOGS = ("ministack", "mail", "documents")


def postgres(platform: Configuration, folder: Path) -> Iterator[tuple[str, Path]]:
    """Each column, a value a line, in quotes; and every statement that functions sent."""
    password = superuser_password(platform)
    with closing(connect(platform, platform.ports.postgres, SUPERUSER, password, DATABASE)) as connection:
        for table, column in connection.run(_COLUMNS) or []:
            file = folder / f"{table}.{column}"
            with file.open("wb") as stream:
                question = f"""COPY (SELECT '"' || {column}::text || '"' FROM {table}) TO STDOUT"""  # noqa: S608
                connection.run(question, stream=stream)
            yield f"PostgreSQL {table}.{column}", file
    file = folder / "statements"
    file.write_text("\n".join(sent(platform)), encoding="utf-8")
    yield "PostgreSQL statements", file


def cache(platform: Configuration, folder: Path) -> Iterator[tuple[str, Path]]:
    """Each kind of key with its values."""
    client = redis.Redis(
        HOST, platform.ports.redis, password=redis_password(platform), ssl=True, ssl_ca_certs=str(platform.ca_file)
    )
    readers: dict[Any, Callable[[Any], object]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    with closing(client):
        for key in client.scan_iter(count=1000):
            read = readers.get(client.type(key))
            file = folder / f"redis-{key.decode().partition(':')[0]}"
            with file.open("a", encoding="utf-8") as stream:
                stream.write(f"{key!r} {read(key) if read else None!r}\n")
    for file in sorted(folder.glob("redis-*")):
        yield f"Redis {file.name.removeprefix('redis-')}", file


def topics(platform: Configuration, folder: Path) -> Iterator[tuple[str, Path]]:
    """Each topic, dead letters, too: keys, values and headers of all records."""
    consumer = KafkaConsumer(
        bootstrap_servers=f"{HOST}:{platform.ports.kafka}",
        consumer_timeout_ms=_KAFKA_SILENCE_MS,
        enable_auto_commit=False,
    )
    with closing(consumer):
        for topic in sorted(each for each in consumer.topics() if not each.startswith("__")):
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            file = folder / f"kafka-{topic}"
            with file.open("wb") as stream:
                while any(consumer.position(each) < ends[each] for each in partitions):
                    for records in consumer.poll(timeout_ms=_KAFKA_SILENCE_MS).values():
                        for record in records:
                            stream.write(b"%r %s %r\n" % (record.key, record.value or b"", record.headers))
            yield f"Kafka {topic}", file


def documents(platform: Configuration, folder: Path) -> Iterator[tuple[str, Path]]:
    """Each collection."""
    with pymongo.MongoClient[dict[str, object]](HOST, platform.ports.documents) as client:
        database = client["paycore"]
        for name in database.list_collection_names():
            file = folder / f"documents-{name}"
            with file.open("w", encoding="utf-8") as stream:
                stream.writelines(json_util.dumps(each) + "\n" for each in database[name].find())
            yield f"MongoDB {name}", file


def mails(platform: Configuration, folder: Path) -> Iterator[tuple[str, Path]]:
    """Headers but the recipient's, and bodies but the code that a mail is for."""
    headers, bodies = folder / "mail-headers", folder / "mail-bodies"
    with headers.open("w", encoding="utf-8") as above, bodies.open("w", encoding="utf-8") as below:
        for file in (platform.data_folder("mail") / "mails").glob("*.eml"):
            try:
                text = file.read_bytes()
            except FileNotFoundError:
                continue  # the mail server has dropped it since: there is nothing to find in it any more
            mail = email.message_from_bytes(text, policy=email.policy.default)
            above.writelines(f"{name}: {value}\n" for name, value in mail.items() if name.lower() != "to")
            for part in mail.walk():
                if part.get_content_maintype() == "text":
                    below.write(_OWN_CODE.sub("", str(part.get_content()), count=1))
    yield "mail headers", headers
    yield "mail bodies", bodies


def logs(platform: Configuration) -> Iterator[tuple[str, Path]]:
    """Of every function, of the gateway, and of the servers that are ours on AWS, too."""
    for file in sorted(platform.log_file("gateway").parent.glob("*.log*")):
        if not file.name.startswith(_FOREIGN_LOGS):
            yield f"log {file.name}", file
