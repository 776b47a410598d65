"""Lists of wallets and entries: pages, newest first, whose cursors are good for one list and one reader."""

import secrets

import pytest

from local.http_client import Answer
from local.story import Person


def _add(admin: Person, person: Person, amount: int) -> None:
    body = {"amount": amount, "currency": "EUR", "reason": "test"}
    path = f"/v1/wallets/{person.wallet_id}/funds/add"
    assert admin.client.request("POST", path, body, key=secrets.token_hex(8)).status == 201


def _open(person: Person, name: str) -> str:
    return str(person.client.request("POST", "/v1/wallets", {"currency": "EUR", "name": name}).body["id"])


def _get(person: Person, path: str) -> Answer:
    return person.client.request("GET", path)


def _refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


class TestList:
    def test_comes_in_pages_newest_first(self, payer: Person) -> None:
        made = [payer.wallet_id, *(_open(payer, f"Pot {number}") for number in range(4))]
        found: list[str] = []
        path = "/v1/wallets?limit=2"
        for size, more in ((2, True), (2, True), (1, False)):
            page = _get(payer, path).body
            assert (len(page["data"]), page["has_more"]) == (size, more)
            found += [wallet["id"] for wallet in page["data"]]
            path = f"/v1/wallets?limit=2&cursor={page['next_cursor']}"
        assert page["next_cursor"] is None
        assert found == made[::-1]

    def test_takes_no_cursor_but_its_own(self, payer: Person, payee: Person, admin: Person) -> None:
        _open(payer, "Pot")
        for amount in (1, 2):
            _add(admin, payer, amount)
        mine = str(_get(payer, "/v1/wallets?limit=1").body["next_cursor"])
        entries = str(_get(payer, f"/v1/wallets/{payer.wallet_id}/entries?limit=1").body["next_cursor"])
        tampered = ("B" if mine[0] == "A" else "A") + mine[1:]
        for person, cursor in (
            (payer, tampered),
            (payer, mine[:-8]),
            (payer, "nonsense"),
            (payee, mine),
            (payer, entries),
        ):
            refused = _get(person, f"/v1/wallets?limit=1&cursor={cursor}")
            assert (_refusal(refused), refused.body["param"]) == ((400, "invalid_parameter"), "cursor")
        assert _get(payer, f"/v1/wallets?limit=1&cursor={mine}").status == 200

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=1&limit=2", "owner=me", "cursor=%00"])
    def test_refuses_a_bad_parameter(self, payer: Person, query: str) -> None:
        assert _refusal(_get(payer, f"/v1/wallets?{query}")) == (400, "invalid_parameter")

    def test_of_entries_comes_in_pages_and_adds_up(self, payer: Person, admin: Person) -> None:
        for amount in (1, 2, 3):
            _add(admin, payer, amount)
        path = f"/v1/wallets/{payer.wallet_id}/entries?limit=2"
        first = _get(payer, path).body
        last = _get(payer, f"{path}&cursor={first['next_cursor']}").body
        lines = first["data"] + last["data"]
        assert [(line["amount"], line["balance_after"]) for line in lines] == [(3, 6), (2, 3), (1, 1)]
        assert (first["has_more"], last["has_more"]) == (True, False)
