"""Before a key is retired its operator hears what still stands under it."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import enrolled
from tests.integration.leaving import close, id_of
from tests.integration.money import fund, go_on, post, transfer
from tests.integration.paying import Backstage, save_card
from tests.integration.people import Town
from tests.integration.scheduling import made_schedule

CURRENT, OLD = "k1", "k0"
# By ring and kind: where a value stands for a person that it is found by.
VALUES = {
    ("identity-keys", "passwords"): "identity.user SET password_hash = {} WHERE id = :id",
    ("identity-keys", "second_factors"): "identity.second_factor SET sealed_seed = {} WHERE user_id = :id",
    ("identity-keys", "recovery_codes"): "identity.recovery_code SET code_hmac = {} WHERE user_id = :id",
    ("identity-keys", "one_time_codes"): "identity.one_time_code SET code_hmac = {} WHERE user_id = :id",
    ("identity-keys", "email_changes"): "identity.email_change SET code_hmac = {} WHERE user_id = :id",
    ("identity-keys", "mfa_challenges"): "identity.mfa_challenge SET sealed_device_token = {} WHERE user_id = :id",
    ("card-keys", "cards"): "payment.method SET fingerprint = {} WHERE owner_id = :id",
    ("recipient-keys", "addresses"): "identity.email_index SET hmac = {} WHERE user_id = :id",
    ("recipient-keys", "schedules"): "transfer.schedule SET sealed_email = {} WHERE owner_id = :id",
    ("recipient-keys", "unclaimed_money"): "transfer.unclaimed SET address_hmac = {} WHERE sender_id = :id",
    ("personal-keys", "data_keys"): "identity.personal_key SET wrapped = {} WHERE person_id = :id",
}
REGISTRATIONS = {
    ("identity-keys", "registrations"): "identity.registration SET code_hmac = {} WHERE user_id = :id",
    ("recipient-keys", "registrations"): "identity.registration SET email_hmac = {} WHERE user_id = :id",
}


@pytest.fixture(scope="module")
def person(town: Town, admin: Person) -> Person:
    """Somebody of whom everything stands somewhere."""
    person = town.person("EUR")
    save_card(person)
    made_schedule(person, None, target_email=_nobody())
    fund(admin, person.wallet_id, 1000)
    assert _send(person).status == 201
    wish = {"email": _nobody(), "current_password": person.password}
    assert post(person, "/v1/auth/email/change", wish).status == 202
    assert post(person, "/v1/auth/password/forgot", {"email": person.email}).status == 202
    enrolled(person)
    credentials = {"email": person.email, "password": person.password, "device_token": "dev_" + "A" * 43}
    assert post(person, "/v1/auth/login", credentials).body["object"] == "mfa_challenge"
    return person


class TestCount:
    @pytest.mark.parametrize(("ring", "kind"), VALUES, ids=str)
    def test_tells_each_key_by_what_stands_under_it(
        self, person: Person, desk: Desk, backstage: Backstage, ring: str, kind: str
    ) -> None:
        _tells_apart(desk, backstage, id_of(person), ring, kind, VALUES[ring, kind])

    @pytest.mark.parametrize(("ring", "kind"), REGISTRATIONS, ids=str)
    def test_tells_them_of_who_has_no_account_yet(
        self, town: Town, desk: Desk, backstage: Backstage, ring: str, kind: str
    ) -> None:
        email = _nobody()
        wish = {"email": email, "password": "a quiet lake at dawn", "full_name": "New Comer"}
        assert town.stranger().request("POST", "/v1/auth/register", wish).status == 202
        ((user_id,),) = desk.rows(
            "SELECT user_id FROM identity.registration WHERE email_hmac = :hmac", hmac=desk.address_hmac(email)
        )
        _tells_apart(desk, backstage, user_id, ring, kind, REGISTRATIONS[ring, kind])


def _tells_apart(desk: Desk, backstage: Backstage, user_id: str, ring: str, kind: str, where: str) -> None:
    before = _uses(backstage, ring, kind)
    assert before[CURRENT] > 0
    changed = _rename(desk, user_id, where, CURRENT, OLD)
    try:
        after = _uses(backstage, ring, kind)
    finally:
        _rename(desk, user_id, where, OLD, CURRENT)
    assert after.get(OLD, 0) - before.get(OLD, 0) == changed > 0
    assert before[CURRENT] - after.get(CURRENT, 0) >= changed, "more where others' codes have expired meanwhile"


def _nobody() -> str:
    return f"nobody.{secrets.token_hex(8)}@example.com"


def _send(person: Person) -> Answer:
    return transfer(person, None, 100, target_email=_nobody())


class TestOver:
    def test_does_not_count_passwords_of_who_has_left(self, town: Town, backstage: Backstage) -> None:
        person = town.person()
        before = _uses(backstage, "identity-keys", "passwords")[CURRENT]
        assert close(person).status == 204
        assert _uses(backstage, "identity-keys", "passwords")[CURRENT] <= before - 1

    def test_does_not_count_money_that_went_back(self, person: Person, backstage: Backstage) -> None:
        made = _send(person)
        before = _uses(backstage, "recipient-keys", "unclaimed_money")[CURRENT]
        assert go_on(person, made.body["id"], "void").status == 201
        assert _uses(backstage, "recipient-keys", "unclaimed_money").get(CURRENT, 0) <= before - 1


def _uses(backstage: Backstage, ring: str, kind: str) -> dict[str, int]:
    found: dict[str, Any] = backstage.invoke("user-count_key_uses")
    return dict(found[ring][kind])


def _rename(desk: Desk, user_id: str, where: str, old: str, new: str) -> int:
    """The person's values, as if another key had made them; how many there were."""
    column = where.partition(" SET ")[2].partition(" ")[0]
    value = f"replace({column}, '{old}.', '{new}.')"
    return len(desk.rows(f"UPDATE {where.format(value)} RETURNING 1", id=user_id))
