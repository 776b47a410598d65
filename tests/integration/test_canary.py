"""More than a hundred secrets go through every route that takes one, in right and wrong places, and come back nowhere.

Where they may not be is looked at when the run ends (tests/canary): here is what makes that search worth something.
"""

import secrets
from functools import partial
from typing import Any

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from local.story import Person
from tests.canary.makers import MAKERS, WAYS, planted
from tests.canary.registry import known, plant
from tests.integration.desk import Desk
from tests.integration.factor import enrolled, let_time_pass, mfa
from tests.integration.merchants import Merchant
from tests.integration.money import fund, post, transfer
from tests.integration.newcomer import Newcomer, wrong
from tests.integration.patience import until
from tests.integration.paying import card, pay, save_card
from tests.integration.people import Roamer, somewhere
from tests.integration.scheduling import at, change, schedule


class TestWrongPlaces:
    @pytest.mark.parametrize("kind", MAKERS)
    def test_refuse_a_secret_and_forget_it(self, platform: Configuration, kind: str) -> None:
        client = Client(platform.ports.gateway, somewhere())
        for way, send in WAYS.items():
            secret = planted(kind)
            answer = send(client, secret)
            assert 400 <= answer.status < 500, (way, answer.status)
            assert secret.encode() not in answer.raw, way

    def test_of_somebody_who_is_signed_in_too(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 1000)
        method = save_card(payer)
        for kind in ("card number", "access token", "API key"):
            for place in ("description", "external_id", "metadata", "path", "query", "number", "cvc"):
                secret = planted(kind)
                answer = _misplaced(payer, payee, method, place, secret)
                assert 400 <= answer.status < 500, (kind, place, answer.raw)
                assert secret.encode() not in answer.raw, (kind, place)


def _misplaced(payer: Person, payee: Person, method: str, place: str, secret: str) -> Answer:
    """A refused request with a secret in one of its places."""
    if place == "path":
        return payer.client.request("GET", f"/v1/transactions/{secret}")
    if place == "query":
        return payer.client.request("GET", f"/v1/transactions?cursor={secret}")
    if place in ("number", "cvc"):
        broken = {"number": secret + "x"} if place == "number" else {"cvc": secret}
        return payer.client.request("POST", "/v1/payment-methods", card(**broken))
    if place == "metadata":
        return pay(payer, method, metadata={"note" * 20: secret})
    long = (secret + " ") * 40  # of no length that a text may have
    return transfer(payer, payee.wallet_id, 1, **{place: long})


