"""A striped wallet through the public door, and what a cached one shows of holds."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.patience import until
from tests.integration.paying import Backstage
from tests.integration.people import Town


def _get(person: Person, wallet_id: str, rest: str = "") -> Any:
    answer = person.client.request("GET", f"/v1/wallets/{wallet_id}{rest}")
    assert answer.status == 200, answer.raw
    return answer.body


def _post(person: Person, wallet_id: str, action: str, key: str | None = None, **body: Any) -> Answer:
    return person.client.request("POST", f"/v1/wallets/{wallet_id}/{action}", body, key=key)


def _funds(admin: Person, wallet_id: str, way: str, amount: int) -> Answer:
    body = {"amount": amount, "currency": "EUR", "reason": "test"}
    return _post(admin, wallet_id, f"funds/{way}", secrets.token_hex(8), **body)


def _pay(payer: Person, payee: Person, amount: int, route: str = "transfer") -> Answer:
    body = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id, "amount": amount}
    path = f"/v1/transactions/{route}"
    return payer.client.request("POST", path, {**body, "currency": "EUR"}, key=secrets.token_hex(8))


def _just_after(instant: str) -> str:
    later = datetime.fromisoformat(instant) + timedelta(microseconds=1)
    return later.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


@pytest.fixture(scope="module")
def shop(town: Town, admin: Person) -> Person:
    """Somebody whose wallet is striped and got 20 times 100, wherever chance put it."""
    person = town.person("EUR")
    striped = _post(admin, person.wallet_id, "stripe", stripes=16, reason="busy")
    assert striped.status == 200, striped.raw
    for _ in range(20):
        credit = _funds(admin, person.wallet_id, "add", 100)
        (leg,) = credit.body["legs"]
        assert (credit.status, leg["balance_after"], leg["wallet_version"]) == (201, None, None)
    return person


class TestStripedWallet:
    def test_pays_more_than_any_stripe_has(self, shop: Person, payee: Person) -> None:
        assert _get(shop, shop.wallet_id)["balance"]["posted"] == 2000
        paid = _pay(shop, payee, 1990)
        (leg,) = paid.body["legs"]
        assert (leg["amount"], leg["balance_after"], leg["wallet_version"]) == (-1990, None, None)
        assert _get(shop, shop.wallet_id, "/balance")["posted"] == 10
        refused = _pay(shop, payee, 11)
        assert (_refusal(refused), refused.body["short_by"]) == ((422, "insufficient_funds"), 1)

    def test_holds_more_than_any_stripe_has(self, shop: Person, payee: Person, admin: Person) -> None:
        for _ in range(5):
            assert _funds(admin, shop.wallet_id, "add", 100).status == 201
        posted = _get(shop, shop.wallet_id)["balance"]["posted"]
        held = _pay(shop, payee, posted, "hold")
        assert held.status == 201
        assert _get(shop, shop.wallet_id, "/balance")["pending_out"] == posted
        assert _refusal(_pay(shop, payee, 1)) == (422, "insufficient_funds")
        void = payee.client.request("POST", f"/v1/transactions/{held.body['id']}/void", {}, key=secrets.token_hex(8))
        assert void.status == 201
        assert _get(shop, shop.wallet_id, "/balance")["available"] == posted

    def test_s_book_has_each_movement_once_on_pages_of_any_size(self, shop: Person) -> None:
        whole = _get(shop, shop.wallet_id, "/entries?limit=100")["data"]
        assert {entry["balance_after"] for entry in whole} == {None}
        assert len({entry["transaction_id"] for entry in whole}) == len(whole) >= 20
        assert [entry["posted_at"] for entry in whole] == sorted((e["posted_at"] for e in whole), reverse=True)
        paged: list[dict[str, Any]] = []
        page = _get(shop, shop.wallet_id, "/entries?limit=7")
        while page["has_more"]:
            paged += page["data"]
            page = _get(shop, shop.wallet_id, f"/entries?limit=7&cursor={page['next_cursor']}")
        assert paged + page["data"] == whole

    def test_shows_no_stripe_in_its_book_and_its_statement(self, payer: Person, admin: Person) -> None:
        """The lines of before the striping keep their ids, and in a statement all that its fingerprint covers."""
        for _ in range(2):
            _funds(admin, payer.wallet_id, "add", 100)
        plain = _get(payer, payer.wallet_id, "/entries")["data"]
        assert _post(admin, payer.wallet_id, "stripe", stripes=16, reason="busy").status == 200
        for _ in range(12):
            _funds(admin, payer.wallet_id, "add", 100)
        book = _get(payer, payer.wallet_id, "/entries")["data"]
        assert {(entry["balance_after"], entry["version"]) for entry in book} == {(None, None)}
        ids = [entry["id"] for entry in book]
        assert ids[-2:] == [entry["id"] for entry in plain]
        assert len(set(ids)) == 14
        assert all(re.fullmatch("ent_[0-9a-z]{26}_[0-9]+", entry) for entry in ids)
        period = f"/statement?from={plain[1]['posted_at']}&to={_just_after(book[0]['posted_at'])}"
        rows = until(
            lambda: payer.client.request("GET", f"/v1/wallets/{payer.wallet_id}{period}"),
            lambda told: told.status != 400,
        ).body["rows"]
        assert [row["id"] for row in rows] == ids[::-1]
        assert [row["version"] for row in rows] == [entry["version"] for entry in plain[::-1]] + [None] * 12

    def test_is_told_to_have_as_many_stripes_as_it_has(
        self, payer: Person, admin: Person, backstage: Backstage
    ) -> None:
        for wanted in (16, 2):
            assert _post(admin, payer.wallet_id, "stripe", stripes=wanted, reason="busy").status == 200
        told = "SELECT data ->> 'stripes' FROM outbox.event WHERE type = 'wallet.updated' AND subject = :id"
        assert backstage.sql(told, id=payer.wallet_id) == [["16"], ["16"]]


class TestCachedWallet:
    def test_shows_a_hold_at_once_on_both_sides(self, payer: Person, payee: Person, admin: Person) -> None:
        _funds(admin, payer.wallet_id, "add", 1000)
        for person in (payer, payee):
            assert _get(person, person.wallet_id)["balance"]["pending_in"] == 0
        held = _pay(payer, payee, 400, "hold")
        assert held.status == 201
        assert _get(payer, payer.wallet_id)["balance"]["pending_out"] == 400
        assert _get(payee, payee.wallet_id)["balance"]["pending_in"] == 400
        void = payee.client.request("POST", f"/v1/transactions/{held.body['id']}/void", {}, key="void")
        assert void.status == 201
        assert _get(payer, payer.wallet_id)["balance"]["pending_out"] == 0
        assert _get(payee, payee.wallet_id)["balance"]["pending_in"] == 0
