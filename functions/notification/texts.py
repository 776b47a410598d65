"""What people are told about each event: one function per event, each side its own text."""

from collections.abc import Callable
from typing import Any

from functions.notification import (
    account_texts,
    api_key_texts,
    email_texts,
    mfa_texts,
    movement_texts,
    payment_method_texts,
    payment_texts,
    phone_texts,
    schedule_texts,
    wallet_texts,
)
from functions.notification.left_texts import what_is_left
from functions.notification.notice import CODE, MAIL_AND_PUSH, NAME, Notice
from paycore import ids
from paycore.events.account import UserClosed, UserExported, UserKycChanged
from paycore.events.api_key import UserApiKeyCreated, UserApiKeyExpiring, UserApiKeyRevoked, UserApiKeyRolled
from paycore.events.envelope import EventData
from paycore.events.ledger import LedgerBroken
from paycore.events.payment import PaymentFailed, PaymentProcessed, PaymentRefunded
from paycore.events.payment_method import PaymentMethodRemoved, PaymentMethodSaved
from paycore.events.phone import UserPhoneVerificationAsked, UserPhoneVerified
from paycore.events.schedule import (
    ScheduleCanceled,
    ScheduleCreated,
    ScheduleFailed,
    SchedulePaused,
    ScheduleResumed,
)
from paycore.events.second_factor import UserMfaChallenged, UserMfaChanged, UserMfaEnrollmentAsked
from paycore.events.session import UserLoggedIn, UserSessionsEnded
from paycore.events.transaction import (
    TransactionCompleted,
    TransactionExpired,
    TransactionFailed,
    TransactionReversed,
)
from paycore.events.user import (
    UserEmailChangeAsked,
    UserEmailChanged,
    UserPasswordForgotten,
    UserRegistered,
    UserUpdated,
    UserVerified,
)
from paycore.events.wallet import (
    WalletBalanceThresholdCrossed,
    WalletChanged,
    WalletCreated,
    WalletDeactivated,
    WalletFundsAdded,
    WalletFundsDeducted,
)


def notices(data: EventData) -> list[Notice]:
    """Who is told what; nobody about `transaction.created`, which `.completed` or `.failed` follows at once."""
    write = _TEXTS.get(type(data))
    return write(data) if write else []


def _broken(_: LedgerBroken) -> list[Notice]:
    """Nobody by this way: the alarm calls the operators, admins read the result, an owner hears of the freeze."""
    return []


def _registered(data: UserRegistered) -> list[Notice]:
    """Several people may have registered one address: the mail says which of them the code is for."""
    made_at = ids.made_at(data.registration_id).strftime("%Y-%m-%d at %H:%M:%S UTC")
    body = (
        f"Your code is {CODE}.\n\nFor 15 minutes it completes one registration with this address and brings the "
        f"password to life that was chosen there: the registration made on {made_at} under a name that begins with "
        f"{NAME}.\n\nIf that was not you, do not use the code: it would give the account to whoever registered there. "
        "Where several such messages came, only the one with your time and name is yours. If none is, register again."
    )
    return [Notice(data.registration_id, "Your Paycore code", body, ("email",))]


def _verified(data: UserVerified) -> list[Notice]:
    return [Notice(data.user_id, "Welcome to Paycore", "Your e-mail address is verified. You can sign in now.")]


def _logged_in(data: UserLoggedIn) -> list[Notice]:
    """Who was told when the second factor was asked for gets no second mail; the inbox says that it was shown."""
    body = "Somebody signed in to your account on a new device. If that was not you, change your password and tell us."
    channels = ("inbox",) if data.owner_told else MAIL_AND_PUSH
    return [Notice(data.user_id, "Sign-in from a new device", body, channels)] if data.new_device else []


def _sessions_ended(data: UserSessionsEnded) -> list[Notice]:
    """Who ended them knows; a refresh token that was used twice may be in a thief's hands."""
    if data.reason != "reuse":
        return []
    body = (
        "A key of one of your sessions was used twice, as a thief would, so the session has ended. Sign in again. "
        "If you see sessions that are not yours, change your password."
    )
    return [Notice(data.user_id, "A session was ended for your safety", body + what_is_left(data))]


def _password_forgotten(data: UserPasswordForgotten) -> list[Notice]:
    body = (
        f"Your code is {CODE}.\n\nFor 15 minutes it sets a new password for your account; all sessions end then. "
        "If you did not ask for it, somebody else did: do nothing, and tell nobody the code."
    )
    return [Notice(data.user_id, "Your Paycore code", body, ("email",))]


def _updated(data: UserUpdated) -> list[Notice]:
    if data.fields == ["password"]:
        body = "Your password has changed; all older sessions have ended. If that was not you, ask for a new one now."
        return [Notice(data.user_id, "Your password has changed", body + what_is_left(data))]
    body = f"Changed: {', '.join(data.fields)}.{what_is_left(data)}"
    return [Notice(data.user_id, "Your profile has changed", body)]


_TEXTS: dict[type[EventData], Callable[[Any], list[Notice]]] = {
    LedgerBroken: _broken,
    UserRegistered: _registered,
    UserVerified: _verified,
    UserLoggedIn: _logged_in,
    UserPasswordForgotten: _password_forgotten,
    UserSessionsEnded: _sessions_ended,
    UserEmailChangeAsked: email_texts.asked,
    UserEmailChanged: email_texts.changed,
    UserMfaEnrollmentAsked: mfa_texts.when_enrollment_asked,
    UserMfaChallenged: mfa_texts.when_challenged,
    UserMfaChanged: mfa_texts.when_changed,
    UserPhoneVerificationAsked: phone_texts.when_asked,
    UserPhoneVerified: phone_texts.when_verified,
    UserUpdated: _updated,
    UserKycChanged: account_texts.when_kyc_changed,
    UserExported: account_texts.exported,
    UserClosed: account_texts.closed,
    UserApiKeyCreated: api_key_texts.created,
    UserApiKeyRolled: api_key_texts.rolled,
    UserApiKeyRevoked: api_key_texts.revoked,
    UserApiKeyExpiring: api_key_texts.expiring,
    WalletCreated: wallet_texts.when_created,
    WalletFundsAdded: wallet_texts.when_funds_added,
    WalletFundsDeducted: wallet_texts.when_funds_deducted,
    WalletDeactivated: wallet_texts.when_deactivated,
    WalletChanged: wallet_texts.when_changed,
    WalletBalanceThresholdCrossed: wallet_texts.when_threshold_crossed,
    TransactionCompleted: movement_texts.when_completed,
    TransactionFailed: movement_texts.when_failed,
    TransactionReversed: movement_texts.when_reversed,
    TransactionExpired: movement_texts.when_expired,
    ScheduleCreated: schedule_texts.when_created,
    SchedulePaused: schedule_texts.when_paused,
    ScheduleResumed: schedule_texts.when_resumed,
    ScheduleCanceled: schedule_texts.when_canceled,
    ScheduleFailed: schedule_texts.when_failed,
    PaymentProcessed: payment_texts.when_processed,
    PaymentFailed: payment_texts.when_failed,
    PaymentRefunded: payment_texts.when_refunded,
    PaymentMethodSaved: payment_method_texts.when_saved,
    PaymentMethodRemoved: payment_method_texts.when_removed,
}
