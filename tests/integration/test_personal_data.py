"""Personal data at rest: no row tells who somebody is, and without the person's key nobody learns it any more."""

import secrets

from local.configuration import Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.keeping import PHONE
from tests.integration.newcomer import Newcomer


class TestAtRest:
    def test_no_row_tells_who_somebody_is(self, platform: Configuration, desk: Desk) -> None:
        anna = Newcomer(desk, platform.ports.gateway).settle_in()
        anna.sign_in()
        assert anna.client.request("PATCH", "/v1/users/me", {"phone": PHONE}).status == 200
        other = f"other.{secrets.token_hex(6)}@example.com"
        asked = anna.post("email/change", email=other, current_password=anna.password)
        assert asked.status == 202
        tables = desk.rows(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        readable = [
            (table, secret)
            for (table,) in tables
            for secret in (anna.email, other, "New Comer", PHONE)
            if desk.rows(f"SELECT 1 FROM {table} t WHERE t::text ILIKE :text LIMIT 1", text=f"%{secret}%")  # noqa: S608
        ]
        assert readable == []
        assert anna.me().body["phone"] == PHONE

    def test_a_destroyed_key_opens_nothing_any_more(self, platform: Configuration, desk: Desk, admin: Person) -> None:
        anna = Newcomer(desk, platform.ports.gateway).settle_in()
        user_id = anna.user_id
        path = f"/v1/users/{user_id}"
        assert admin.client.request("GET", path).body["email"] == anna.email
        desk.rows("DELETE FROM identity.personal_key WHERE person_id = :id", id=user_id)
        desk.rows("UPDATE identity.user SET sealed_data = NULL WHERE id = :id", id=user_id)
        desk.redis.delete(f"user:{user_id}")
        answer = admin.client.request("GET", path)
        assert (answer.status, answer.body["code"]) == (404, "user_not_found")
