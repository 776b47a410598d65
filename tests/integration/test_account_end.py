"""What a closed account is to everybody: nobody to strangers, closed to admins, and to its owner a mail."""

import secrets
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest

from local.configuration import HOST, Configuration
from local.create_admin import invite_admin
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import Guard
from tests.integration.leaving import ME, at_once, close, id_of, short
from tests.integration.merchants import Merchant
from tests.integration.money import get, post, refusal, transfer, unlike
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.paying import Backstage
from tests.integration.people import Town
from tests.integration.scheduling import Clockwork, made_schedule

EVERYWHERE = (ME, "/v1/wallets", "/v1/transactions", "/v1/payments", "/v1/notifications", "/v1/api-keys")
SCOPES = ["profile:read", "wallets:read", "transactions:read", "payments:read", "notifications:read"]


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in and has nothing."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


@pytest.fixture
def documents(platform: Configuration) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(HOST, platform.ports.documents) as client:
        yield client


def end(anna: Newcomer) -> str:
    """Closes the account; answers its id."""
    user_id = anna.user_id
    assert anna.client.request("DELETE", ME).status == 204
    return user_id


class TestDoors:
    def test_are_shut_at_once_in_every_service(self, town: Town, guard: Guard, desk: Desk) -> None:
        shop = Merchant(town.person("EUR"), guard, desk)
        key = shop.holder(shop.key(SCOPES))
        for path in EVERYWHERE:
            assert shop.person.client.request("GET", path).status == 200
            assert key.request("GET", path).status == (403 if path == "/v1/api-keys" else 200)
        assert shop._guard.request("DELETE", ME, None).status == 204
        for path in EVERYWHERE:
            assert outcome(shop.person.client.request("GET", path)) == (401, "session_revoked")
            assert outcome(key.request("GET", path)) == (401, "invalid_token")

    def test_answer_as_to_an_unknown_address(self, anna: Newcomer, platform: Configuration) -> None:
        refresh_token = anna.sign_in()
        user_id = end(anna)
        nobody = Newcomer(anna.desk, platform.ports.gateway)
        assert outcome(anna.refresh(refresh_token)) == (401, "invalid_token")
        for path, body in (
            ("login", {"password": anna.password}),
            ("password/forgot", {}),
            ("password/reset", {"code": "123456", "new_password": "a loud sea at dusk"}),
            ("resend-verification", {}),
        ):
            known, unknown = (who.post(path, email=who.email, **body) for who in (anna, nobody))
            assert known.status == unknown.status
            assert unlike(known) == unlike(unknown)
        assert anna.desk.reset_codes_of(user_id) == []

    def test_stay_shut_for_the_address_until_it_is_erased(self, anna: Newcomer, platform: Configuration) -> None:
        code = invite_admin(platform, anna.email)
        user_id = end(anna)
        anna.client = anna.elsewhere()
        sent = len(anna.desk.codes_of(anna.email))
        assert anna.register().status == 202
        assert len(anna.desk.codes_of(anna.email)) == sent
        accepted = anna.post("accept-invitation", email=anna.email, code=code, password=anna.password, full_name="Anna")
        assert outcome(accepted) == (422, "invalid_code")
        assert anna.desk.rows("SELECT status FROM identity.user WHERE id = :id", id=user_id) == [["closed"]]

    def test_close_once(self, anna: Newcomer) -> None:
        answers = at_once(*[lambda: anna.client.request("DELETE", ME)] * 2)
        assert sorted(map(short, answers)) == ["204", "session_revoked"]


