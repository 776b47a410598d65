"""How tests verify a phone: they ask for a code, read it where it is sealed, and show it."""

import secrets

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer

PATH = "/v1/users/me/phone/verification"


def with_phone(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in and has a phone."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    set_phone(made, number())
    return made


def number() -> str:
    """Nobody else's."""
    return f"+49151{secrets.randbelow(10**9):09d}"


def set_phone(who: Newcomer, phone: str | None) -> Answer:
    return who.client.request("PATCH", "/v1/users/me", {"phone": phone})


def ask(who: Newcomer, key: str | None = None) -> Answer:
    return who.client.request("POST", PATH, key=key)


def confirm(who: Newcomer, code: str) -> Answer:
    return who.client.request("POST", f"{PATH}/confirm", {"code": code})


def ask_for_code(who: Newcomer) -> str:
    """The newest, just asked for."""
    assert ask(who).status == 202
    return who.desk.phone_code_of(who.user_id, who.me().body["phone"])


def let_a_minute_pass(who: Newcomer) -> None:
    who.desk.rows(
        "UPDATE identity.attempt SET window_started_at = window_started_at - interval '1 minute' "
        "WHERE subject LIKE 'phone-gap:%'"
    )
