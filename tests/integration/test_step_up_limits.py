"""For how long a second factor that was shown counts, and who says what goes without one."""

from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, claims, enrolled, step_up
from tests.integration.leaving import let_sign_in_age
from tests.integration.money import refusal
from tests.integration.paying import Backstage
from tests.integration.people import Town

LIMITS = "/v1/admin/step-up-limits"
STEP_UP = (403, "step_up_required")


def _set(guard: Guard, currency: str, above: int) -> Answer:
    return guard.request("PUT", f"{LIMITS}/{currency}", {"above": above, "reason": "test"})


class TestFreshness:
    def test_ends_after_five_minutes_and_refreshing_does_not_renew_it(self, town: Town, desk: Desk) -> None:
        person = town.person()
        phone, _ = enrolled(person)
        user_id = claims(str(person.client.token))["sub"]
        signed_in = {"email": person.email, "password": person.password}
        challenge = person.client.request("POST", "/v1/auth/login", signed_in).body["mfa_token"]
        desk.rows("UPDATE identity.second_factor SET last_step = 0 WHERE user_id = :id", id=user_id)
        shown = {"mfa_token": challenge, "code": phone.code()}
        session = person.client.request("POST", "/v1/auth/login/mfa", shown).body
        age = "UPDATE identity.session SET {} = now() - interval '{} seconds' WHERE id = :id"
        token = session["refresh_token"]
        for seconds, status in ((290, 200), (301, 403)):
            desk.rows(age.format("authenticated_at", seconds), id=session["session_id"])
            refreshed = person.client.request("POST", "/v1/auth/refresh", {"refresh_token": token}).body
            token, person.client.token = refreshed["refresh_token"], refreshed["access_token"]
            answer = person.client.request("POST", "/v1/auth/mfa/recovery-codes", {})
            assert answer.status == status, answer.raw
        step_up(person, phone, desk)
        said = claims(str(person.client.token))
        assert said["amr"] == ["pwd", "otp"]
        listed = person.client.request("GET", "/v1/users/me/sessions").body["data"]
        (own,) = [each for each in listed if each["is_current"]]
        assert own["id"] == said["sid"] == session["session_id"]
        assert person.client.request("POST", "/v1/auth/mfa/recovery-codes", {}).status == 200


class TestLimits:
    def test_are_an_admin_s_who_has_stepped_up_and_audited(
        self, guard: Guard, town: Town, payer: Person, desk: Desk, backstage: Backstage
    ) -> None:
        admin = town.admin()
        let_sign_in_age(admin, desk)
        put = _set(guard, "CZK", 7)
        assert (put.status, put.body) == (200, {"object": "step_up_limit", "currency": "CZK", "above": 7})
        assert put.body in admin.client.request("GET", LIMITS).body["data"]
        for person, answer in ((admin, STEP_UP), (payer, (403, "forbidden"))):
            for method, path, body in (
                ("PUT", "/CZK", {"above": 1, "reason": "x"}),
                ("DELETE", "/CZK?reason=x", None),
            ):
                assert refusal(person.client.request(method, LIMITS + path, body)) == answer
        removed = guard.person.client.request("DELETE", f"{LIMITS}/CZK?reason=enough")
        assert (removed.status, removed.raw) == (204, b"")
        again = guard.person.client.request("DELETE", f"{LIMITS}/CZK?reason=enough")
        assert refusal(again) == (404, "step_up_limit_not_found")
        rows = backstage.sql(
            "SELECT data FROM outbox.event WHERE type = 'step_up_limit.updated' AND subject = 'step_up_CZK' "
            "AND data ->> 'actor_id' = :actor ORDER BY id",
            actor=claims(str(guard.person.client.token))["sub"],
        )
        assert [(row[0]["above"], row[0]["reason"]) for row in rows] == [(7, "test"), (None, "enough")]

    @pytest.mark.parametrize(
        "body",
        [{"above": 1}, {"reason": "x"}, {"above": -1, "reason": "x"}, {"above": 1.0, "reason": "x"},
         {"above": 10**15 + 1, "reason": "x"}, {"above": None, "reason": "x"}, {"above": 1, "reason": ""}],
    )  # fmt: skip
    def test_refuse_a_bad_body(self, guard: Guard, body: dict[str, Any]) -> None:
        assert refusal(guard.request("PUT", f"{LIMITS}/CZK", body)) == (422, "invalid_request")

    @pytest.mark.parametrize("currency", ["XXX", "czk", "EURO"])
    def test_know_currencies(self, guard: Guard, currency: str) -> None:
        assert refusal(_set(guard, currency, 1)) == (404, "step_up_limit_not_found")