class TestRightPlaces:
    @pytest.fixture
    def anna(self, platform: Configuration, desk: Desk) -> Newcomer:
        return Newcomer(
            desk,
            platform.ports.gateway,
            planted("password"),
            planted("e-mail address"),
        )

    def test_of_an_account_from_its_registration_on(self, anna: Newcomer) -> None:
        facts = {
            "full_name": plant("name", f"Canary {secrets.token_hex(8)}"),
            "phone": planted("phone number"),
        }
        assert anna.post("register", email=anna.email, password=anna.password, **facts).status == 202
        anna.log_in(planted("password"))
        anna.verify(wrong(anna.code()))
        assert anna.verify(plant("one-time code", anna.code())).status == 200
        _ok(anna.post("login", email=anna.email, password=anna.password, device="Phone", device_token="x"), anna)
        changed = {
            "full_name": plant("name", f"Canary {secrets.token_hex(8)}"),
            "phone": planted("phone number"),
        }
        assert anna.client.request("PATCH", "/v1/users/me", changed).status == 200
        assert anna.me().status == 200  # and so into the cache
        new = planted("password")
        body = {"current_password": anna.password, "new_password": new}
        _ok(anna.client.request("POST", "/v1/auth/password/change", body), anna)
        anna.password = new
        assert anna.post("password/forgot", email=anna.email).status == 202
        code = plant("one-time code", anna.desk.reset_codes_of(anna.user_id)[-1])
        anna.password = planted("password")
        assert anna.post("password/reset", email=anna.email, code=code, new_password=anna.password).status == 200

    def test_of_a_change_of_address(self, anna: Newcomer) -> None:
        anna.settle_in().sign_in()
        user_id = anna.user_id
        address = planted("e-mail address")
        body = {"email": address, "current_password": anna.password}
        asked = anna.client.request("POST", "/v1/auth/email/change", body)
        assert asked.status == 202, asked.raw
        code = plant("one-time code", anna.desk.email_codes_of(user_id)[-1])
        assert anna.client.request("POST", "/v1/auth/email/confirm", {"code": code}).status == 200

    def test_of_a_phone(self, anna: Newcomer) -> None:
        anna.settle_in().sign_in()
        path, user_id = "/v1/users/me/phone/verification", anna.user_id
        phone = planted("phone number")
        assert anna.client.request("PATCH", "/v1/users/me", {"phone": phone}).status == 200
        assert anna.client.request("POST", path).status == 202
        code = plant("one-time code", anna.desk.phone_code_of(user_id, phone))
        assert anna.client.request("POST", f"{path}/confirm", {"code": wrong(code)}).status == 422
        assert anna.client.request("POST", f"{path}/confirm", {"code": code}).status == 200
        assert anna.me().body["phone_verified"] is True  # and so into the cache

    def test_of_sessions_and_the_second_factor(self, anna: Newcomer) -> None:
        anna.settle_in().sign_in()
        phone, codes = enrolled(anna)  # what the answers told is known from here on
        let_time_pass(anna.desk, anna.user_id)
        challenge = anna.log_in().body["mfa_token"]
        _ok(anna.post("login/mfa", mfa_token=challenge, code=codes[0]), anna)
        assert mfa(anna.client, "step-up", code=codes[1]).status == 200
        assert mfa(anna.client, "recovery-codes").status in (200, 403)
        challenge = anna.log_in().body["mfa_token"]
        session = _ok(anna.post("login/mfa", mfa_token=challenge, code=plant("one-time code", phone.code())), anna)
        first = str(session["refresh_token"])
        second = anna.refresh(first).body["refresh_token"]
        assert anna.refresh(second).status == 200
        assert anna.refresh(first).status == 401  # used twice: the family ends
        assert anna.post("logout", refresh_token=second).status == 204

    def test_of_a_merchant_s_keys(self, merchant: Merchant) -> None:
        key = merchant.key(["wallets:read"])
        rolled = merchant.roll(key, overlap_seconds=60)
        holder = merchant.holder(rolled)
        assert holder.request("GET", "/v1/wallets").status == 200
        merchant.revoke(rolled)
        assert holder.request("GET", "/v1/wallets").status == 401

    def test_of_cards(self, payer: Person) -> None:
        for _ in range(3):
            number = planted("card number")
            body = card(number, cvc=plant("security code", "0371"))
            saved = until(partial(post, payer, "/v1/payment-methods", body), lambda answer: answer.status == 201)
            assert pay(payer, saved.body["id"]).status == 402  # the processor knows its test cards only

    def test_of_addresses_that_nobody_has(self, payer: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 1000)
        payer.client = Roamer(payer.client)
        sent = transfer(payer, None, 1, target_email=planted("e-mail address"))
        assert sent.status == 201, sent.raw
        item = {"source_wallet_id": payer.wallet_id, "amount": 1, "currency": "EUR"}
        items = [{**item, "target_email": planted("e-mail address")} for _ in range(2)]
        for mode in ("atomic", "independent"):
            bulk = post(payer, "/v1/transactions/bulk", {"mode": mode, "items": items})
            assert bulk.status in (201, 422)  # an atomic one goes to people who are there
        address = planted("e-mail address")
        key, when = secrets.token_hex(8), at(3600)
        first, again = (schedule(payer, None, key=key, target_email=address, execute_at=when) for _ in range(2))
        assert first.raw == again.raw
        assert first.body["transfer"]["target_email"] == address, "shown to its owner, and kept sealed"
        paused = change(payer, first.body["id"], "pause")
        assert paused.body["transfer"]["target_email"] == address

    def test_are_a_hundred_at_least(self) -> None:
        kinds = set(known().values())
        assert len(known()) >= 100
        assert set(MAKERS) | {"one-time code", "security code", "name"} <= kinds


def _ok(answer: Answer, who: Newcomer) -> dict[str, Any]:
    """The session of the answer is the client's from now on."""
    assert answer.status == 200, answer.raw
    who.client.token = answer.body["access_token"]
    session: dict[str, Any] = answer.body
    return session
