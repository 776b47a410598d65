"""What people are told about a change of their address: the code to the new one, the news to both."""

from functions.notification.notice import CODE, Notice
from paycore.events.user import UserEmailChangeAsked, UserEmailChanged


def asked(data: UserEmailChangeAsked) -> list[Notice]:
    """The new address gets the code, the old one hears of it."""
    code = (
        f"Your code is {CODE}.\n\nFor 15 minutes it makes this the address of the account that asked for it. If that "
        "was not you, do nothing, and tell nobody the code."
    )
    warning = (
        "Somebody who knows your password asked for another e-mail address for your account. If that was not you, "
        "change your password now."
    )
    return [
        Notice(data.change_id, "Your Paycore code", code, ("email",)),
        Notice(data.notice_id, "Another e-mail address was asked for", warning, ("email",)),
    ]


def changed(data: UserEmailChanged) -> list[Notice]:
    """The old address is told; the new one hears that the profile has changed."""
    body = "Your account has another e-mail address now. If that was not you, tell us at once."
    return [Notice(data.notice_id, "Your e-mail address has changed", body, ("email",))]
