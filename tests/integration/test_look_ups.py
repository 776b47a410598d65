"""Addresses that somebody looks for: a few a day, so that nobody tries out a list of them."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import balance, fund, post, refusal, transfer
from tests.integration.patience import attended
from tests.integration.paying import Backstage
from tests.integration.people import Roamer


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


def _nobody() -> str:
    return f"nobody.{secrets.token_hex(8)}@example.com"


def _send(payer: Person, email: str) -> Answer:
    return transfer(payer, None, 1, target_email=email)


class TestLookUp:
    """Nobody tries out a list of addresses: what is looked for in vain counts, however it is looked for."""

    def _look(self, rich: Person, how: str, emails: list[str]) -> Answer:
        items = [
            {"source_wallet_id": rich.wallet_id, "target_email": email, "amount": 1, "currency": "EUR"}
            for email in emails
        ]
        if how == "dry run":
            (body,) = items
            return rich.client.request("POST", "/v1/transactions/transfer?dry_run=true", body)
        return post(rich, "/v1/transactions/bulk", {"mode": how, "items": items})

    @pytest.mark.parametrize("how", ["dry run", "independent", "atomic"])
    def test_of_twenty_unknown_ones_is_the_last_of_the_day(self, rich: Person, payee: Person, how: str) -> None:
        unknown = [_nobody() for _ in range(20)]
        for emails in [[each] for each in unknown] if how == "dry run" else [unknown]:
            assert self._look(rich, how, emails).status in (200, 201, 422)
        for email in (_nobody(), payee.email):
            assert refusal(self._look(rich, how, [email])) == (429, "rate_limited")
            assert refusal(_send(rich, email)) == (429, "rate_limited")
        assert self._look(rich, how, unknown[:1]).status in (200, 201, 422)
        assert transfer(rich, payee.wallet_id, 1).status == 201

    def test_of_many_at_once_is_no_more(self, rich: Person) -> None:
        emails = [_nobody() for _ in range(30)]
        clients = [replace(rich, client=Roamer(rich.client)) for _ in emails]
        with ThreadPoolExecutor(len(emails)) as pool:
            answers = list(
                pool.map(lambda who, email: attended(partial(self._look, who, "dry run", [email])), clients, emails)
            )
        assert sorted(answer.status for answer in answers) == [200] * 20 + [429] * 10

    @pytest.mark.parametrize("how", ["transfer", "held", "atomic"])
    def test_that_are_used_up_leave_a_repeat_its_answer(self, rich: Person, payee: Person, how: str) -> None:
        email = _nobody() if how == "held" else payee.email
        item = {"source_wallet_id": rich.wallet_id, "target_email": email, "amount": 1, "currency": "EUR"}
        path, body = "/v1/transactions/transfer", dict(item)
        if how == "atomic":
            path, body = "/v1/transactions/bulk", {"mode": "atomic", "items": [item]}
        key = secrets.token_hex(8)
        first = rich.client.request("POST", path, body, key=key)
        assert first.status in (201, 202), first.raw
        for _ in range(20):
            self._look(rich, "dry run", [_nobody()])
        again = rich.client.request("POST", path, body, key=key)
        assert (again.status, again.raw) == (first.status, first.raw)
        assert again.headers["idempotency-replayed"] == "true"
        other = rich.client.request("POST", path, body, key=secrets.token_hex(8))
        assert other.status == (429 if how != "held" else first.status), other.raw  # who was sent to before, is known
        body |= {"metadata": {"n": "2"}} if how != "atomic" else {"items": [{**item, "amount": 2}]}
        assert refusal(rich.client.request("POST", path, body, key=key)) == (422, "idempotency_key_reused")

    def test_that_are_used_up_let_an_interrupted_bulk_go_on(
        self, rich: Person, payee: Person, backstage: Backstage
    ) -> None:
        side = {"source_wallet_id": rich.wallet_id, "currency": "EUR", "target_email": payee.email}
        body = {"mode": "independent", "items": [{**side, "amount": amount} for amount in (1, 2)]}
        key = secrets.token_hex(8)
        first = rich.client.request("POST", "/v1/transactions/bulk", body, key=key)
        # as if its process had died before it kept the answer, and before its second item
        backstage.sql("UPDATE ledger.stored_answer SET status = NULL, body = NULL WHERE key = :key", key=key)
        backstage.sql(
            "DELETE FROM ledger.idempotency_key WHERE key = :second OR key = :first AND principal LIKE '% call'",
            first=f"0 {key}",
            second=f"1 {key}",
        )
        for _ in range(20):
            self._look(rich, "dry run", [_nobody()])
        again = rich.client.request("POST", "/v1/transactions/bulk", body, key=key)
        assert again.status == 201, again.raw
        assert again.body["data"][0] == first.body["data"][0]
        assert balance(payee)["posted"] == 1 + 2 + 2

    def test_of_more_in_one_bulk_moves_nothing_and_counts(self, rich: Person, payee: Person) -> None:
        emails = [payee.email, *(_nobody() for _ in range(21))]
        assert refusal(self._look(rich, "independent", emails)) == (429, "rate_limited")
        assert refusal(_send(rich, payee.email)) == (429, "rate_limited")
        assert balance(rich)["posted"] == 1000
