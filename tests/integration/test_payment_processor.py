"""The simulated processor as any client of it sees it."""

import json
import secrets

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from local.secrets import read_secret
from tests.integration.paying import APPROVE, DECLINE, REFUND_DECLINE

EURO = {"amount": 100, "currency": "EUR"}


@pytest.fixture(scope="module")
def shop(platform: Configuration) -> Client:
    """A client of the processor that knows the secret, at an address that everybody shares."""
    client = Client(platform.ports.gateway)
    client.token = json.loads(read_secret(platform, "processor"))["password"]
    return client


def _token(shop: Client, number: str = APPROVE) -> str:
    card = {"number": number, "exp_month": 1, "exp_year": 2030, "cvc": "123"}
    answer = shop.request("POST", "/processor/v1/tokens", card)
    assert answer.status == 201
    return str(answer.body["token"])


def _charge(shop: Client, token: str, key: str, **changes: object) -> Answer:
    return shop.request("POST", "/processor/v1/charges", {"token": token, **EURO, **changes}, key=key)


def _refund(shop: Client, charge_id: str, amount: int, key: str) -> Answer:
    body = {"charge_id": charge_id, "amount": amount, "currency": "EUR"}
    return shop.request("POST", "/processor/v1/refunds", body, key=key)


def _key() -> str:
    return secrets.token_hex(8)


class TestSecret:
    @pytest.mark.parametrize("token", [None, "", "wrong", "x" * 10_000, "\xe9"])
    def test_is_needed(self, token: str | None, platform: Configuration) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        answer = Client(platform.ports.gateway).request("GET", "/processor/v1/charges/x", headers=headers)
        assert (answer.status, answer.body["code"]) in [(401, "invalid_token"), (400, "bad_request")]


class TestCharge:
    def test_happens_once_for_a_key(self, shop: Client) -> None:
        token, key = _token(shop), _key()
        first, again = (_charge(shop, token, key) for _ in range(2))
        assert (first.status, first.body["status"]) == (201, "approved")
        assert again.raw == first.raw
        assert shop.request("GET", f"/processor/v1/charges/{key}").body == first.body

    def test_with_another_body_under_the_key_is_refused(self, shop: Client) -> None:
        token, key = _token(shop), _key()
        _charge(shop, token, key)
        reused = _charge(shop, token, key, amount=101)
        assert (reused.status, reused.body) == (422, {"error": {"code": "idempotency_key_reused"}})

    @pytest.mark.parametrize(
        ("number", "code"), [(DECLINE, "card_declined"), ("4012888888881881", "test_card_unknown")]
    )
    def test_is_declined_as_the_card_says(self, number: str, code: str, shop: Client) -> None:
        answer = _charge(shop, _token(shop, number), _key())
        assert (answer.status, answer.body["status"], answer.body["decline_code"]) == (201, "declined", code)

    def test_needs_a_known_token_and_a_key(self, shop: Client) -> None:
        unknown = _charge(shop, "tok_" + "0" * 24, _key())
        assert (unknown.status, unknown.body) == (404, {"error": {"code": "token_not_found"}})
        keyless = shop.request("POST", "/processor/v1/charges", {"token": _token(shop), **EURO})
        assert keyless.status == 422

    def test_that_never_came_is_absent(self, shop: Client) -> None:
        answer = shop.request("GET", f"/processor/v1/charges/{_key()}")
        assert (answer.status, answer.body) == (404, {"error": {"code": "charge_not_found"}})


class TestRefund:
    def test_goes_up_to_the_charge_and_once_for_a_key(self, shop: Client) -> None:
        charge_id = _charge(shop, _token(shop), _key()).body["id"]
        key = _key()
        first, again = (_refund(shop, charge_id, 60, key) for _ in range(2))
        assert (first.body["status"], again.raw) == ("approved", first.raw)
        assert _refund(shop, charge_id, 41, _key()).body["decline_code"] == "refund_exceeds_charge"
        assert _refund(shop, charge_id, 40, _key()).body["status"] == "approved"
        assert shop.request("GET", f"/processor/v1/refunds/{key}").body == first.body

    def test_is_refused_as_the_card_says(self, shop: Client) -> None:
        charge_id = _charge(shop, _token(shop, REFUND_DECLINE), _key()).body["id"]
        assert _refund(shop, charge_id, 1, _key()).body["decline_code"] == "refund_refused_by_issuer"

    def test_of_a_declined_charge_is_absent(self, shop: Client) -> None:
        charge_id = _charge(shop, _token(shop, DECLINE), _key()).body["id"]
        answer = _refund(shop, charge_id, 1, _key())
        assert (answer.status, answer.body) == (404, {"error": {"code": "charge_not_found"}})


class TestLimit:
    def test_does_not_count_the_processors_clients(self, shop: Client) -> None:
        answers = [shop.request("GET", "/processor/v1/charges/none") for _ in range(110)]
        assert {answer.status for answer in answers} == {404}
