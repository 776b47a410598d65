"""How the tests close accounts, and make a sign-in an old one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Phone, let_time_pass

ME = "/v1/users/me"


def close(person: Person, sweep_to: str | None = None) -> Answer:
    """The answer to the wish to close the own account."""
    return person.client.request("DELETE", ME if sweep_to is None else f"{ME}?sweep_to={sweep_to}")


def id_of(person: Person) -> str:
    return str(person.client.request("GET", ME).body["id"])


def sign_in(person: Person) -> str:
    """A new session; answers its refresh token."""
    body = {"email": person.email, "password": person.password}
    answer = person.client.request("POST", "/v1/auth/login", body)
    assert answer.status == 200, answer.raw
    person.client.token = answer.body["access_token"]
    return str(answer.body["refresh_token"])


def let_sign_in_age(person: Person, desk: Desk) -> None:
    """A new session, in which they signed in an hour ago, with the second factor of who has one."""
    refresh_token = _sign_in_with_code(person, desk) if person.totp_seed else sign_in(person)
    desk.rows(
        "UPDATE identity.session SET authenticated_at = authenticated_at - interval '1 hour' "
        "WHERE id = (SELECT max(id) FROM identity.session WHERE user_id = :id)",
        id=desk.user_id_of(person.email),
    )
    answer = person.client.request("POST", "/v1/auth/refresh", {"refresh_token": refresh_token})
    assert answer.status == 200, answer.raw
    person.client.token = answer.body["access_token"]


def _sign_in_with_code(person: Person, desk: Desk) -> str:
    """A new session; answers its refresh token."""
    body = {"email": person.email, "password": person.password}
    asked = person.client.request("POST", "/v1/auth/login", body)
    assert asked.status == 200, asked.raw
    let_time_pass(desk, desk.user_id_of(person.email))
    shown = {"mfa_token": asked.body["mfa_token"], "code": Phone(person.totp_seed).code()}
    answer = person.client.request("POST", "/v1/auth/login/mfa", shown)
    assert answer.status == 200, answer.raw
    return str(answer.body["refresh_token"])


def at_once(*asks: Callable[[], Answer]) -> list[Answer]:
    """The answers to questions that are asked at the same moment."""
    barrier = Barrier(len(asks))

    def ask(question: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return question()

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(ask, asks))


def short(answer: Answer) -> str:
    return str(answer.body["code"]) if answer.status >= 400 else str(answer.status)
