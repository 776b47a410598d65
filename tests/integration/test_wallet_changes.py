"""What changes of a wallet: its name, what may move, its limit, its end; each through the public door."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person


def _get(person: Person, wallet_id: str, rest: str = "") -> Any:
    answer = person.client.request("GET", f"/v1/wallets/{wallet_id}{rest}")
    assert answer.status == 200, answer.raw
    return answer.body


def _post(person: Person, wallet_id: str, action: str, key: str | None = None, **body: Any) -> Answer:
    return person.client.request("POST", f"/v1/wallets/{wallet_id}/{action}", body, key=key)


def _rename(person: Person, wallet_id: str, name: str | None, **more: Any) -> Answer:
    return person.client.request("PATCH", f"/v1/wallets/{wallet_id}", {"name": name, **more})


def _open(person: Person, currency: str, name: str | None = None) -> str:
    answer = person.client.request("POST", "/v1/wallets", {"currency": currency, "name": name})
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def _funds(admin: Person, wallet_id: str, way: str, amount: int) -> Answer:
    body = {"amount": amount, "currency": "EUR", "reason": "test"}
    return _post(admin, wallet_id, f"funds/{way}", secrets.token_hex(8), **body)


def _pay(payer: Person, payee: Person, amount: int, route: str = "transfer") -> Answer:
    body = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id, "amount": amount}
    path = f"/v1/transactions/{route}"
    return payer.client.request("POST", path, {**body, "currency": "EUR"}, key=secrets.token_hex(8))


def _refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


CHANGES = [
    ("freeze", {"direction": "debit", "reason": "x"}), ("credit-limit", {"credit_limit": 1, "reason": "x"}),
    ("stripe", {"stripes": 2, "reason": "x"}), ("unfreeze", {"reason": "x"}), ("deactivate", {}),
]  # fmt: skip


class TestVersion:
    @pytest.mark.parametrize(("action", "body"), CHANGES)
    def test_of_before_is_refused_with_the_present_one(
        self, payer: Person, admin: Person, action: str, body: dict[str, Any]
    ) -> None:
        now = _get(payer, payer.wallet_id)["version"]
        late = _post(admin, payer.wallet_id, action, **body, expected_version=now + 1)
        assert (*_refusal(late), late.body["version"]) == (409, "version_conflict", now)
        assert _post(admin, payer.wallet_id, action, **body, expected_version=now).status == 200

    @pytest.mark.parametrize(("action", "body"), CHANGES)
    def test_rises_with_the_instant_of_the_change(
        self, payer: Person, admin: Person, action: str, body: dict[str, Any]
    ) -> None:
        before = _get(payer, payer.wallet_id)
        changed = _post(admin, payer.wallet_id, action, **body).body
        assert changed["version"] > before["version"]
        assert changed["updated_at"] > before["updated_at"]
        assert _get(payer, payer.wallet_id) == changed


class TestRename:
    def test_shows_at_once_and_frees_the_old_name(self, payer: Person) -> None:
        before = _get(payer, payer.wallet_id)
        renamed = _rename(payer, payer.wallet_id, "Daily", expected_version=before["version"])
        assert (renamed.status, renamed.body["name"]) == (200, "Daily")
        assert _get(payer, payer.wallet_id)["name"] == "Daily"
        assert _open(payer, "EUR")

    def test_refuses_a_name_that_is_taken_and_an_older_version(self, payer: Person) -> None:
        other = _open(payer, "EUR", "Savings")
        assert _refusal(_rename(payer, payer.wallet_id, "Savings")) == (409, "wallet_exists")
        assert _refusal(_rename(payer, other, None)) == (409, "wallet_exists")
        version = _get(payer, other)["version"]
        assert _rename(payer, other, "Holidays", expected_version=version).status == 200
        late = _rename(payer, other, "Boat", expected_version=version)
        assert _refusal(late) == (409, "version_conflict")
        assert late.body["version"] == _get(payer, other)["version"]
        assert _get(payer, other)["name"] == "Holidays"

    def test_is_its_owner_s(self, payer: Person, payee: Person) -> None:
        assert _refusal(_rename(payee, payer.wallet_id, "Mine")) == (404, "wallet_not_found")


class TestFreeze:
    def test_stops_what_it_names_until_unfrozen(self, payer: Person, payee: Person, admin: Person) -> None:
        _funds(admin, payer.wallet_id, "add", 1000)
        _funds(admin, payee.wallet_id, "add", 1000)
        stopped = {"debit": (False, True), "credit": (True, False), "both": (False, False)}
        states = {"debit": "debit_frozen", "credit": "credit_frozen", "both": "frozen"}
        for direction, (pays, gets) in stopped.items():
            frozen = _post(admin, payer.wallet_id, "freeze", direction=direction, reason="test")
            assert (frozen.status, frozen.body["state"]) == (200, states[direction])
            assert _get(payer, payer.wallet_id)["state"] == states[direction]
            for answer, moves in (
                (_pay(payer, payee, 1), pays),
                (_pay(payer, payee, 1, "hold"), pays),
                (_pay(payee, payer, 1), gets),
                (_pay(payee, payer, 1, "hold"), gets),
            ):
                assert answer.status == 201 if moves else _refusal(answer) == (409, "wallet_frozen"), direction
            assert _post(admin, payer.wallet_id, "unfreeze", reason="test").body["state"] == "active"
            assert _pay(payer, payee, 1).status == _pay(payee, payer, 1).status == 201

    def test_of_one_direction_and_then_the_other_is_both(self, payer: Person, admin: Person) -> None:
        _post(admin, payer.wallet_id, "freeze", direction="debit", reason="test")
        assert _post(admin, payer.wallet_id, "freeze", direction="credit", reason="test").body["state"] == "frozen"

    def test_is_an_admin_s(self, payer: Person) -> None:
        assert _refusal(_post(payer, payer.wallet_id, "freeze", direction="debit", reason="x")) == (403, "forbidden")


class TestSweep:
    def test_moves_all_that_is_left_once(self, payer: Person, admin: Person) -> None:
        heir = _open(payer, "EUR", "Heir")
        _funds(admin, payer.wallet_id, "add", 700)
        assert _refusal(_post(payer, payer.wallet_id, "deactivate", sweep_to=heir)) == (400, "idempotency_key_required")
        first, again = (_post(payer, payer.wallet_id, "deactivate", "sweep", sweep_to=heir) for _ in range(2))
        assert (first.status, first.body["state"], first.body["balance"]["posted"]) == (200, "closed", 0)
        assert first.raw == again.raw
        assert again.headers["idempotency-replayed"] == "true"
        assert _get(payer, heir)["balance"]["posted"] == 700
        (entry,) = _get(payer, heir, "/entries")["data"]
        assert (entry["kind"], entry["amount"]) == ("sweep", 700)

    def test_goes_only_to_the_owner_s_wallet_of_the_currency(self, payer: Person, payee: Person, admin: Person) -> None:
        _funds(admin, payer.wallet_id, "add", 700)
        dollars = _open(payer, "USD")
        foreign, absent = (
            _post(payer, payer.wallet_id, "deactivate", secrets.token_hex(8), sweep_to=target)
            for target in (payee.wallet_id, "wal_" + "0" * 26)
        )
        bodies = [{**answer.body, "request_id": ""} for answer in (foreign, absent)]
        assert _refusal(foreign) == (404, "wallet_not_found")
        assert bodies[0] == bodies[1]
        for target, refusal in ((dollars, "currency_mismatch"), (payer.wallet_id, "same_wallet")):
            answer = _post(payer, payer.wallet_id, "deactivate", secrets.token_hex(8), sweep_to=target)
            assert _refusal(answer) == (422, refusal)
        assert _get(payer, payer.wallet_id)["balance"]["posted"] == 700

    def test_waits_for_an_heir_that_may_get_nothing(self, payer: Person, admin: Person) -> None:
        heir = _open(payer, "EUR", "Heir")
        _funds(admin, payer.wallet_id, "add", 700)
        assert _post(admin, heir, "freeze", direction="credit", reason="test").status == 200
        refused = _post(payer, payer.wallet_id, "deactivate", "first", sweep_to=heir)
        assert (*_refusal(refused), refused.body["wallet_id"]) == (409, "wallet_frozen", heir)
        assert _post(admin, heir, "unfreeze", reason="test").status == 200
        assert _post(payer, payer.wallet_id, "deactivate", "second", sweep_to=heir).status == 200

    @pytest.mark.parametrize("direction", ["debit", "credit", "both"])
    def test_of_a_frozen_wallet_is_refused(self, payer: Person, admin: Person, direction: str) -> None:
        heir = _open(payer, "EUR", "Heir")
        _funds(admin, payer.wallet_id, "add", 700)
        assert _post(admin, payer.wallet_id, "freeze", direction=direction, reason="test").status == 200
        refused = _post(payer, payer.wallet_id, "deactivate", "frozen", sweep_to=heir)
        assert (*_refusal(refused), refused.body["wallet_id"]) == (409, "wallet_frozen", payer.wallet_id)
        assert _get(payer, payer.wallet_id)["balance"]["posted"] == 700


class TestReopen:
    def test_brings_a_closed_wallet_back_unless_its_name_is_taken(self, payer: Person, admin: Person) -> None:
        assert _refusal(_post(admin, payer.wallet_id, "reopen", reason="test")) == (409, "invalid_state")
        assert _post(payer, payer.wallet_id, "deactivate").status == 200
        successor = _open(payer, "EUR")
        assert _refusal(_post(admin, payer.wallet_id, "reopen", reason="test")) == (409, "wallet_exists")
        assert _get(payer, payer.wallet_id)["state"] == "closed"
        assert _rename(payer, successor, "Successor").status == 200
        assert _post(admin, payer.wallet_id, "reopen", reason="test").body["state"] == "active"
        assert _funds(admin, payer.wallet_id, "add", 1).status == 201


class TestCreditLimit:
    def test_is_available_and_cannot_fall_below_what_is_used(self, payer: Person, payee: Person, admin: Person) -> None:
        limited = _post(admin, payer.wallet_id, "credit-limit", credit_limit=500, reason="test")
        assert (limited.body["credit_limit"], limited.body["balance"]["available"]) == (500, 500)
        assert _pay(payer, payee, 300).status == 201
        assert _get(payer, payer.wallet_id)["balance"] == {
            "posted": -300, "pending_in": 0, "pending_out": 0, "available": 200
        }  # fmt: skip
        refused = _post(admin, payer.wallet_id, "credit-limit", credit_limit=299, reason="test")
        assert (_refusal(refused), refused.body["short_by"]) == ((422, "insufficient_funds"), 1)
        assert _post(admin, payer.wallet_id, "credit-limit", credit_limit=300, reason="test").status == 200
        assert _refusal(_pay(payer, payee, 1)) == (422, "insufficient_funds")
