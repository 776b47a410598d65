"""A week after its closing an account has nothing personal any more, and its address is free."""

from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from pymongo.collection import Collection

from local.configuration import HOST, Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.leaving import ME
from tests.integration.local_platform.caller import wait_until
from tests.integration.money import get, open_wallet, refusal
from tests.integration.newcomer import Newcomer
from tests.integration.paying import Backstage, save_card
from tests.integration.scheduling import change, made_schedule

KEPT = "7 days"


@pytest.fixture
def inbox(platform: Configuration) -> Iterator[Collection[dict[str, Any]]]:
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(HOST, platform.ports.documents) as client:
        yield client["paycore"]["notifications"]


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with a phone number who has just closed the account."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    assert made.client.request("PATCH", ME, {"phone": "+4915112345678"}).status == 200
    return made


def leave(anna: Newcomer) -> str:
    """Closes the account; answers its id."""
    user_id = anna.user_id
    assert anna.client.request("DELETE", ME).status == 204
    anna.client = anna.elsewhere()
    return user_id


def let_pass(backstage: Backstage, user_id: str, ago: str) -> None:
    """As if the account had been closed `ago`; then the hour strikes."""
    backstage.sql(
        "UPDATE identity.user SET closed_at = clock_timestamp() - CAST(:ago AS interval) WHERE id = :id",
        id=user_id, ago=ago,
    )  # fmt: skip
    backstage.invoke("user-erase_accounts")


def is_erased(desk: Desk, user_id: str) -> bool:
    ((sealed_data, erased_at),) = desk.rows(
        "SELECT sealed_data, erased_at FROM identity.user WHERE id = :id", id=user_id
    )
    assert (sealed_data is None) == (erased_at is not None)
    return erased_at is not None


