"""The audit store: who did what to which object, why and by which request, and never an address or a code."""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pymongo
import pytest
from pymongo.collection import Collection

from local.configuration import HOST, Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import Guard, enrolled
from tests.integration.merchants import PAYING, Merchant

Record = dict[str, Any]
Find = Callable[..., Record]


@pytest.fixture
def find(platform: Configuration) -> Iterator[Find]:
    """The one record that has these values, once the consumer has written it."""
    client: pymongo.MongoClient[Record]
    with pymongo.MongoClient(HOST, platform.ports.documents) as client:
        records: Collection[Record] = client["paycore"]["transaction_logs"]

        def the_one(**wanted: Any) -> Record:
            (record,) = written(records, wanted)
            return record

        yield the_one


def _id_of(person: Person) -> str:
    return str(person.client.request("GET", "/v1/users/me").body["id"])


class TestRecord:
    def test_says_who_did_what_to_which_wallet_and_why(self, payer: Person, admin: Person, find: Find) -> None:
        body = {"amount": 500, "currency": "EUR", "reason": "A gift of the house"}
        path = f"/v1/wallets/{payer.wallet_id}/funds/add"
        answer = admin.client.request("POST", path, body, key=secrets.token_hex(8))
        record = find(action="wallet.funds_added", resource=payer.wallet_id)
        assert record["actor"] == _id_of(admin)
        assert record["reason"] == "A gift of the house"
        assert record["request_id"] == answer.headers["request-id"]
        assert (record["data"]["amount"], record["data"]["currency"]) == (500, "EUR")
        assert record["data"]["transaction_id"] == answer.body["id"]
        assert record["occurred_at"] <= record["recorded_at"]

    def test_of_a_closed_wallet_names_the_admin_and_not_the_owner(
        self, payer: Person, admin: Person, find: Find
    ) -> None:
        path = f"/v1/wallets/{payer.wallet_id}/deactivate"
        assert admin.client.request("POST", path, {"reason": "Never used"}).status == 200
        record = find(action="wallet.deactivated", resource=payer.wallet_id)
        assert (record["actor"], record["reason"]) == (_id_of(admin), "Never used")
        assert record["data"]["owner_id"] == _id_of(payer)

    def test_of_a_wallet_s_opening_names_its_owner(self, payer: Person, find: Find) -> None:
        record = find(action="wallet.created", resource=payer.wallet_id)
        assert (record["actor"], record["reason"]) == (_id_of(payer), None)

    def test_of_a_second_factor_names_who_changed_it_and_why(self, payer: Person, guard: Guard, find: Find) -> None:
        user_id = _id_of(payer)
        enrolled(payer)
        path = f"/v1/users/{user_id}/mfa/reset"
        answer = guard.request("PUT", path, {"reason": "Lost at sea"})
        made = {"action": "user.mfa_changed", "resource": user_id}
        record = find(**made, **{"data.change": "reset_requested"})
        admin_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        assert (record["actor"], record["reason"]) == (admin_id, "Lost at sea")
        assert record["request_id"] == answer.headers["request-id"]
        assert find(**made, **{"data.change": "enabled"})["actor"] == user_id
        assert find(action="user.stepped_up", resource=admin_id)["actor"] == admin_id

    def test_of_an_api_key_has_not_what_it_is_called(self, merchant: Merchant, find: Find) -> None:
        made = merchant.key(PAYING, name="Anna Somebody's till")
        rolled = merchant.roll(made, overlap_seconds=60)
        assert merchant.revoke(rolled).status == 204
        for action, key in (("created", made), ("rolled", made), ("revoked", rolled)):
            record = find(action=f"user.api_key_{action}", resource=key.body["id"])
            assert record["data"]["shown"] == key.body["shown"], "so an auditor knows which"
            assert "Anna" not in str(record)

    def test_of_a_registration_has_neither_code_nor_address(self, payer: Person, desk: Desk, find: Find) -> None:
        ((event_id, sealed),) = desk.rows(
            "SELECT event.event_id, event.data->>'sealed_code' FROM outbox.event AS event "
            "JOIN identity.registration AS registration ON registration.id = event.data->>'registration_id' "
            "WHERE event.type = 'user.registered' AND registration.email_hmac = :hmac",
            hmac=desk.address_hmac(payer.email),
        )
        (code,) = desk.codes_of(payer.email)
        record = find(_id=event_id)
        text = json.dumps(record)
        assert record["action"] == "user.registered"
        assert "sealed_code" not in record["data"]
        assert [secret for secret in (sealed, f'"{code}"', payer.email, payer.name) if secret in text] == []

    def test_of_whatever_a_person_did_never_has_an_address(
        self, payer: Person, platform: Configuration, find: Find
    ) -> None:
        body = {"full_name": "Anna Q. Someone", "phone": "+4915112345678"}
        assert payer.client.request("PATCH", "/v1/users/me", body).status == 200
        user_id = _id_of(payer)
        changed = find(action="user.updated", resource=user_id)
        assert sorted(changed["data"]["fields"]) == ["full_name", "phone"]
        client: pymongo.MongoClient[Record]
        with pymongo.MongoClient(HOST, platform.ports.documents) as client:
            text = json.dumps(list(client["paycore"]["transaction_logs"].find({"actor": user_id})))
        assert [secret for secret in (payer.email, *body.values()) if secret in text] == []
