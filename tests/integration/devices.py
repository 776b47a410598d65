"""How the tests sign in from devices that are known and from new ones."""

from typing import Any

from local.http_client import Answer
from tests.integration.newcomer import Newcomer


def sign_in(who: Newcomer, **more: Any) -> Answer:
    """From a place of its own: the limits count addresses."""
    who.client = who.elsewhere()
    answer = who.post("login", email=who.email, password=who.password, **more)
    assert answer.status == 200, answer.raw
    return answer


def token_of(who: Newcomer, **more: Any) -> str:
    return str(sign_in(who, **more).body["device_token"])


def told(who: Newcomer) -> list[bool]:
    """Of each sign-in, oldest first: whether it was one of a new device."""
    return [data["new_device"] for kind, data in who.desk.events_of(who.user_id) if kind == "user.logged_in"]
