"""What people are told about their whole account: of security, so nobody can have it switched off."""

from functions.notification.notice import Notice
from paycore.events.account import UserClosed, UserExported


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
