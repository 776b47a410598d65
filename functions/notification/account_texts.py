"""What people are told about their whole account: of security, so nobody can have it switched off."""

from functions.notification.notice import Notice
from paycore.events.account import UserClosed, UserExported, UserKycChanged

# Subject and body by kyc_status; {reason} is the admin's.
_KYC_TEXTS = {
    "pending": (
        "Your identity is being verified",
        "You asked us to verify who you are, and we shall tell you what we found. If it was not you, tell us at once.",
    ),
    "verified": ("Your identity is verified", "We have verified who you are."),
    "rejected": ("Your identity is not verified", "We could not verify who you are: {reason}. You may ask again."),
    "none": (
        "Your identity is to be verified anew",
        "Your account has another name, which we have not verified. Ask us to; until then lower limits may hold.",
    ),
}


def when_kyc_changed(data: UserKycChanged) -> list[Notice]:
    """By e-mail and push; why it is verified concerns the audit log alone."""
    subject, body = _KYC_TEXTS[data.status]
    # not by str.format: it may hold braces
    return [Notice(data.user_id, subject, body.replace("{reason}", data.reason or ""))]


def exported(data: UserExported) -> list[Notice]:
    """Whoever has the document knows much."""
    body = (
        "Everything that we keep about you was put into one document and downloaded. If that was not you, change your "
        "password and tell us at once."
    )
    return [Notice(data.user_id, "Your data was exported", body)]


def closed(data: UserClosed) -> list[Notice]:
    """By mail alone: the inbox is closed, too."""
    body = (
        "Your account is closed, as you asked. Nobody can sign in to it any more. In seven days your name, addresses "
        "and notices are erased; the books of past payments stay. If that was not you, tell us at once."
    )
    return [Notice(data.user_id, "Your account is closed", body, ("email",))]