class TestErasure:
    def test_waits_for_a_week(self, anna: Newcomer, backstage: Backstage, desk: Desk) -> None:
        user_id = leave(anna)
        let_pass(backstage, user_id, "6 days 23 hours")
        assert not is_erased(desk, user_id)
        let_pass(backstage, user_id, KEPT)
        assert is_erased(desk, user_id)

    def test_leaves_nothing_personal(
        self, anna: Newcomer, admin: Person, backstage: Backstage, desk: Desk, inbox: Collection[dict[str, Any]]
    ) -> None:
        email_hmac, mine = anna.email_hmac, {"person_id": anna.user_id}
        assert anna.register().status == 202  # somebody tries it with the address of the account, too
        written(inbox, {**mine, "event_type": "user.updated"})
        user_id = leave(anna)
        written(inbox, {**mine, "event_type": "user.closed"})
        shown = get(admin, f"/v1/users/{user_id}").body
        assert (shown["email"], shown["status"]) == (anna.email, "closed")
        tried = "SELECT user_id FROM identity.registration WHERE email_hmac = :hmac AND user_id <> :id"
        ((tried_id,),) = desk.rows(tried, hmac=email_hmac, id=user_id)
        let_pass(backstage, user_id, KEPT)
        assert refusal(get(admin, f"/v1/users/{user_id}")) == (404, "user_not_found")
        known = (
            "SELECT FROM identity.personal_key WHERE person_id IN (:id, :tried) UNION ALL "
            "SELECT FROM identity.email_index WHERE user_id = :id UNION ALL "
            "SELECT FROM identity.email_change WHERE user_id = :id UNION ALL "
            "SELECT FROM identity.registration WHERE email_hmac = :hmac OR user_id = :id UNION ALL "
            "SELECT FROM directory.address_of(:id)"
        )
        assert desk.rows(known, id=user_id, tried=tried_id, hmac=email_hmac) == []
        wait_until(lambda: inbox.find_one(mine) is None)

    def test_forgets_cards_recipients_and_what_keys_are_called(
        self, anna: Newcomer, backstage: Backstage, desk: Desk
    ) -> None:
        user_id = anna.user_id
        person = Person("Anna", anna.email, anna.password, anna.client)
        person.wallet_id = open_wallet(person, "EUR")
        made = [made_schedule(person, None, target_email=f"friend.{anna.email}") for _ in range(3)]
        for schedule_id, how in zip(made, ("pause", "cancel"), strict=False):
            assert change(person, schedule_id, how).status == 200
        removed, _ = save_card(person, "4000000000000119"), save_card(person)
        assert anna.client.request("DELETE", f"/v1/payment-methods/{removed}").status == 204
        backstage.sql(
            "INSERT INTO identity.api_key (id, user_id, name, shown, digest, scopes, addresses, expires_at) "
            "VALUES ('key_' || :id, :id, 'Anna''s shop', 'pk', :id, '{a}', '{192.0.2.1/32}', now())",
            id=user_id,
        )
        leave(anna)
        slipped_in = "INSERT INTO identity.second_factor (user_id, sealed_seed) VALUES (:id, 'k1.seed')"
        backstage.sql(slipped_in, id=user_id)
        let_pass(backstage, user_id, KEPT)
        left = {
            "SELECT DISTINCT state, sealed_email, next_at FROM transfer.schedule WHERE owner_id = :id": [
                ["canceled", None, None]
            ],
            "SELECT removed_at IS NOT NULL, processor_token, fingerprint, exp_month, exp_year "
            "FROM payment.method WHERE owner_id = :id": [[True, None, None, None, None]] * 2,
            "SELECT name, addresses FROM identity.api_key WHERE user_id = :id": [["", []]],
            "SELECT FROM identity.second_factor WHERE user_id = :id": [],
        }
        assert {query: desk.rows(query, id=user_id) for query in left} == left

    def test_happens_once(self, anna: Newcomer, backstage: Backstage, desk: Desk) -> None:
        user_id = leave(anna)
        for _ in range(2):
            let_pass(backstage, user_id, KEPT)
        assert [kind for kind, _ in desk.events_of(user_id)].count("user.erased") == 1

    def test_frees_the_address_for_somebody_new(self, anna: Newcomer, backstage: Backstage) -> None:
        user_id = leave(anna)
        let_pass(backstage, user_id, KEPT)
        anna.settle_in().sign_in()
        assert anna.user_id != user_id
        assert (anna.me().body["status"], anna.me().body["phone"]) == ("active", None)

    def test_spares_who_had_the_address_before(
        self, anna: Newcomer, platform: Configuration, backstage: Backstage, desk: Desk
    ) -> None:
        """They registered with it and have another one now."""
        email, anna.email = anna.email, f"moved.{anna.email}"
        body = {"email": anna.email, "current_password": anna.password}
        assert anna.client.request("POST", "/v1/auth/email/change", body).status == 202
        code = desk.email_codes_of(desk.user_id_of(email))[-1]
        assert anna.client.request("POST", "/v1/auth/email/confirm", {"code": code}).status == 200
        heir = Newcomer(desk, platform.ports.gateway, email=email).settle_in()
        heir.sign_in()
        let_pass(backstage, leave(heir), KEPT)
        assert anna.client.request("PATCH", ME, {"full_name": "Anna Moved"}).body["email"] == anna.email

    def test_is_for_closed_accounts_only(self, anna: Newcomer, backstage: Backstage) -> None:
        backstage.invoke("user-erase_accounts")
        assert anna.me().body["email"] == anna.email


class TestRegistration:
    @pytest.mark.parametrize(("ago", "is_kept"), [("6 days", True), ("8 days", False)])
    def test_is_forgotten_after_a_week_whether_it_was_proven_or_not(
        self, platform: Configuration, desk: Desk, backstage: Backstage, ago: str, is_kept: bool
    ) -> None:
        proven, waiting = (Newcomer(desk, platform.ports.gateway) for _ in range(2))
        proven.settle_in()
        assert waiting.register().status == 202
        hmacs = [proven.email_hmac, waiting.email_hmac]
        query = "SELECT user_id FROM identity.registration WHERE email_hmac = ANY(:hmacs)"
        made = [row[0] for row in desk.rows(query, hmacs=hmacs)]
        backstage.sql(
            "UPDATE identity.registration SET code_sent_at = code_sent_at - CAST(:ago AS interval), "
            "code_expires_at = code_expires_at - CAST(:ago AS interval) WHERE email_hmac = ANY(:hmacs)",
            ago=ago, hmacs=hmacs,
        )  # fmt: skip
        backstage.invoke("user-erase_accounts")
        assert len(desk.rows(query, hmacs=hmacs)) == (2 if is_kept else 0)
        keys = desk.rows("SELECT person_id FROM identity.personal_key WHERE person_id = ANY(:made)", made=made)
        assert len(keys) == (2 if is_kept else 1)
        assert proven.log_in().status == 200
