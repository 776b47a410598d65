"""The code from the mail that an admin needs to enrol a second factor: it makes an admin of who has the password."""

from functions.user import attempts, codes
from functions.user.redeem_code import redeem_code
from functions.user.send_code import send_code
from functions.user.store import Connection, one_time_codes
from functions.user.store.people import Person
from paycore.errors import RateLimited
from paycore.origin import Origin

_PURPOSE: one_time_codes.Purpose = "second_factor"


def is_needed(person: Person) -> bool:
    """Judged by the account as it is locked: the role may have come since the session began, or since enrolling."""
    return "admin" in person.roles


def take_mail(connection: Connection, person: Person, origin: Origin) -> RateLimited | None:
    """Counts a mail before it is sent: None, or the refusal to be raised after the commit."""
    return attempts.take(connection, attempts.mails_from(origin.address)) or attempts.take_mail(
        connection, _PURPOSE, person.email, origin
    )


def send(connection: Connection, person: Person, origin: Origin) -> None:
    """Mails a new one; it goes with the newest seed, so older ones do not work any more."""
    one_time_codes.forget(connection, person.id, _PURPOSE)
    send_code(connection, person.id, _PURPOSE, codes.new_code(), origin)


def fits(connection: Connection, person: Person, typed: str | None, origin: Origin) -> bool:
    """Whether it is the person's live code; the try counts, so the caller must commit either way."""
    return typed is not None and redeem_code(connection, person.id, typed, _PURPOSE, origin.address) is not None


def use_up(connection: Connection, person: Person) -> None:
    """It has done its work."""
    one_time_codes.forget(connection, person.id, _PURPOSE)
