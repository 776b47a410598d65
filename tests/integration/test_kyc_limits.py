"""What whoever is not verified may spend, where an admin has limited that; from the next request on. In DKK only."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from local.http_client import Answer, Client
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard
from tests.integration.knowing import ask, bring, decide, rename
from tests.integration.leaving import id_of, sign_in
from tests.integration.merchants import PAYING, Merchant
from tests.integration.money import fund, open_wallet, post, posted, refusal, spend
from tests.integration.paying import Backstage

EXCEEDED = (403, "limit_exceeded")


def _limit(admin: Person, group: str, **limits: Any) -> None:
    path = f"/v1/admin/spending-limits/{group}/DKK"
    answer = admin.client.request("PUT", path, {"reason": "test", **limits})
    assert (answer.status, answer.body["role"]) == (200, group), answer.raw


@pytest.fixture
def spender(payer: Person, payee: Person, admin: Person, backstage: Backstage) -> Iterator[Person]:
    """Somebody whom nobody knows, with 10,000 in a DKK wallet; the payee has one, too. Nothing is limited afterwards."""
    payer.wallet_id, payee.wallet_id = open_wallet(payer, "DKK"), open_wallet(payee, "DKK")
    fund(admin, payer.wallet_id, 10_000, "DKK")
    yield payer
    backstage.sql("DELETE FROM ledger.spending_limit WHERE currency = 'DKK'")


def _send(spender: Person, payee: Person, amount: int, kind: str = "transfer") -> Answer:
    return spend(spender, kind, payee.wallet_id, amount, currency="DKK")


class TestWhoIsNotVerified:
    @pytest.mark.parametrize("kind", ["transfer", "hold"])
    def test_has_lower_limits_until_the_next_request_after_the_decision(
        self, spender: Person, payee: Person, admin: Person, guard: Guard, kind: str
    ) -> None:
        _limit(admin, "unverified", per_transaction=100)
        user_id = id_of(spender)
        assert refusal(_send(spender, payee, 101, kind)) == EXCEEDED
        assert _send(spender, payee, 100, kind).status == 201
        ask(spender.client)
        assert refusal(_send(spender, payee, 101, kind)) == EXCEEDED, "asking is not enough"
        assert decide(guard, user_id, "verified").status == 200
        assert _send(spender, payee, 101, kind).status == 201
        assert decide(guard, user_id, "rejected").status == 200
        assert refusal(_send(spender, payee, 101, kind)) == EXCEEDED

    def test_is_whoever_has_another_name_since(
        self, spender: Person, payee: Person, admin: Person, guard: Guard
    ) -> None:
        _limit(admin, "unverified", per_transaction=100)
        bring(spender.client, guard, id_of(spender), "verified")
        assert _send(spender, payee, 101).status == 201
        assert rename(spender.client, "Another One").status == 200
        assert refusal(_send(spender, payee, 101)) == EXCEEDED

    def test_may_do_what_the_role_may_where_nothing_is_said_of_them(
        self, spender: Person, payee: Person, admin: Person
    ) -> None:
        assert _send(spender, payee, 501).status == 201
        _limit(admin, "user", per_transaction=500)
        assert refusal(_send(spender, payee, 501)) == EXCEEDED
        assert _send(spender, payee, 500).status == 201

    def test_never_may_more_than_the_role(self, spender: Person, payee: Person, admin: Person, guard: Guard) -> None:
        _limit(admin, "user", per_transaction=50, per_day=1_000)
        _limit(admin, "unverified", per_transaction=100, per_day=80)
        refused = _send(spender, payee, 51)
        assert (refused.body["limit"], refused.body["allowed"]) == ("per_transaction", 50)
        assert _send(spender, payee, 50).status == 201
        refused = _send(spender, payee, 31)
        assert (refused.body["limit"], refused.body["allowed"], refused.body["used"]) == ("per_day", 80, 50)
        bring(spender.client, guard, id_of(spender), "verified")
        assert refusal(_send(spender, payee, 51)) == EXCEEDED
        assert _send(spender, payee, 50).status == 201

    def test_has_them_in_a_bulk_too(self, spender: Person, payee: Person, admin: Person, guard: Guard) -> None:
        _limit(admin, "unverified", per_day=100)
        item = {"source_wallet_id": spender.wallet_id, "target_wallet_id": payee.wallet_id, "currency": "DKK"}
        body = {"mode": "atomic", "items": [{**item, "amount": 60}, {**item, "amount": 60}]}
        refused = post(spender, "/v1/transactions/bulk", body)
        assert (refusal(refused), refused.body["reason"]) == ((422, "bulk_refused"), "limit_exceeded")
        bring(spender.client, guard, id_of(spender), "verified")
        assert post(spender, "/v1/transactions/bulk", body).status == 201
        assert posted(payee, payee.wallet_id) == 120

    def test_is_known_in_a_new_session_and_without_the_cache(
        self, spender: Person, payee: Person, admin: Person, guard: Guard, desk: Desk
    ) -> None:
        _limit(admin, "unverified", per_transaction=100)
        user_id = id_of(spender)
        bring(spender.client, guard, user_id, "verified")
        sign_in(spender)
        assert _send(spender, payee, 101).status == 201
        for (session_id,) in desk.rows("SELECT id FROM identity.session WHERE user_id = :id", id=user_id):
            desk.redis.delete(f"session:{session_id}")
        assert _send(spender, payee, 101).status == 201
        assert _send(spender, payee, 101).status == 201, "from what the last request has cached"


class TestKey:
    @pytest.fixture
    def till(self, merchant: Merchant, spender: Person, admin: Person) -> Client:
        """Who pays with the key of a merchant with 10,000 in a DKK wallet; what is limited is lifted by the spender."""
        assert spender.wallet_id
        merchant.person.wallet_id = open_wallet(merchant.person, "DKK", name=secrets.token_hex(4))
        fund(admin, merchant.person.wallet_id, 10_000, "DKK")
        return merchant.holder(merchant.key(PAYING))

    def test_has_the_limits_of_its_owner_with_the_next_request(
        self, till: Client, merchant: Merchant, payee: Person, admin: Person, guard: Guard
    ) -> None:
        money = {"amount": 101, "currency": "DKK", "target_wallet_id": payee.wallet_id}
        body = {**money, "source_wallet_id": merchant.person.wallet_id}

        def pay() -> Answer:
            return till.request("POST", "/v1/transactions/transfer", body, key=secrets.token_hex(8))

        _limit(admin, "unverified", per_transaction=100)
        assert refusal(pay()) == EXCEEDED
        bring(merchant.person.client, guard, merchant.user_id, "verified")
        assert pay().status == 201
        assert pay().status == 201, "also from the cache"
        assert decide(guard, merchant.user_id, "rejected").status == 200
        assert refusal(pay()) == EXCEEDED
        bring(merchant.person.client, guard, merchant.user_id, "verified")
        assert pay().status == 201
        assert rename(merchant.person.client, "Another One").status == 200
        assert refusal(pay()) == EXCEEDED
