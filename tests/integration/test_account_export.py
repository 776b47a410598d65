"""What is kept about somebody as one document: complete, in the API's own shapes, and nothing of others or secret."""

import json

from local.configuration import Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, enrolled, step_up
from tests.integration.leaving import id_of, let_sign_in_age
from tests.integration.merchants import PAYING, Merchant
from tests.integration.money import fund, get, moved, open_wallet, refusal
from tests.integration.newcomer import Newcomer
from tests.integration.patience import until
from tests.integration.paying import save_card
from tests.integration.people import Town
from tests.integration.scheduling import made_schedule

EXPORT = "/v1/users/me/export"
STEP_UP = (403, "step_up_required")


class TestExport:
    def test_shows_all_as_its_own_route_does(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 1_000)
        moved(payer, payee.wallet_id, 250, metadata={"note": "mine"})
        moved(payee, payer.wallet_id, 50, metadata={"note": "theirs"})
        open_wallet(payer, "USD", name="holiday", metadata={"to": "sea"})
        save_card(payer)
        made_schedule(payer, payee.wallet_id)
        answer = get(payer, EXPORT)
        assert answer.status == 200, answer.raw
        assert answer.headers["content-disposition"].startswith("attachment")
        body = answer.body
        assert body["user"] == get(payer, "/v1/users/me").body
        assert body["second_factor"] == get(payer, "/v1/auth/mfa").body
        for name in ("wallets", "payment_methods", "transactions"):
            part = body[name]
            assert part["data"] == get(payer, f"{part['path']}?limit=100").body["data"], name
            assert part["data"]
            assert not part["has_more"]
        (session,) = get(payer, "/v1/users/me/sessions").body["data"]
        assert body["sessions"]["data"] == [{**session, "ended_at": None, "end_reason": None}]
        (shown,) = get(payer, "/v1/schedules").body["data"]
        del shown["occurrences"]
        assert [shown.items() <= each.items() for each in body["schedules"]["data"]] == [True]

    def test_shows_nothing_of_others(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payee.wallet_id, 1_000)
        moved(payee, payer.wallet_id, 50, metadata={"note": "theirs"})
        (transaction,) = get(payer, EXPORT).body["transactions"]["data"]
        assert [leg["wallet_id"] for leg in transaction["legs"]] == [payer.wallet_id]
        assert transaction["metadata"] == {}

    def test_shows_keys_and_changes_without_what_opens_a_door(self, town: Town, guard: Guard, desk: Desk) -> None:
        shop = Merchant(town.person(), guard, desk)
        live, revoked = shop.key(PAYING), shop.key(PAYING)
        assert shop.revoke(revoked).status == 204
        answer = shop._guard.request("GET", EXPORT, None)
        keys = {each["id"]: each for each in answer.body["api_keys"]["data"]}
        assert keys[live.body["id"]] == {**shop.show(live).body, "revoked_at": None}
        assert keys[revoked.body["id"]]["revoked_at"] is not None
        assert answer.body["second_factor"]["enabled"] is True
        secrets = [live.body["secret"], revoked.body["secret"]]
        secrets += [
            each for (each,) in desk.rows("SELECT digest FROM identity.api_key WHERE user_id = :id", id=shop.user_id)
        ]
        secrets += [
            each for (each,) in desk.rows("SELECT password_hash FROM identity.user WHERE id = :id", id=shop.user_id)
        ]
        secrets += [
            each
            for (each,) in desk.rows(
                "SELECT sealed_seed FROM identity.second_factor WHERE user_id = :id", id=shop.user_id
            )
        ]
        assert [each for each in secrets if each in answer.raw.decode()] == []

    def test_shows_ended_sessions_and_changes_of_the_address(self, platform: Configuration, desk: Desk) -> None:
        anna = Newcomer(desk, platform.ports.gateway).settle_in()
        anna.sign_in()
        assert anna.client.request("POST", "/v1/auth/logout-all", None).status == 204
        anna.sign_in()
        wanted = f"new.{anna.email}"
        anna.client.request("POST", "/v1/auth/email/change", {"email": wanted, "current_password": anna.password})
        body = anna.client.request("GET", EXPORT).body
        assert [each["end_reason"] for each in body["sessions"]["data"]] == [None, "logout"]
        assert [each["object"] for each in body["known_devices"]["data"]] == [
            "known_device"
        ]  # signing out everywhere forgets the others
        (change,) = body["email_changes"]["data"]
        assert (change["old_email"], change["new_email"], change["completed_at"]) == (anna.email, wanted, None)

    def test_names_where_the_rest_is(self, payer: Person) -> None:
        body = get(payer, EXPORT).body
        (unlisted,) = [each["what"] for each in body["elsewhere"] if each["path"] is None]
        assert unlisted.startswith("audit records")
        listed = [each["path"] for each in body["elsewhere"] if each["path"] is not None]
        paths = {path.replace("{wallet_id}", payer.wallet_id) for path in listed}
        for path in paths | {part["path"] for part in body.values() if isinstance(part, dict) and part.get("path")}:
            query = "?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z" if path.endswith("/statement") else ""
            assert get(payer, path + query).status == (403 if path == "/v1/api-keys" else 200), path

    def test_is_told_to_its_owner(self, payer: Person, desk: Desk) -> None:
        assert get(payer, EXPORT).status == 200
        user_id = id_of(payer)
        ((kind, data),) = [each for each in desk.events_of(user_id) if each[0] == "user.exported"]
        assert (kind, data["user_id"]) == ("user.exported", user_id)
        assert payer.email not in json.dumps(data)
        subject = "Your data was exported"
        until(
            lambda: get(payer, "/v1/notifications?limit=100"),
            lambda answer: subject in {notice["subject"] for notice in answer.body["data"]},
        )


class TestRefusal:
    def test_of_an_old_sign_in(self, payer: Person, desk: Desk) -> None:
        let_sign_in_age(payer, desk)
        assert refusal(get(payer, EXPORT)) == STEP_UP

    def test_of_a_factor_that_was_not_shown(self, payer: Person, desk: Desk) -> None:
        phone, _ = enrolled(payer)
        assert refusal(get(payer, EXPORT)) == STEP_UP
        step_up(payer, phone, desk)
        assert get(payer, EXPORT).status == 200

    def test_of_the_sixth_in_a_quarter_of_an_hour(self, payer: Person) -> None:
        assert [get(payer, EXPORT).status for _ in range(6)] == [200] * 5 + [429]

    def test_of_a_query(self, payer: Person) -> None:
        assert refusal(get(payer, f"{EXPORT}?user_id=usr_1")) == (400, "invalid_parameter")
