"""The examples of docs/ledger.md, played through the API and compared line by line."""

import re
import secrets
from pathlib import Path
from typing import Any

import pytest

from local.story import Person
from tests.integration.desk import Desk

DOCUMENT = (Path(__file__).parents[2] / "docs/ledger.md").read_text()


def example(title: str) -> list[str]:
    """The lines of the block below a heading, with white space folded."""
    block = re.search(rf"### {title}\n.*?```\n(.*?)```", DOCUMENT, re.DOTALL)
    assert block, title
    return [" ".join(line.split()) for line in block[1].splitlines()]


def call(person: Person, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = person.client.request("POST", path, body, key=secrets.token_hex(8))
    assert answer.status == 201, answer.raw
    return dict(answer.body)


def fund(admin: Person, person: Person) -> str:
    body = {"amount": 10_000, "currency": "EUR", "reason": "example"}
    call(admin, f"/v1/wallets/{person.wallet_id}/funds/add", body)
    return "Anna has 10000 EUR"


def entry(name: str, person: Person, wallet_id: str | None = None) -> str:
    path = f"/v1/wallets/{wallet_id or person.wallet_id}/entries?limit=1"
    (newest,) = person.client.request("GET", path).body["data"]
    currency = f" {newest['currency']}" if newest["kind"] == "conversion" else ""
    return f"{name} {newest['kind']} {newest['amount']}{currency} {newest['balance_after']}"


def balance(name: str, person: Person, pending: str) -> str:
    body = person.client.request("GET", f"/v1/wallets/{person.wallet_id}").body["balance"]
    return f"{name} posted {body['posted']} {pending} {body[pending]} available {body['available']}"


@pytest.fixture
def desk(platform: Any) -> Any:
    own = Desk(platform)
    yield own
    own.close()


class TestExamples:
    def test_a_transfer(self, payer: Person, payee: Person, admin: Person) -> None:
        lines = [fund(admin, payer)]
        sides = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id, "currency": "EUR"}
        made = call(payer, "/v1/transactions/transfer", {**sides, "amount": 2500})
        lines.append(f"Anna sends Ben {made['amount']}: {made['kind']} {made['status']}")
        assert [*lines, entry("Anna", payer), entry("Ben", payee)] == example("A transfer")

    def test_a_hold_with_a_partial_capture(self, payer: Person, payee: Person, admin: Person) -> None:
        lines = [fund(admin, payer)]
        sides = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id, "currency": "EUR"}
        held = call(payer, "/v1/transactions/hold", {**sides, "amount": 6000})
        lines.append(f"Anna holds {held['amount']} for Ben: {held['kind']} {held['status']}")
        lines += [balance("Anna", payer, "pending_out"), balance("Ben", payee, "pending_in")]
        taken = call(payee, f"/v1/transactions/{held['id']}/capture", {"amount": 4500})
        now = payer.client.request("GET", f"/v1/transactions/{held['id']}").body["status"]
        lines.append(f"Ben captures {taken['amount']}: {taken['kind']} {taken['status']}, the hold is {now}")
        lines += [entry("Anna", payer), entry("Ben", payee), balance("Anna", payer, "pending_out")]
        assert lines == example("A hold with a partial capture")

    def test_a_conversion(self, payer: Person, admin: Person, desk: Desk) -> None:
        lines = [fund(admin, payer)]
        pair = {"source_currency": "EUR", "target_currency": "USD"}
        call(admin, "/v1/exchange-rates", {**pair, "rate": "1.0842", "reason": "test"})
        dollars = call(payer, "/v1/wallets", {"currency": "USD"})["id"]
        quote = call(payer, "/v1/quotes", {**pair, "amount": 1005})
        sides = {"source_wallet_id": payer.wallet_id, "target_wallet_id": dollars}
        made = call(payer, "/v1/transactions/convert", {"quote_id": quote["id"], **sides})
        terms = made["conversion"]
        lines.append(
            f"Anna converts {made['amount']} EUR to USD at {terms['rate']}: {made['kind']} {made['status']}, "
            f"residue {terms['residue']}"
        )
        ours = desk.rows(
            "SELECT a.kind, e.amount_minor, e.currency FROM ledger.entry e JOIN ledger.account a ON a.id = e.account_id "
            "WHERE e.transaction_id = :id AND a.kind <> 'wallet' ORDER BY a.kind, e.currency",
            id=made["id"],
        )
        system = [f"{kind} conversion {amount} {currency}" for kind, amount, currency in ours]
        assert [*lines, entry("Anna", payer), *system, entry("Anna", payer, dollars)] == example("A conversion")
