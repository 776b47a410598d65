"""What people are told about their phone: the code to the phone itself, the news to mailbox and app."""

from functions.notification.notice import CODE, Notice
from paycore.events.phone import UserPhoneVerificationAsked, UserPhoneVerified


def when_asked(data: UserPhoneVerificationAsked) -> list[Notice]:
    """To the number that the profile has by then: of another one the code is void. Short, as an SMS is."""
    body = (
        f"Your Paycore code is {CODE}. For 15 minutes it says that this phone is yours. If you did not ask for it, do "
        "nothing, and tell nobody the code."
    )
    return [Notice(data.user_id, "Your Paycore code", body, ("sms",))]


def when_verified(data: UserPhoneVerified) -> list[Notice]:
    """By e-mail and push."""
    body = "The phone of your profile is verified. If that was not you, change your password and tell us at once."
    return [Notice(data.user_id, "Your phone is verified", body)]
