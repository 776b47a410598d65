"""Reads a person's profile."""

from typing import Any

from functions.user.profile import recall, remember, user_body
from functions.user.store import users
from paycore import ids
from paycore.cache_entries import Lookup
from paycore.database import one_statement
from paycore.errors import UserNotFound


def read_profile(user_id: str, cached: Lookup) -> dict[str, Any]:
    """The account, at most as old as the cache; raises UserNotFound, for a malformed id as for an absent one."""
    try:
        ids.check("usr", user_id)
    except ids.MalformedId as trouble:
        raise UserNotFound from trouble
    if known := recall(user_id, cached):
        return known
    person = one_statement(lambda connection: users.find(connection, user_id))
    if person is None:
        raise UserNotFound
    body = user_body(person)
    remember(body, cached)
    return body
