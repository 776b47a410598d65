"""API keys that open nothing: made up, expired, from elsewhere, revoked; and how many requests each may send."""

from typing import Any

import pytest

from local.http_client import Client
from paycore.api_key_text import new_key
from paycore.rate_limit import KEY_LIMIT
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import Guard
from tests.integration.merchants import PAYING, Merchant
from tests.integration.newcomer import outcome
from tests.integration.paying import Backstage
from tests.integration.people import Town, somewhere


class TestRefusal:
    @pytest.mark.parametrize(
        "text", ["sk_", "sk_short", new_key()[:-1] + "?", new_key()], ids=["bare", "short", "form", "unknown"]
    )
    def test_of_what_is_no_key(self, town: Town, text: str) -> None:
        stranger = town.stranger()
        stranger.token = text
        for _ in range(2):  # from PostgreSQL, then from the cache
            assert outcome(stranger.request("GET", "/v1/wallets")) == (401, "invalid_token")

    def test_of_an_expired_one(self, merchant: Merchant, shop: Client, backstage: Backstage) -> None:
        assert shop.request("GET", "/v1/wallets").status == 200
        made = merchant.key(PAYING)
        past = "UPDATE identity.api_key SET expires_at = clock_timestamp() - interval '1 s' WHERE id = :id"
        backstage.sql(past, id=made.body["id"])
        client = merchant.holder(made)
        answers = [client.request("GET", "/v1/wallets") for _ in range(3)]
        assert {outcome(answer) for answer in answers} == {(401, "api_key_expired")}
        left = [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers]
        assert left == ['"ip";r=99', '"ip";r=98', '"ip";r=97'], "it has no allowance of its own any more"
        assert merchant.show(made).body["last_used_at"] is None

    def test_from_another_address(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING, ip_allowlist=["127.9.9.0/24", "2001:db8::/32"])
        client = merchant.holder(made)
        for address, wanted in (("127.9.9.7", 200), ("127.9.8.7", 403), ("127.9.9.8", 200)):
            client.address = address
            answer = client.request("GET", "/v1/wallets", headers={"X-Forwarded-For": "127.9.9.7"})
            assert answer.status == wanted, answer.raw
        client.address = "127.9.8.7"
        assert outcome(client.request("GET", "/v1/wallets")) == (403, "address_not_allowed")

    def test_from_another_address_uses_up_nothing_of_the_owner_s(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING, ip_allowlist=["127.9.9.0/24"])
        owner, thief = merchant.holder(made), Client(merchant.person.client.port, somewhere())
        owner.address, thief.token = "127.9.9.9", owner.token

        def left(client: Client) -> tuple[str, int]:
            policy, _, rest = client.request("GET", "/v1/wallets").headers["ratelimit"].partition(";r=")
            return policy, int(rest.partition(";")[0])

        assert left(owner)[0] == '"ip"', "nobody knew the key yet"
        assert left(owner) == ('"key"', KEY_LIMIT - 1)
        assert [left(thief) for _ in range(3)] == [('"ip"', 99), ('"ip"', 98), ('"ip"', 97)]
        assert left(owner) == ('"key"', KEY_LIMIT - 2)

    def test_from_another_address_is_no_use_and_hides_none(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING, ip_allowlist=["127.9.9.0/24", "2001:db8::/32"])
        thief, owner = merchant.holder(made), merchant.holder(made)
        owner.address = "127.9.9.9"
        assert thief.request("GET", "/v1/wallets").status == 403
        assert merchant.show(made).body["last_used_at"] is None
        assert owner.request("GET", "/v1/wallets").status == 200
        assert merchant.show(made).body["last_used_at"] is not None

    @pytest.mark.parametrize(("beside", "wanted"), [([], 403), (["127.0.0.0/8"], 200)])
    def test_from_what_an_old_address_with_a_scope_id_means(
        self, merchant: Merchant, backstage: Backstage, beside: list[str], wanted: int
    ) -> None:
        """Such a key could be made once: what PostgreSQL does not read opens nothing, and breaks nothing."""
        made = merchant.key(PAYING, ip_allowlist=["127.9.9.0/24"])
        old = "UPDATE identity.api_key SET addresses = :addresses WHERE id = :id"
        backstage.sql(old, id=made.body["id"], addresses=["fe80::1%x/128", *beside])
        assert merchant.holder(made).request("GET", "/v1/wallets").status == wanted
        assert (merchant.show(made).body["last_used_at"] is not None) == (wanted == 200)

    def test_from_another_address_leaves_one_record_whatever_is_tried(
        self, merchant: Merchant, desk: Desk, records: Any
    ) -> None:
        made = merchant.key(PAYING, ip_allowlist=["127.9.9.0/24"])
        key_id, thief = made.body["id"], merchant.holder(made)
        answers = [thief.request("GET", "/v1/wallets") for _ in range(3)]
        (record,) = written(records, {"action": "user.authentication_failed", "resource": key_id})
        assert (record["actor"], record["data"]["user_id"]) == (None, merchant.user_id), "nobody knows who it was"
        assert (record["data"]["method"], record["reason"]) == ("api_key", "address_not_allowed")
        assert record["network"] == thief.address.rpartition(".")[0] + ".0/24"
        told = "SELECT request_id FROM outbox.event WHERE type = 'user.authentication_failed' AND subject = :id ORDER BY id"
        assert desk.rows(told, id=key_id) == [[answers[0].headers["request-id"]]]
        desk.change_counter("api-key-misuse", "window_started_at = window_started_at - interval '15 minutes'")
        again = thief.request("GET", "/v1/wallets").headers["request-id"]
        assert desk.rows(told, id=key_id)[1:] == [[again]]

    @pytest.mark.parametrize(
        ("what", "changes"), [("disabled", {"status": "disabled"}), ("no merchant any more", {"roles": []})]
    )
    def test_once_its_owner_is(self, town: Town, guard: Guard, desk: Desk, what: str, changes: dict[str, Any]) -> None:
        owner = Merchant(town.person(), guard, desk)
        client = owner.holder(owner.key(PAYING))
        assert client.request("GET", "/v1/wallets").status == 200
        owner.change(**changes)
        assert outcome(client.request("GET", "/v1/wallets")) == (401, "invalid_token"), what

    def test_of_a_revoked_one_with_the_next_request(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING)
        client = merchant.holder(made)
        assert client.request("GET", "/v1/wallets").status == 200
        assert merchant.revoke(made).status == 204
        refused = [client.request("GET", "/v1/wallets") for _ in range(2)]
        assert {outcome(answer) for answer in refused} == {(401, "invalid_token")}
        assert {answer.headers["ratelimit-policy"].partition(";")[0] for answer in refused} == {'"ip"'}
        for answer in (merchant.show(made), merchant.revoke(made), merchant.roll(made)):
            assert outcome(answer) == (404, "api_key_not_found")


class TestLimit:
    def test_is_the_keys_own_once_it_is_known(self, shop: Client) -> None:
        first, second = (shop.request("GET", "/v1/wallets") for _ in range(2))
        assert first.headers["ratelimit-policy"].startswith('"ip"')
        assert second.headers["ratelimit-policy"] == f'"key";q={KEY_LIMIT};w=60'
        shop.address = "127.77.77.77"
        third = shop.request("GET", "/v1/wallets")
        left = [answer.headers["ratelimit"].partition("r=")[2].partition(";")[0] for answer in (second, third)]
        assert int(left[1]) == int(left[0]) - 1, "from another address it is the same allowance"

    def test_of_an_unknown_one_is_that_of_its_address(self, town: Town) -> None:
        stranger = town.stranger()
        stranger.token = new_key()
        answers = [stranger.request("GET", "/v1/wallets") for _ in range(3)]
        assert {answer.headers["ratelimit-policy"].partition(";")[0] for answer in answers} == {'"ip"'}
        stranger.token = new_key()
        left = stranger.request("GET", "/v1/wallets").headers["ratelimit"]
        assert left != answers[0].headers["ratelimit"], "another made-up key is no new allowance"
