"""What people are told about their second factor: of security, so nobody can have it switched off."""

from functions.notification.left_texts import what_is_left
from functions.notification.notice import CODE, Notice
from paycore.events.second_factor import MfaChange, UserMfaChallenged, UserMfaChanged, UserMfaEnrollmentAsked

_NOT_YOU = " If that was not you, change your password and tell us at once."
_STOP = (
    " If you did not ask for that, stop it before: sign in with your second factor, or DELETE /v1/auth/mfa/reset. And "
    "tell us at once."
)
# Subject and body; {reason} and {effective_at} are those of an admin's reset.
_TEXTS: dict[MfaChange, tuple[str, str]] = {
    "enabled": (
        "Your second factor is on",
        "Signing in asks for a code of your phone from now on; all other sessions have ended." + _NOT_YOU,
    ),
    "disabled": (
        "Your second factor is off",
        "Your password alone opens your account again; all other sessions have ended." + _NOT_YOU,
    ),
    "codes_renewed": (
        "You have new recovery codes",
        "Your older recovery codes do not work any more." + _NOT_YOU,
    ),
    "code_used": (
        "A recovery code was used",
        "One of your recovery codes was used in place of a code of your phone. It works no more." + _NOT_YOU,
    ),
    "reset_requested": (
        "Your second factor is about to be removed",
        "We were told that you lost it: {reason}. Your password alone opens your account from {effective_at} on, for a "
        "week, if you sign in with it then." + _STOP,
    ),
    "reset_stopped": (
        "Your second factor stays",
        "The wish to remove your second factor was stopped: by you, or by your using it." + _NOT_YOU,
    ),
    "reset": (
        "Your second factor was removed",
        "As you were told a day ago, it was removed ({reason}), and all sessions have ended. Enrol a new one soon."
        + _NOT_YOU,
    ),
}


def when_enrollment_asked(data: UserMfaEnrollmentAsked) -> list[Notice]:
    """The code, by mail alone: who reads it is let in as an admin."""
    body = (
        f"Your code is {CODE}.\n\nFor 15 minutes it completes, with a code of the phone, the second factor that was "
        "asked for with your password. If that was not you, somebody knows your password: change it now, and tell "
        "nobody the code."
    )
    return [Notice(data.user_id, "Your Paycore code", body, ("email",))]


def when_challenged(data: UserMfaChallenged) -> list[Notice]:
    """The one mail about a sign-in on a new device: it comes before anybody is in, and may be all that comes."""
    body = (
        "Somebody gave your password on a new device and was asked for a code of your second factor; with it they are "
        "signed in. If that was not you, they know your password: change it now, which ends all sessions, and tell us."
    )
    return [Notice(data.user_id, "Sign-in from a new device", body)] if data.owner_told else []


def when_changed(data: UserMfaChanged) -> list[Notice]:
    """By e-mail and push, to the owner."""
    subject, body = _TEXTS[data.change]
    # the reason last and not by str.format: it may hold braces
    told = body.replace("{effective_at}", data.effective_at or "").replace("{reason}", data.reason or "")
    return [Notice(data.user_id, subject, told + what_is_left(data))]
