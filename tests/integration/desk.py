"""What stands behind the API: rows, cache entries and codes, for tests that must see more than a client does."""

import json
import ssl
from typing import Any

import pg8000.native
import redis

from local.configuration import HOST, Configuration
from local.secrets import read_secret, redis_password, superuser_password
from paycore import ids
from paycore.crypto import KeyRing


class Desk:
    """Looks into a running local system; to be closed."""

    def __init__(self, platform: Configuration) -> None:
        self._platform = platform
        self._database = pg8000.native.Connection(
            "postgres",
            host=HOST,
            port=platform.ports.postgres,
            database="paycore",
            password=superuser_password(platform),
            ssl_context=ssl.create_default_context(cafile=str(platform.ca_file)),
        )
        self.redis = redis.Redis(
            HOST,
            platform.ports.redis,
            password=redis_password(platform),
            ssl=True,
            ssl_ca_certs=str(platform.ca_file),
        )

    def close(self) -> None:
        """Leaves nothing open."""
        self._database.close()
        self.redis.close()

    def rows(self, statement: str, **parameters: object) -> list[list[Any]]:
        """What a statement with :parameters answers."""
        found: list[list[Any]] = self._database.run(statement, **parameters) or []
        return found

    def change_counter(self, kind: str, change: str) -> None:
        """Of the subject whose attempts of this kind were counted last."""
        last = "SELECT subject FROM identity.attempt WHERE subject LIKE :kind || ':%' ORDER BY window_started_at DESC LIMIT 1"
        self.rows(f"UPDATE identity.attempt SET {change} WHERE subject = ({last})", kind=kind)  # noqa: S608

    def address_hmac(self, email: str) -> str:
        """How rows name an address."""
        ring = KeyRing(json.loads(read_secret(self._platform, "recipient-keys")))
        return ring.hmac("recipient-address", email)

    def user_id_of(self, email: str) -> str:
        """Whose address it is."""
        ((user_id,),) = self.rows(
            "SELECT user_id FROM identity.email_index WHERE hmac = :hmac", hmac=self.address_hmac(email)
        )
        return str(user_id)

    def codes_of(self, email: str) -> list[str]:
        """The codes that were sent to an address, oldest first: sealed in their events, as on the way to the mail."""
        ring = self._notices_ring()
        events = self.rows(
            "SELECT event.event_id, event.data->>'sealed_code' FROM outbox.event AS event "
            "JOIN identity.registration AS registration ON registration.id = event.data->>'registration_id' "
            "WHERE event.type = 'user.registered' AND registration.email_hmac = :hmac "
            "AND CAST(event.data->>'expires_at' AS timestamptz) > event.created_at ORDER BY event.id",
            hmac=self.address_hmac(email),
        )
        return [ring.open("one-time-code", sealed, event_id) for event_id, sealed in events]

    def reset_codes_of(self, user_id: str) -> list[str]:
        """The codes that set a new password for somebody, oldest first."""
        return self._codes("user.password_forgotten", user_id)

    def email_codes_of(self, user_id: str) -> list[str]:
        """The codes that change somebody's address, oldest first."""
        return self._codes("user.email_change_asked", user_id)

    def factor_codes_of(self, user_id: str) -> list[str]:
        """The codes that an admin needs to enrol a second factor, oldest first."""
        return self._codes("user.mfa_enrollment_asked", user_id)

    def phone_code_of(self, user_id: str, phone: str) -> str:
        """The newest code, which was asked for when somebody's phone had this number."""
        event_id, sealed = self._sealed_codes("user.phone_verification_asked", user_id)[-1]
        return self._notices_ring().open("one-time-code", sealed, f"{event_id} {phone}")

    def stage_phone_code(self, user_id: str, code: str, phone: str) -> str:
        """As if a code had been asked for while the phone had that number; answers the event's id."""
        event_id = ids.new("evt")
        self.rows(
            "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, version, subject, request_id, data) "
            "SELECT outbox.next_position(), :event_id, topic, partition_key, type, version, subject, request_id, "
            "jsonb_set(data, '{sealed_code}', to_jsonb(CAST(:sealed AS text))) "
            "FROM outbox.event WHERE subject = :id AND type = 'user.phone_verification_asked' ORDER BY id LIMIT 1",
            id=user_id,
            event_id=event_id,
            sealed=self._notices_ring().seal("one-time-code", code, f"{event_id} {phone}"),
        )
        return event_id

    def _notices_ring(self) -> KeyRing:
        return KeyRing(json.loads(read_secret(self._platform, "notices-keys")))

    def _codes(self, kind: str, user_id: str) -> list[str]:
        ring = self._notices_ring()
        return [ring.open("one-time-code", sealed, event_id) for event_id, sealed in self._sealed_codes(kind, user_id)]

    def _sealed_codes(self, kind: str, user_id: str) -> list[list[Any]]:
        return self.rows(
            "SELECT event_id, data->>'sealed_code' FROM outbox.event WHERE type = :kind AND subject = :id ORDER BY id",
            kind=kind,
            id=user_id,
        )

    def give_code(self, email: str, code: str) -> None:
        """Makes `code` the code of an address's newest pending registration, as a lucky guess would find it."""
        ring = KeyRing(json.loads(read_secret(self._platform, "identity-keys")))
        ((registration_id,),) = self.rows(
            "SELECT id FROM identity.registration WHERE email_hmac = :hmac AND state = 'pending' "
            "ORDER BY id DESC LIMIT 1",
            hmac=self.address_hmac(email),
        )
        self.rows(
            "UPDATE identity.registration SET code_hmac = :hmac WHERE id = :id",
            hmac=ring.hmac("verification-code", f"{registration_id}|{code}"),
            id=registration_id,
        )

    def events_of(self, user_id: str) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of a person's events, oldest first."""
        rows = self.rows("SELECT type, data FROM outbox.event WHERE partition_key = :id ORDER BY id", id=user_id)
        return [(kind, data) for kind, data in rows]
