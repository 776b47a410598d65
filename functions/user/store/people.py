"""A person with an account, as rows keep it and as the use cases see it: what is personal is sealed at rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.user.store import Record
from paycore.personal_data import PersonalData, PersonalKey

COLUMNS = """id, sealed_data, locale, roles, status, kyc_status, version, created_at, updated_at,
    (SELECT wrapped FROM identity.personal_key WHERE person_id = id) AS wrapped_key,
    EXISTS (SELECT FROM identity.second_factor f WHERE f.user_id = id AND f.activated_at IS NOT NULL) AS mfa_enabled"""
PERSONAL = ("email", "full_name", "phone")


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `key` opens what is sealed of this person."""

    id: str
    key: PersonalKey
    email: str
    full_name: str
    phone: str | None
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
    return Person(key=key, email=data.email, full_name=data.full_name, phone=data.phone, **facts)


def sealed_data(key: PersonalKey, email: str, full_name: str, phone: str | None) -> str:
    """What the row keeps of it."""
    return key.seal_data(PersonalData(email=email, full_name=full_name, phone=phone))
