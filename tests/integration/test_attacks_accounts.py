"""Attacks by odd passwords and odd e-mail addresses, through the gateway (correctness table T, rows 24 and 26)."""

import secrets
import unicodedata

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome

INVALID = (422, "invalid_request")
INVALID_CREDENTIALS = (401, "invalid_credentials")


@pytest.fixture
def newcomer(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway)


def of_length(count: int) -> str:
    """A good password of so many bytes."""
    text = "".join(f"k{number}#fQ" for number in range(count))
    return text[:count]


class TestPasswords:
    @pytest.mark.parametrize("size", [7, 11, 129, 10_000])
    def test_that_are_too_short_or_too_long_are_refused(self, newcomer: Newcomer, size: int) -> None:
        newcomer.password = of_length(size)
        refused = newcomer.register()
        assert outcome(refused) == INVALID
        assert refused.body["errors"][0]["param"] == "/password"
        assert newcomer.password.encode() not in refused.raw
        assert outcome(newcomer.log_in()) in (INVALID_CREDENTIALS, INVALID)

    @pytest.mark.parametrize("size", [12, 64, 72, 73, 128])
    def test_of_every_length_between_count_to_their_last_byte(self, newcomer: Newcomer, size: int) -> None:
        newcomer.password = of_length(size)
        newcomer.settle_in()
        assert outcome(newcomer.log_in(newcomer.password[:-1] + "!")) == INVALID_CREDENTIALS
        assert outcome(newcomer.log_in(newcomer.password[:-1])) == INVALID_CREDENTIALS
        assert newcomer.log_in().status == 200

    @pytest.mark.parametrize("text", ["good enough\0 it seems", "\ud800 good enough it seems", "\ufffd good enough"])
    def test_that_are_no_text_are_refused_at_every_door(self, newcomer: Newcomer, text: str) -> None:
        newcomer.password = text
        assert newcomer.register().status == newcomer.log_in().status == 422
        reset = newcomer.post("password/reset", email=newcomer.email, code="123456", new_password=text)
        assert outcome(reset) == INVALID

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_are_the_same_in_both_normal_forms(self, newcomer: Newcomer, form: str) -> None:
        text = "Müßiggängerin 7 ÀÉÎ"
        both = {"NFC": unicodedata.normalize("NFC", text), "NFD": unicodedata.normalize("NFD", text)}
        assert len(both["NFC"]) != len(both["NFD"])
        newcomer.password = both[form]
        newcomer.settle_in()
        assert [newcomer.log_in(each).status for each in both.values()] == [200, 200]

    @pytest.mark.parametrize("password", ["            ", "password12345", "Paycore is mine 1"])
    def test_that_anybody_guesses_are_refused(self, newcomer: Newcomer, password: str) -> None:
        newcomer.password = password
        assert outcome(newcomer.register()) == INVALID

    def test_made_of_the_address_are_refused(self, newcomer: Newcomer) -> None:
        newcomer.password = f"my {newcomer.email} 1"
        assert outcome(newcomer.register()) == INVALID


class TestAddresses:
    @pytest.mark.parametrize(
        "change",
        [
            str.upper, lambda email: f"  {email} ", lambda email: email.replace("@example", "@EXAMPLE"),
            lambda email: "".join(chr(ord(each) + 0xFEE0) for each in email),
        ],
        ids=["upper case", "spaces", "upper case domain", "full width"],
    )  # fmt: skip
    def test_of_one_mailbox_are_one_account(self, newcomer: Newcomer, change: object) -> None:
        newcomer.settle_in()
        known, newcomer.email = newcomer.email, change(newcomer.email)  # type: ignore[operator]
        assert newcomer.register().status == 202
        assert len(newcomer.desk.codes_of(known)) == 1, "the spelling is a taken address"
        assert newcomer.log_in().status == 200

    @pytest.mark.parametrize("change", [("@", "+tag@"), (".", ".x."), ("@example", "@sub.example")])
    def test_of_other_mailboxes_are_other_accounts(self, newcomer: Newcomer, change: tuple[str, str]) -> None:
        newcomer.settle_in()
        other = Newcomer(newcomer.desk, newcomer.client.port, email=newcomer.email.replace(*change, 1))
        assert outcome(other.log_in()) == INVALID_CREDENTIALS
        other.settle_in()
        assert other.log_in().status == 200

    def test_of_an_international_domain_are_taken_in_their_plain_form_only(self, newcomer: Newcomer) -> None:
        newcomer.email = f"{secrets.token_hex(6)}@bücher.example"
        assert outcome(newcomer.register()) == INVALID
        newcomer.email = newcomer.email.replace("bücher", "xn--bcher-kva")
        newcomer.settle_in()
        assert newcomer.log_in().status == 200

    @pytest.mark.parametrize(
        "email",
        [
            "anna@example.com.", "anna.@example.com", "an..na@example.com", "anna@example", "İnci@example.com",
            "strauß@example.com", "\u0430nna@example.com", "anna\u200b@example.com", "anna@[127.0.0.1]",
            "anna@example.com\r\nBcc: x@y.zz", '"a b"@example.com', "anna\0@example.com", "4242424242424242",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("route", ["register", "login", "password/forgot", "resend-verification"])
    def test_that_are_none_are_refused_at_every_door(self, newcomer: Newcomer, email: str, route: str) -> None:
        body = {"email": email}
        if route in ("register", "login"):
            body |= {"password": newcomer.password}
        if route == "register":
            body |= {"full_name": "New Comer"}
        refused = newcomer.post(route, **body)
        assert outcome(refused) == INVALID
        assert {fault["param"] for fault in refused.body["errors"]} == {"/email"}
        assert b"anna" not in refused.raw
