"""One-time codes: made, kept as an HMAC that binds each to what it is for, and sealed for its way to the owner."""

import secrets
from datetime import datetime, timedelta

from functions.user.keys import identity_ring, notices_ring

LIFE_MINUTES = 15
INVITATION_LIFE_MINUTES = 24 * 60  # handed over by a person, not by a mail server
_CODE_PURPOSE = "verification-code"
_NOTICE_PURPOSE = "one-time-code"
# Nearly 25 bits a group, in letters that cannot be mistaken for one another. An invitation has 100: it makes an admin.
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
_GROUPS, _SHORT_GROUPS, _GROUP_LENGTH = 4, 2, 5


def new_code() -> str:
    """Two groups, nearly 50 bits, as in abcde-fghjk: no number of guesses gets anywhere (docs/decisions/0028)."""
    return _grouped(_SHORT_GROUPS)


def new_invitation_code() -> str:
    """Letters and digits in groups, as in abcde-fghjk-mnpqr-stvwx."""
    return _grouped(_GROUPS)


def new_recovery_code() -> str:
    """Two such groups, nearly 50 bits: guesses get nowhere, from however many places (docs/decisions/0040)."""
    return _grouped(_SHORT_GROUPS)


def _grouped(groups: int) -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(groups * _GROUP_LENGTH)]
    starts = range(0, len(letters), _GROUP_LENGTH)
    return "-".join("".join(letters[start : start + _GROUP_LENGTH]) for start in starts)


def kept_form(owner_id: str, code: str, phone: str | None = None) -> str:
    """What is stored: it fits this one registration, or this one code of an account, only; and only with the number
    that it was sent to, where it went to a phone.
    """
    return identity_ring().hmac(_CODE_PURPOSE, _bound(owner_id, code, phone))


def matches(owner_id: str, code: str, kept: str, phone: str | None = None) -> bool:
    """Whether `code` belongs to what has this id, and to this number."""
    return identity_ring().is_hmac(_CODE_PURPOSE, _bound(owner_id, code, phone), kept)


def _bound(owner_id: str, code: str, phone: str | None) -> str:
    return "|".join(filter(None, (owner_id, code, phone)))


def long_over(expires_at: datetime) -> datetime:
    """When a code that nobody is to get is over, by its event: before anybody reads that, by whichever clock. So it is
    not sent, while all else is done as with one that is.
    """
    return expires_at - timedelta(minutes=2 * LIFE_MINUTES)


def sealed_for_notice(code: str, event_id: str, phone: str | None = None) -> str:
    """The code as it travels in the event of this id; only the notification service opens it, for this phone alone."""
    return notices_ring().seal(_NOTICE_PURPOSE, code, event_id if phone is None else f"{event_id} {phone}")
