"""Registrations: who asked for an account and has not proven the address yet, or was invited to one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, text

from functions.user.store import Record, personal_keys
from functions.user.store.people import PERSONAL, sealed_data
from paycore.email_index import address_hmacs

Kind = Literal["self", "invitation"]

_INSERT = text(
    """
    INSERT INTO identity.registration (id, user_id, kind, email_hmac, sealed_data, locale, roles, password_hash,
                                       code_hmac, code_expires_at)
    VALUES (:id, :user_id, :kind, :email_hmac, :sealed_data, :locale, CAST(:roles AS text[]), :password_hash,
            :code_hmac, clock_timestamp() + make_interval(mins => :code_life_minutes))
    RETURNING code_expires_at
    """
)
# In the order of ids, so that two tries at one address lock the same rows in the same order. A row that the other
# try changed meanwhile is judged again as it is then. With those whose code was dead from the start, for as long as it
# would have lived: who made one learns nothing from the time of a try.
_LOCK_TRIED = text(
    """
    SELECT id, user_id, code_hmac, code_expires_at > clock_timestamp() AS is_live FROM identity.registration
     WHERE email_hmac = ANY(CAST(:hmacs AS text[])) AND kind = :kind AND state = 'pending'
       AND (code_expires_at > clock_timestamp()
            OR code_sent_at > clock_timestamp() - make_interval(mins => :life_minutes))
     ORDER BY id FOR UPDATE
    """
)
_AWAITS = text(
    """
    SELECT EXISTS (SELECT 1 FROM identity.registration
                    WHERE email_hmac = ANY(CAST(:hmacs AS text[])) AND kind = 'self' AND state = 'pending'
                      AND password_hash = :password_hash)
    """
)
# A self-made registration never cancels an invitation; an invitation ends both.
_SETTLE = text(
    """
    UPDATE identity.registration
       SET state = CASE WHEN id = :id THEN 'verified' ELSE 'superseded' END, password_hash = NULL, code_hmac = NULL
     WHERE email_hmac = ANY(CAST(:hmacs AS text[])) AND state = 'pending' AND (kind = 'self' OR :kind = 'invitation')
    """
)
# With several pending ones nobody can tell whose code is asked for (docs/decisions/0009).
_RENEWABLE = text(
    """
    SELECT id, user_id,
           EXISTS (SELECT 1 FROM identity.email_index WHERE hmac = ANY(CAST(:hmacs AS text[]))) AS is_taken
      FROM identity.registration AS one
     WHERE email_hmac = ANY(CAST(:hmacs AS text[])) AND kind = 'self' AND state = 'pending'
       AND code_sent_at < clock_timestamp() - make_interval(secs => :gap_s)
       AND NOT EXISTS (SELECT 1 FROM identity.registration AS other
                        WHERE other.email_hmac = ANY(CAST(:hmacs AS text[])) AND other.kind = 'self'
                          AND other.state = 'pending' AND other.id <> one.id)
       FOR UPDATE
    """
)
_RENEW = text(
    """
    UPDATE identity.registration
       SET code_hmac = :code_hmac, code_sent_at = clock_timestamp(),
           code_expires_at = clock_timestamp() + make_interval(mins => :code_life_minutes)
     WHERE id = :id
    RETURNING code_expires_at
    """
)

# With the keys of those that never became an account. Rows are skipped while somebody tries a code on them. A code was
# sent before it expires; the statement's time, because no index serves `clock_timestamp()`.
_FORGET_OLD = text(
    """
    WITH old AS (
        SELECT id FROM identity.registration
         WHERE code_expires_at < statement_timestamp() - make_interval(days => :days)
         ORDER BY code_expires_at LIMIT :at_most FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM identity.registration AS r USING old WHERE r.id = old.id RETURNING r.user_id
    ), keys AS (
        DELETE FROM identity.personal_key AS k USING gone
         WHERE k.person_id = gone.user_id AND NOT EXISTS (SELECT FROM identity.user WHERE id = gone.user_id)
    )
    SELECT count(*) FROM gone
    """
)


@dataclass(frozen=True, slots=True)
class Registration:
    """A new registration. `password_hash` is None for an invitation; its taker chooses the password.

    A code that nobody gets has a life of 0: so it cannot be guessed either.
    """

    id: str
    user_id: str
    kind: Kind
    email: str
    full_name: str
    phone: str | None
    locale: str
    roles: list[str]
    password_hash: str | None
    code_hmac: str
    code_life_minutes: int


def insert(connection: Connection, registration: Registration) -> datetime:
    """Writes it, with the data key of the account that it becomes; answers when its code expires."""
    facts = asdict(registration)
    key = personal_keys.make(connection, registration.user_id)
    facts["sealed_data"] = sealed_data(key, *(facts.pop(name) for name in PERSONAL))
    facts["email_hmac"] = address_hmacs(registration.email)[0]
    expires_at: datetime = connection.execute(_INSERT, facts).scalar_one()
    return expires_at


def lock_tried(connection: Connection, email: str, kind: Kind, life_minutes: int) -> Sequence[Record]:
    """Locks the address's registrations that a try of a code counts on: that live, or got one in so many minutes."""
    facts = {"hmacs": address_hmacs(email), "kind": kind, "life_minutes": life_minutes}
    return connection.execute(_LOCK_TRIED, facts).all()


def awaits_verification(connection: Connection, email: str, password_hash: str) -> bool:
    """Whether a pending registration of the address has this password."""
    facts = {"hmacs": address_hmacs(email), "password_hash": password_hash}
    found: bool = connection.execute(_AWAITS, facts).scalar_one()
    return found


def settle(connection: Connection, registration_id: str, email: str, kind: Kind) -> None:
    """The one is verified, the address's others are superseded; their passwords and codes are forgotten."""
    connection.execute(_SETTLE, {"id": registration_id, "hmacs": address_hmacs(email), "kind": kind})


def lock_renewable(connection: Connection, email: str, gap_s: int) -> Record | None:
    """The only pending registration, if no code was sent for it in the last `gap_s` seconds; and whether the address
    has an account.
    """
    return connection.execute(_RENEWABLE, {"hmacs": address_hmacs(email), "gap_s": gap_s}).one_or_none()


def renew(connection: Connection, registration_id: str, code_hmac: str, code_life_minutes: int) -> datetime:
    """Replaces the code; answers when the new one expires."""
    facts = {"id": registration_id, "code_hmac": code_hmac, "code_life_minutes": code_life_minutes}
    expires_at: datetime = connection.execute(_RENEW, facts).scalar_one()
    return expires_at


def forget_old(connection: Connection, days: int, at_most: int) -> int:
    """Forgets registrations that nobody asked a code for in so many days, whatever became of them; how many."""
    forgotten: int = connection.execute(_FORGET_OLD, {"days": days, "at_most": at_most}).scalar_one()
    return forgotten
