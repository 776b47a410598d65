"""Addresses that somebody looks for: a few a day, so that nobody tries out a list of them."""

import secrets

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import balance, fund, post, refusal, transfer


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

    def test_of_more_in_one_bulk_moves_nothing_and_counts(self, rich: Person, payee: Person) -> None:
        emails = [payee.email, *(_nobody() for _ in range(21))]
        assert refusal(self._look(rich, "independent", emails)) == (429, "rate_limited")
        assert refusal(_send(rich, payee.email)) == (429, "rate_limited")
        assert balance(rich)["posted"] == 1000
