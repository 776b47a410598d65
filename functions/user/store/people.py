"""A person with an account, as rows keep it and as the use cases see it: what is personal is sealed at rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.user.store import Record
from paycore.personal_data import PersonalData, PersonalKey

COLUMNS = """id, sealed_data, sealed_verified_phone, locale, roles, status, kyc_status, version, created_at, updated_at,
    (SELECT wrapped FROM identity.personal_key WHERE person_id = id) AS wrapped_key,
    EXISTS (SELECT FROM identity.second_factor f WHERE f.user_id = id AND f.activated_at IS NOT NULL) AS mfa_enabled"""
PERSONAL = ("email", "full_name", "phone")
_VERIFIED_PHONE = "verified_phone"


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `key` opens what is sealed of this person."""

    id: str
    key: PersonalKey
    email: str
    full_name: str
    phone: str | None
    phone_verified: bool
    locale: str
    roles: list[str]
    status: str
    kyc_status: str
    version: int
    created_at: datetime
    updated_at: datetime
    mfa_enabled: bool

    @property
    def kyc_verified(self) -> bool:
        """Whether an admin has verified who this is."""
        return self.kyc_status == "verified"


def person_of(row: Record) -> Person:
    """The person behind a row of COLUMNS."""
    facts: dict[str, Any] = dict(row._mapping)
    key = PersonalKey.unwrap(row.id, facts.pop("wrapped_key"))
    data = key.open_data(facts.pop("sealed_data"))
    sealed = facts.pop("sealed_verified_phone")
    # the number itself, not that there is one: whoever changes the phone and forgets this leaves it unverified
    verified = sealed is not None and data.phone is not None and key.open(_VERIFIED_PHONE, sealed) == data.phone
    facts.update(email=data.email, full_name=data.full_name, phone=data.phone, phone_verified=verified)
    return Person(key=key, **facts)


def sealed_data(key: PersonalKey, email: str, full_name: str, phone: str | None) -> str:
    """What the row keeps of it."""
    return key.seal_data(PersonalData(email=email, full_name=full_name, phone=phone))


def sealed_verified_phone(known: Person, changes: dict[str, Any]) -> str | None:
    """What the row keeps of a proven number after `changes`: nothing where there is another number since, or none."""
    verified = changes.get("phone_verified", known.phone_verified) and "phone" not in changes
    return known.key.seal(_VERIFIED_PHONE, known.phone) if verified and known.phone is not None else None


def differences(known: Person, wanted: dict[str, Any]) -> dict[str, Any]:
    """What of `wanted` is not so already; roles are a set."""

    def plain(value: object) -> object:
        return set(value) if isinstance(value, list) else value

    return {name: value for name, value in wanted.items() if plain(value) != plain(getattr(known, name))}
