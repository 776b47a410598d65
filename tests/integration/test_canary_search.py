"""The search for secrets finds what lies in each store: one that finds nothing anywhere proves nothing."""

import base64
import secrets
import smtplib
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import pymongo
import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from local.configuration import HOST, Configuration
from tests.canary.search import found
from tests.integration.desk import Desk

TOPIC = "canary-dead-letters"


class TestSearch:
    @pytest.fixture
    def planted(self, platform: Configuration, desk: Desk) -> Iterator[str]:
        """In each store, and gone again before the run ends."""
        secret = f"canary-{secrets.token_hex(8)}"
        desk.rows("CREATE TABLE IF NOT EXISTS public.canary (text text)")
        desk.rows("INSERT INTO public.canary VALUES (:secret)", secret=f"a {secret} b")
        desk.redis.hset("canary:1", "field", secret)
        with closing(KafkaAdminClient(bootstrap_servers=f"{HOST}:{platform.ports.kafka}")) as admin:
            if TOPIC not in admin.list_topics():
                admin.create_topics([NewTopic(TOPIC, 1, 1)])
        with closing(KafkaProducer(bootstrap_servers=f"{HOST}:{platform.ports.kafka}")) as producer:
            producer.send(TOPIC, secret.encode()).get(timeout=30)
        with pymongo.MongoClient[dict[str, Any]](HOST, platform.ports.documents) as client:
            client["paycore"]["canary"].insert_one({"text": base64.b64encode(f"x{secret}".encode()).decode()})
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = f"Hello {secret}", "a@example.com", "b@example.com"
        mail.set_content(f"Your code is 123456.\n\nAnd {secret}")
        with smtplib.SMTP(HOST, platform.ports.mail_smtp) as server:
            server.send_message(mail)
        log = platform.log_file("paycore-dev-canary")
        log.write_text(f'{{"message":"{quote(secret)}"}}\n')
        yield secret
        log.unlink()
        with closing(KafkaAdminClient(bootstrap_servers=f"{HOST}:{platform.ports.kafka}")) as admin:
            admin.delete_topics([TOPIC])
        desk.rows("DROP TABLE public.canary")
        desk.redis.delete("canary:1")
        with pymongo.MongoClient[dict[str, Any]](HOST, platform.ports.documents) as client:
            client["paycore"].drop_collection("canary")

    def test_finds_it_in_each(self, platform: Configuration, planted: str) -> None:
        assert set(found(platform, {planted: "secret"})) == {
            ("PostgreSQL canary.text", "secret"),
            ("Redis canary", "secret"),
            (f"Kafka {TOPIC}", "secret"),
            ("MongoDB canary", "secret"),
            ("mail headers", "secret"),
            ("mail bodies", "secret"),
            ("log paycore-dev-canary.log", "secret"),
        }
