"""How often somebody may try: per account and per source address, counted in PostgreSQL and so across everything.

An attempt is taken before the secret is looked at and given back when it was right, so parallel guesses gain nothing.
An account is named by its address whether it exists or not, and while it is locked the right password gets the same
answer as a wrong one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from functions.user.keys import identity_ring
from functions.user.store import Connection
from paycore import attempts as store
from paycore.attempts import Wait
from paycore.database import transaction
from paycore.errors import RateLimited
from paycore.household import household
from paycore.origin import Origin

WINDOW_S = 15 * 60
GAP_S = 60  # between two codes to a phone: the first may still be on its way
_DAY_S = 24 * 60 * 60
_DOUBLINGS = 4  # what guesses at one account wait for: a quarter of an hour, half, one, two, then four hours
_PURPOSE = "attempt-subject"
# What a code is sent for. Each counts apart: who has one sent uses up no other (docs/decisions/0028).
Mail = Literal["registration", "resend", "password", "email", "second_factor", "phone"]


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts of one kind by one subject, at most `limit` in a window of so many seconds."""

    kind: str
    limit: int
    subject: str
    window_s: int = WINDOW_S
    doublings: int = 0  # so often a window with wrong tries makes the next one twice as long

    @property
    def key(self) -> str:
        """The counter's name; an HMAC, so that the table tells nobody which addresses were tried."""
        return f"{self.kind}:{identity_ring().hmac(_PURPOSE, f'{self.kind}|{self.subject}')}"


def sign_ins_to(email: str) -> Attempts:
    """Passwords tried on an account from devices that it does not know."""
    return Attempts("sign-in-account", 5, email, doublings=_DOUBLINGS)


def sign_ins_with(device_digest: bytes) -> Attempts:
    """Passwords tried from a known device: guesses from elsewhere do not lock its owner out."""
    return Attempts("sign-in-device", 5, device_digest.hex(), doublings=_DOUBLINGS)


def own_passwords_of(user_id: str) -> Attempts:
    """Passwords asked for again in a session: guesses from outside do not stop who is in."""
    return Attempts("own-password", 5, user_id)


def sign_ins_from(address: str) -> Attempts:
    """Passwords tried from a source on whatever accounts, which do not know the device: an office shares one."""
    return Attempts("sign-in-source", 20, household(address))


def codes_from(address: str) -> Attempts:
    """One-time codes tried from a source, on whatever accounts, by nobody who is signed in."""
    return Attempts("code-source", 20, household(address))


def own_codes_of(user_id: str) -> Attempts:
    """One-time codes tried in a session: those of strangers behind the same address do not stop who is in."""
    return Attempts("own-code", 20, user_id)


def mails_to(recipient: str, mail: Mail) -> Attempts:
    """Codes sent to an address, or a phone, for one thing: a mailbox is not flooded."""
    return Attempts("mail-address", 10, f"{mail}|{recipient}")


def mails_to_by(recipient: str, mail: Mail, address: str) -> Attempts:
    """Those that one source had sent: nobody alone uses up what the owner needs."""
    return Attempts("mail-address-source", 5, f"{mail}|{recipient}|{household(address)}")


def mails_from(address: str) -> Attempts:
    """Codes that a source had sent."""
    return Attempts("mail-source", 30, household(address))


def phone_codes_of(user_id: str) -> Attempts:
    """Codes that an account has sent to its phone, whatever number that is: one a minute."""
    return Attempts("phone-gap", 1, user_id, GAP_S)


def phone_codes_a_day_of(user_id: str) -> Attempts:
    """The same of a whole day: an SMS costs money, and somebody earns it (docs/decisions/0031)."""
    return Attempts("phone-day", 10, user_id, _DAY_S)


def factors_of(user_id: str) -> Attempts:
    """Codes of the phone tried on an account, from wherever: of a million, one fits."""
    return Attempts("factor-account", 5, user_id, doublings=_DOUBLINGS)


def recovery_codes_of(user_id: str, tried_by: str) -> Attempts:
    """Recovery codes of an account that one source, known device or session tried: no other's tries use the owner's up
    (docs/decisions/0040).
    """
    return Attempts("recovery", 5, f"{user_id}|{tried_by}")


def factors_from(address: str) -> Attempts:
    """Codes of second factors tried from a source at sign-ins to whatever accounts, which do not know the device."""
    return Attempts("factor-source", 20, household(address))


def challenges_told_to(user_id: str) -> Attempts:
    """Mails that somebody gave an account's password on a new device and was asked for the second factor."""
    return Attempts("challenge-notice", 1, user_id, _DAY_S)


def exports_of(user_id: str) -> Attempts:
    """Documents of all that is kept about somebody: each is much to read, and a mail to the owner."""
    return Attempts("export-account", 5, user_id)


def sessions_by(address: str) -> Attempts:
    """Refresh tokens presented by a source, while Redis does not count its requests."""
    return Attempts("session-source", 60, household(address))


def take(connection: Connection, attempts: Attempts) -> RateLimited | None:
    """Takes one: None, or the refusal to be raised after the commit."""
    wait = wait_for(connection, attempts)
    return RateLimited(retry_after_s=wait.seconds) if wait is not None else None


def wait_for(connection: Connection, attempts: Attempts) -> Wait | None:
    """Takes one: None, or how long to wait for the next."""
    return store.take(connection, attempts.key, attempts.limit, attempts.window_s, doublings=attempts.doublings)


def admit(attempts: Attempts) -> None:
    """Takes one in a commit of its own; raises RateLimited."""
    with transaction() as connection:
        refusal = take(connection, attempts)
    if refusal:
        raise refusal


def admit_uncounted(origin: Origin) -> None:
    """For what the limit per address guards otherwise: counted here while Redis is down; raises RateLimited."""
    if not origin.limits_are_exact:
        admit(sessions_by(origin.address))


def take_mail(connection: Connection, mail: Mail, recipient: str, origin: Origin) -> RateLimited | None:
    """Takes one code that `origin` has sent to an address or a phone: None, or the refusal."""
    # the source first: one that had enough must not use up what all others have
    return take(connection, mails_to_by(recipient, mail, origin.address)) or take(connection, mails_to(recipient, mail))


def take_each(connection: Connection, attempts: Sequence[Attempts]) -> list[bool]:
    """Takes one of each, of subjects that live no longer than a window; answers which were left."""
    keys = [each.key for each in attempts]
    admitted = store.take_each(connection, keys, attempts[0].limit) if keys else set()
    return [key in admitted for key in keys]


def tries_of_code(code_hmac: str, address: str) -> Attempts:
    """One source's tries of one code: a stranger's spoil nothing for its owner."""
    return Attempts("code", 5, f"{code_hmac}|{household(address)}")


def give_back(connection: Connection, attempts: Attempts) -> None:
    """It was no guess: the attempt does not count."""
    store.give_back(connection, attempts.key)


def forgive(connection: Connection, attempts: Attempts) -> None:
    """The subject proved itself: nothing counts any more."""
    store.clear(connection, attempts.key)