class TestRemains:
    def test_nothing_that_opens_the_account(self, anna: Newcomer, desk: Desk) -> None:
        anna.post("email/change", email=f"new.{anna.email}", current_password=anna.password)
        anna.post("login", email=anna.email, password=anna.password, device="Anna's phone")
        anna.post("password/forgot", email=anna.email)
        user_id = end(anna)
        left = (
            "SELECT user_id FROM identity.second_factor UNION ALL SELECT user_id FROM identity.mfa_challenge "
            "UNION ALL SELECT user_id FROM identity.one_time_code UNION ALL SELECT user_id FROM identity.email_change "
            "UNION ALL SELECT user_id FROM identity.known_device"
        )
        assert [user_id] not in desk.rows(left)
        sessions = "SELECT DISTINCT end_reason, device, device_digest FROM identity.session WHERE user_id = :id"
        assert desk.rows(sessions, id=user_id) == [["closed", None, None]]
        ((password_hash, status, closed_at),) = desk.rows(
            "SELECT password_hash, status, closed_at FROM identity.user WHERE id = :id", id=user_id
        )
        assert (password_hash, status) == ("", "closed")
        assert closed_at is not None

    def test_a_closed_account_for_admins(self, payer: Person, admin: Person, guard: Guard) -> None:
        user_id = id_of(payer)
        assert get(admin, f"/v1/users/{user_id}").body["status"] == "active"
        assert close(payer).status == 204
        assert get(admin, f"/v1/users/{user_id}").body["status"] == "closed"
        for change in ({"status": "active"}, {"status": "disabled"}, {"roles": ["merchant"]}):
            answer = guard.request("PATCH", f"/v1/users/{user_id}", {**change, "reason": "test"})
            assert refusal(answer) == (409, "account_closed")
        assert refusal(post(admin, f"/v1/wallets/{payer.wallet_id}/reopen", {"reason": "test"})) == (
            409,
            "account_closed",
        )

    def test_no_wallet_that_was_opened_meanwhile(self, town: Town, desk: Desk) -> None:
        for _ in range(4):
            leaver = town.person("EUR")
            user_id = id_of(leaver)
            closed, *opened = at_once(
                lambda: close(leaver),  # noqa: B023
                *[lambda: post(leaver, "/v1/wallets", {"currency": "EUR", "name": secrets.token_hex(4)})] * 2,  # noqa: B023
            )
            assert closed.status == 204, closed.raw
            assert {short(answer) for answer in opened} <= {"201", "session_revoked"}
            still = "SELECT id FROM wallet.wallet WHERE owner_id = :id AND closed_at IS NULL"
            assert desk.rows(still, id=user_id) == []

    def test_nobody_who_gets_money_at_the_address(self, payer: Person, rich: Person) -> None:
        assert transfer(rich, None, 5, target_email=payer.email).body["status"] == "completed"
        assert close(payer, rich.wallet_id).status == 204
        waiting = transfer(rich, None, 5, target_email=payer.email)
        assert (waiting.status, waiting.body["status"]) == (201, "pending")
        assert refusal(transfer(rich, payer.wallet_id, 5)) == (409, "wallet_closed")

    def test_a_schedule_that_does_not_run(
        self, payer: Person, payee: Person, platform: Configuration, backstage: Backstage, desk: Desk
    ) -> None:
        clockwork = Clockwork(platform, backstage)
        scheduled = made_schedule(payer, payee.wallet_id)
        assert close(payer).status == 204
        clockwork.past(scheduled)
        clockwork.run()
        ran = "SELECT status, transaction_id FROM transfer.occurrence WHERE schedule_id = :id"
        assert desk.rows(ran, id=scheduled) == [["skipped", None]]


class TestNews:
    def test_is_an_event_an_audit_record_and_a_mail(
        self, anna: Newcomer, documents: pymongo.MongoClient[dict[str, Any]]
    ) -> None:
        user_id = end(anna)
        kind, data = anna.desk.events_of(user_id)[-1]
        assert (kind, data) == ("user.closed", {"user_id": user_id, "version": 2})
        records, notices = documents["paycore"]["transaction_logs"], documents["paycore"]["notifications"]
        about = {"event_type": "user.closed", "person_id": user_id}
        assert len(written(records, {"action": "user.closed", "resource": user_id})) == 1
        written(notices, {**about, "status": "sent"})
        (notice,) = notices.find(about)
        assert (notice["channel"], notice["subject"]) == ("email", "Your account is closed")
