"""Forgets what is over: changes of addresses, codes, challenges, counters of attempts, sessions with their tokens."""

from functions.user.store import past
from paycore.database import transaction

# Its notices may still be on their way, as long as those of a closed account.
_EMAIL_CHANGE_DAYS = 7
# Nobody needs them any more; a day lets an operator see what somebody complains about.
_CODE_DAYS = 1
_CHALLENGE_DAYS = 1
# No less than the longest window (24 h, for cards that are tried: functions.payment.velocity), and than a code whose
# tries are counted lives (15 min).
_ATTEMPT_DAYS = 1
# The owner sees in the export where somebody was signed in; a month is long enough to notice a stranger.
_SESSION_DAYS = 30

KEPT_DAYS = {
    "email_changes": _EMAIL_CHANGE_DAYS,
    "one_time_codes": _CODE_DAYS,
    "mfa_challenges": _CHALLENGE_DAYS,
    "attempts": _ATTEMPT_DAYS,
    "sessions": _SESSION_DAYS,
}


def forget_past(kind: str, at_most: int) -> int:
    """Forgets one batch of one kind, the oldest; how many rows of a table."""
    with transaction() as connection:
        return past.forget(connection, kind, KEPT_DAYS[kind], at_most)
