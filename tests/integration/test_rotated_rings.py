"""What was made before a rotation works after it, is renewed where that is possible, and is refused once the key is gone."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import enrolled, let_time_pass, mfa, started
from tests.integration.money import get, open_wallet, post
from tests.integration.newcomer import Newcomer
from tests.integration.patience import until
from tests.integration.paying import APPROVE, card
from tests.integration.people import Town, somewhere
from tests.integration.rings import Rings

NEW_PASSWORD = "a stormy sea by night"
Later = Callable[[], Answer]


@dataclass
class Scene:
    """Where things are made, before anything is rotated."""

    platform: Configuration
    town: Town
    admin: Person
    desk: Desk

    def newcomer(self) -> Newcomer:
        return Newcomer(self.desk, self.platform.ports.gateway)

    def user_id(self, person: Person) -> str:
        return str(get(person, "/v1/users/me").body["id"])


def _password(scene: Scene) -> Later:
    person = scene.town.person()
    body = {"email": person.email, "password": person.password}
    return lambda: post(person, "/v1/auth/login", body)


def _registration(scene: Scene) -> Later:
    who = scene.newcomer()
    assert who.register().status == 202
    code = who.code()
    return lambda: who.verify(code)


def _reset_code(scene: Scene) -> Later:
    person = scene.town.person()
    assert post(person, "/v1/auth/password/forgot", {"email": person.email}).status == 202
    code = scene.desk.reset_codes_of(scene.user_id(person))[-1]
    body = {"email": person.email, "code": code, "new_password": NEW_PASSWORD}
    return lambda: post(person, "/v1/auth/password/reset", body)


def _address_code(scene: Scene) -> Later:
    person = scene.town.person()
    body = {"email": f"rotated.{secrets.token_hex(8)}@example.com", "current_password": person.password}
    assert post(person, "/v1/auth/email/change", body).status == 202
    code = scene.desk.email_codes_of(scene.user_id(person))[-1]
    return lambda: post(person, "/v1/auth/email/confirm", {"code": code})


def _seed(scene: Scene) -> Later:
    person = scene.town.person()
    phone, _ = enrolled(person)
    user_id = scene.user_id(person)

    def later() -> Answer:
        let_time_pass(scene.desk, user_id)
        return mfa(person.client, "step-up", code=phone.code())

    return later


def _recovery_code(scene: Scene) -> Later:
    person = scene.town.person()
    _, codes = enrolled(person)
    return lambda: mfa(person.client, "step-up", code=codes[0])


def _pending_seed(scene: Scene) -> Later:
    person = scene.town.person()
    phone = started(person)
    return lambda: mfa(person.client, "confirm", code=phone.code())


def _successor(scene: Scene) -> Later:
    person = scene.town.person()
    session = post(person, "/v1/auth/login", {"email": person.email, "password": person.password}).body
    body = {"refresh_token": session["refresh_token"]}
    first = post(person, "/v1/auth/refresh", body)

    def later() -> Answer:
        scene.desk.rows(
            "UPDATE identity.refresh_token SET rotated_at = clock_timestamp() "
            "WHERE session_id = :id AND rotated_at IS NOT NULL",
            id=session["session_id"],
        )
        again = post(person, "/v1/auth/refresh", body)
        assert again.status != 200 or again.body["refresh_token"] == first.body["refresh_token"]
        return again

    return later


def _cursor(scene: Scene) -> Later:
    person = scene.town.person("EUR")
    open_wallet(person, "EUR", name="second")
    cursor = get(person, "/v1/wallets?limit=1").body["next_cursor"]
    return lambda: get(person, f"/v1/wallets?limit=1&cursor={cursor}")


# What is made, what it answers under a new key, and what once the old one is gone.
USES: dict[str, tuple[Callable[[Scene], Later], int, tuple[int, str]]] = {
    "password": (_password, 200, (401, "invalid_credentials")),
    "code of a registration": (_registration, 200, (422, "invalid_code")),
    "code of a new password": (_reset_code, 200, (422, "invalid_code")),
    "code of another address": (_address_code, 200, (422, "invalid_code")),
    "seed": (_seed, 200, (422, "invalid_code")),
    "seed that waits": (_pending_seed, 200, (422, "invalid_code")),
    "recovery code": (_recovery_code, 200, (422, "invalid_code")),
    "successor": (_successor, 200, (401, "invalid_token")),
    "cursor": (_cursor, 200, (400, "invalid_parameter")),
}


@dataclass
class Epochs:
    """What became of everything: under the new key, and once the old one was gone."""

    later: dict[str, Answer]
    gone: dict[str, Answer]
    key_ids: dict[str, str]
    methods: list[str]


@pytest.fixture(scope="module")
def epochs(platform: Configuration, town: Town, admin: Person, desk: Desk) -> Epochs:
    scene, rings = Scene(platform, town, admin, desk), Rings(platform)
    old = rings.current()
    first, second = ({name: make(scene) for name, (make, *_) in USES.items()} for _ in range(2))
    sender = town.person("EUR")
    methods = [_saved(sender)]
    with rings.rotated():
        sender.client.address = somewhere()
        later = {name: use() for name, use in first.items()}
        methods.append(_saved(sender))
        key_ids = _key_ids(desk, methods[0], later)
        rings.retire(old)
        sender.client.address = somewhere()
        gone = {name: use() for name, use in second.items()}
        methods.append(_saved(sender))
    return Epochs(later, gone, {**key_ids, "old": old}, methods)


def _saved(person: Person) -> str:
    answer = until(lambda: post(person, "/v1/payment-methods", card(APPROVE)), lambda answer: answer.status == 201)
    return str(answer.body["id"])


def _key_ids(desk: Desk, method_id: str, later: dict[str, Answer]) -> dict[str, str]:
    """Under which keys things stand that were used after the rotation."""
    session_id = later["password"].body["session_id"]
    questions = {
        "password": (
            "SELECT u.password_hash FROM identity.user u JOIN identity.session s ON s.user_id = u.id WHERE s.id = :id",
            session_id,
        ),
        "seed": (
            "SELECT f.sealed_seed FROM identity.second_factor f JOIN identity.session USING (user_id) WHERE id = :id",
            later["seed"].body["session_id"],
        ),
        "card": ("SELECT fingerprint FROM payment.method WHERE id = :id", method_id),
    }
    return {name: str(desk.rows(text, id=value)[0][0]).partition(".")[0] for name, (text, value) in questions.items()}


class TestRotation:
    @pytest.mark.parametrize("name", USES)
    def test_leaves_what_the_old_key_made_good(self, epochs: Epochs, name: str) -> None:
        assert epochs.later[name].status == USES[name][1], epochs.later[name].raw

    @pytest.mark.parametrize("name", USES)
    def test_ends_it_with_the_old_key(self, epochs: Epochs, name: str) -> None:
        answer = epochs.gone[name]
        assert (answer.status, answer.body.get("code")) == USES[name][2], answer.raw

    @pytest.mark.parametrize("name", ["password", "seed", "card"])
    def test_renews_what_is_used(self, epochs: Epochs, name: str) -> None:
        assert epochs.key_ids[name] != epochs.key_ids["old"]

    def test_knows_a_card_again(self, epochs: Epochs) -> None:
        assert len(set(epochs.methods)) == 1
