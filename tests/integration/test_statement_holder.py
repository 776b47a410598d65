"""Whose name a statement shows, and to whom: names are read by their owner, and by admins on record elsewhere."""

from local.http_client import Client
from local.story import Person
from tests.integration.merchants import Merchant

PERIOD = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"


def _drawn(reader: Client, wallet_id: str) -> bytes:
    path = f"/v1/wallets/{wallet_id}/statement?{PERIOD}"
    answer = reader.request("GET", path, headers={"Accept": "application/pdf"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf"), answer.raw
    return answer.raw


def _rename(person: Person) -> None:
    answer = person.client.request("PATCH", "/v1/users/me", {"full_name": "Another Name"})
    assert answer.status == 200, answer.raw


class TestHolder:
    def test_is_named_to_the_owner_and_not_to_an_admin(self, payer: Person, admin: Person) -> None:
        before = [_drawn(reader.client, payer.wallet_id) for reader in (payer, admin)]
        _rename(payer)
        after = [_drawn(reader.client, payer.wallet_id) for reader in (payer, admin)]
        assert after[0] != before[0]
        assert after[1] == before[1]

    def test_is_named_to_a_key_that_may_read_the_profile(self, merchant: Merchant) -> None:
        scopes = (["wallets:read", "profile:read"], ["wallets:read"])
        readers = [merchant.holder(merchant.key(each)) for each in scopes]
        before = [_drawn(reader, merchant.person.wallet_id) for reader in readers]
        _rename(merchant.person)
        after = [_drawn(reader, merchant.person.wallet_id) for reader in readers]
        assert after[0] != before[0]
        assert after[1] == before[1]
