"""API keys: what they open and what not, where from, until when; and that a change counts with the next request."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer, Client
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard
from tests.integration.merchants import KEYS, PAYING, Merchant
from tests.integration.money import get, post
from tests.integration.newcomer import outcome
from tests.integration.patience import until
from tests.integration.paying import Backstage
from tests.integration.people import Town


@pytest.fixture
def other(town: Town, guard: Guard, desk: Desk) -> Merchant:
    """Another one, with nothing."""
    return Merchant(town.person(), guard, desk)


def pay(client: Client, merchant: Merchant, target: str, amount: int = 1, key: str | None = None) -> Answer:
    body = {
        "source_wallet_id": merchant.person.wallet_id,
        "target_wallet_id": target,
        "amount": amount,
        "currency": "EUR",
    }
    return client.request("POST", "/v1/transactions/transfer", body, key=key or secrets.token_hex(8))


class TestKey:
    def test_is_shown_once(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING, name="till", ip_allowlist=["127.0.0.0/8"], expires_in_days=30).body
        secret = made.pop("secret")
        assert secret.startswith(made["shown"])
        assert len(made["shown"]) < 10
        assert (made["name"], made["scopes"], made["ip_allowlist"]) == ("till", PAYING, ["127.0.0.0/8"])
        assert get(merchant.person, f"{KEYS}/{made['id']}").body == made
        listed = get(merchant.person, f"{KEYS}?limit=1")
        assert listed.body["data"] == [made]
        assert secret.encode() not in listed.raw

    def test_acts_for_its_owner_within_its_scopes(self, merchant: Merchant, shop: Client, payee: Person) -> None:
        made = pay(shop, merchant, str(payee.wallet_id))
        assert made.status == 201, made.raw
        assert shop.request("GET", f"/v1/transactions/{made.body['id']}").body == made.body
        assert shop.request("GET", f"/v1/wallets/{merchant.person.wallet_id}").status == 200
        assert outcome(shop.request("GET", "/v1/users/me")) == (403, "forbidden")
        assert outcome(shop.request("GET", f"/v1/wallets/{payee.wallet_id}")) == (404, "wallet_not_found")

    def test_makes_no_keys(self, merchant: Merchant) -> None:
        """No scope opens the account itself."""
        for scope in (
            "api_keys:write",
            "password:change",
            "sessions:end",
            "profile:write",
            "funds:add",
            "wallets:read_any",
        ):
            answer = merchant.try_key(scopes=[scope])
            assert outcome(answer) == (422, "invalid_request"), scope

    def test_shares_the_idempotency_keys_of_its_owner(self, merchant: Merchant, shop: Client, payee: Person) -> None:
        """A key that was rolled replays what its predecessor did."""
        key = secrets.token_hex(8)
        one, again = (
            pay(shop, merchant, str(payee.wallet_id), key=key),
            pay(merchant.person.client, merchant, str(payee.wallet_id), key=key),
        )
        assert again.raw == one.raw
        assert "idempotency-replayed" in again.headers

    def test_says_when_it_was_used(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING)
        path = f"{KEYS}/{made.body['id']}"
        assert get(merchant.person, path).body["last_used_at"] is None
        assert merchant.holder(made).request("GET", "/v1/wallets").status == 200
        assert get(merchant.person, path).body["last_used_at"] >= made.body["created_at"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"scopes": []},
            {"scopes": ["wallets:fly"]},
            {"scopes": "wallets:read"},
            {"ip_allowlist": ["10.0.0.1/8"]},
            {"ip_allowlist": ["localhost"]},
            {"ip_allowlist": ["10.0.0.0/33"]},
            {"ip_allowlist": ["fe80::1%x"]},
            {"ip_allowlist": ["fe80::%1/64"]},
            {"ip_allowlist": ["10.0.0.0/8"] * 21},
            {"expires_in_days": 0},
            {"expires_in_days": 366},
            {"expires_in_days": "30"},
            {"user_id": "usr_1"},
            {"secret": "sk_mine"},
        ],
    )
    def test_is_not_made_of_bad_input(self, merchant: Merchant, wrong: dict[str, Any]) -> None:
        answer = merchant.try_key(**{"scopes": PAYING, **wrong})
        assert outcome(answer) == (422, "invalid_request")

    def test_is_one_of_twenty(self, other: Merchant) -> None:
        made = [other.key(PAYING) for _ in range(20)]
        assert outcome(other.try_key(scopes=PAYING)) == (409, "too_many_api_keys")
        assert other.revoke(made[0]).status == 204
        other.key(PAYING)

    def test_needs_the_second_factor_of_now(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING)
        for path in (KEYS, f"{KEYS}/{made.body['id']}/roll"):
            answer = post(merchant.person, path, {"name": "shop", "scopes": PAYING})
            assert outcome(answer) == (403, "step_up_required")

    def test_is_its_owners_alone(self, merchant: Merchant, other: Merchant) -> None:
        """To another merchant a key is as absent as one that never was."""
        made = merchant.key(PAYING)
        for answer in (other.show(made), other.revoke(made), other.roll(made)):
            assert outcome(answer) == (404, "api_key_not_found")
        assert merchant.show(made).status == 200


class TestRoll:
    def test_without_overlap_ends_the_old_one_at_once(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING, ip_allowlist=["127.0.0.0/8"])
        client = merchant.holder(made)
        assert client.request("GET", "/v1/wallets").status == 200
        rolled = merchant.roll(made)
        assert rolled.status == 201, rolled.raw
        assert outcome(client.request("GET", "/v1/wallets")) == (401, "api_key_expired")
        assert merchant.holder(rolled).request("GET", "/v1/wallets").status == 200
        same = ("name", "scopes", "ip_allowlist")
        assert [rolled.body[name] for name in same] == [made.body[name] for name in same]
        assert outcome(merchant.roll(made)) == (404, "api_key_not_found")

    def test_with_overlap_lets_both_work(self, merchant: Merchant) -> None:
        made = merchant.key(PAYING)
        rolled = merchant.roll(made, overlap_seconds=3600)
        for each in (made, rolled):
            assert merchant.holder(each).request("GET", "/v1/wallets").status == 200
        ends = [get(merchant.person, f"{KEYS}/{each.body['id']}").body["expires_at"] for each in (made, rolled)]
        assert made.body["created_at"] < ends[0] < made.body["expires_at"] < ends[1]

    @pytest.mark.parametrize("body", [{"overlap_seconds": -1}, {"overlap_seconds": 604_801}, {"scopes": PAYING}])
    def test_takes_no_bad_input(self, merchant: Merchant, body: dict[str, Any]) -> None:
        made = merchant.key(PAYING)
        assert outcome(merchant.roll(made, **body)) == (422, "invalid_request")


class TestNotice:
    def test_tells_of_each_act_and_never_the_key(self, other: Merchant) -> None:
        made = other.key(PAYING)
        rolled = other.roll(made, overlap_seconds=60)
        assert other.revoke(rolled).status == 204
        wanted = {"New API key", "API key replaced", "API key revoked"}
        inbox = until(
            lambda: get(other.person, "/v1/notifications?limit=100"),
            lambda answer: wanted <= {notice["subject"] for notice in answer.body["data"]},
        )
        for each in (made, rolled):
            assert each.body["secret"].encode() not in inbox.raw

    def test_comes_before_a_key_expires(self, merchant: Merchant, backstage: Backstage) -> None:
        made = merchant.key(PAYING, name=secrets.token_hex(8))
        soon = "UPDATE identity.api_key SET expires_at = clock_timestamp() + CAST(:wait AS interval) WHERE id = :id"
        told = "SELECT CAST(data ->> 'days' AS int) FROM outbox.event WHERE type = 'user.api_key_expiring' AND subject = :id ORDER BY id"
        for wait, days in (("8 days", []), ("6 days", [7]), ("5 days", [7]), ("2 days", [7, 3]), ("1 hour", [7, 3, 1])):
            backstage.sql(soon, id=made.body["id"], wait=wait)
            backstage.invoke("user-remind_of_keys")
            assert [day for (day,) in backstage.sql(told, id=made.body["id"])] == days
