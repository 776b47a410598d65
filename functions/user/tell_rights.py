"""Tells every function what a person may do now: their sessions, their API keys and the cached profile."""

from collections.abc import Sequence

from functions.user.profile import outdate, user_body
from functions.user.store.people import Person
from paycore import session
from paycore.api_keys import tell_changed


def tell_rights(person: Person, session_ids: Sequence[str], key_digests: Sequence[str]) -> None:
    """After the commit of a change. The sessions of somebody who is not active have ended in it."""
    if person.status == "active":
        session.overwrite(session_ids, person.id, person.roles, person.version, kyc_verified=person.kyc_verified)
    else:
        session.revoke(session_ids, person.id)
    tell_changed(key_digests)
    outdate(user_body(person))
