"""What people are told about each event: one function per event, each side its own text."""

from collections.abc import Callable
from typing import Any

from functions.notification import (
    account_texts,
    api_key_texts,
    email_texts,
    mfa_texts,
    movement_texts,
    payment_texts,
    phone_texts,
)
from functions.notification.api_key_texts import still_live
from functions.notification.notice import CODE, EVERYWHERE, MAIL_AND_PUSH, NAME, Notice
from paycore import ids
from paycore.events.account import UserClosed, UserExported, UserKycChanged
from paycore.events.envelope import EventData
from paycore.events.ledger import LedgerBroken
from paycore.events.payment import PaymentFailed, PaymentProcessed, PaymentRefunded
from paycore.events.phone import UserPhoneVerificationAsked, UserPhoneVerified
from paycore.events.schedule import ScheduleFailed
from paycore.events.second_factor import UserMfaChallenged, UserMfaChanged, UserMfaEnrollmentAsked
from paycore.events.session import UserLoggedIn, UserSessionsEnded
from paycore.events.transaction import (
    TransactionCompleted,
    TransactionExpired,
    TransactionFailed,
    TransactionReversed,
)
from paycore.events.user import (
    UserApiKeyCreated,
    UserApiKeyExpiring,
    UserApiKeyRevoked,
    UserApiKeyRolled,
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
from paycore.money import Money, decimal


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
    return [Notice(data.user_id, "A session was ended for your safety", body + still_live(data.live_api_keys))]


def _password_forgotten(data: UserPasswordForgotten) -> list[Notice]:
    body = (
        f"Your code is {CODE}.\n\nFor 15 minutes it sets a new password for your account; all sessions end then. "
        "If you did not ask for it, somebody else did: do nothing, and tell nobody the code."
    )
    return [Notice(data.user_id, "Your Paycore code", body, ("email",))]


def _updated(data: UserUpdated) -> list[Notice]:
    if data.fields == ["password"]:
        body = "Your password has changed; all older sessions have ended. If that was not you, ask for a new one now."
        return [Notice(data.user_id, "Your password has changed", body + still_live(data.live_api_keys))]
    body = f"Changed: {', '.join(data.fields)}.{still_live(data.live_api_keys)}"
    return [Notice(data.user_id, "Your profile has changed", body)]


def _created(data: WalletCreated) -> list[Notice]:
    return [Notice(data.owner_id, "New wallet", f"Your {data.currency} wallet is open.", ("push",))]


def _funds_added(data: WalletFundsAdded) -> list[Notice]:
    """An admin's act has a reason; what a card payment or a refund moves has a notice of its own."""
    if data.reason is None:
        return []
    money = Money(data.amount, data.currency)
    return [Notice(data.owner_id, f"{money} added", f"{money} was added to your wallet: {data.reason}", EVERYWHERE)]


def _funds_deducted(data: WalletFundsDeducted) -> list[Notice]:
    if data.reason is None:
        return []
    money = Money(data.amount, data.currency)
    body = f"{money} was deducted from your wallet: {data.reason}"
    return [Notice(data.owner_id, f"{money} deducted", body, EVERYWHERE)]


def _deactivated(data: WalletDeactivated) -> list[Notice]:
    return [Notice(data.owner_id, "Wallet closed", f"Your wallet {data.wallet_id} is closed.")]


def _changed(data: WalletChanged) -> list[Notice]:
    """What its owner should know of; not the number of its balance rows, and not what the owner just did."""
    said = {
        "freeze": "has been frozen",
        "unfreeze": "is no longer frozen",
        "reopen": "is open again",
        "limit": "has another credit limit",
    }.get(data.action)
    if said is None:
        return []
    reason = f": {data.reason}" if data.reason else "."
    return [Notice(data.owner_id, "Your wallet has changed", f"Your wallet {data.wallet_id} {said}{reason}")]


def _threshold_crossed(data: WalletBalanceThresholdCrossed) -> list[Notice]:
    value = f"{decimal(data.value, data.currency)} {data.currency}"
    balance = f"{decimal(data.balance, data.currency)} {data.currency}"
    body = f"The {data.kind} balance of your wallet {data.wallet_id} is {balance}: {data.op} {value}."
    return [Notice(data.owner_id, f"Balance {data.op} {value}", body, EVERYWHERE)]


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
    WalletCreated: _created,
    WalletFundsAdded: _funds_added,
    WalletFundsDeducted: _funds_deducted,
    WalletDeactivated: _deactivated,
    WalletChanged: _changed,
    WalletBalanceThresholdCrossed: _threshold_crossed,
    TransactionCompleted: movement_texts.when_completed,
    TransactionFailed: movement_texts.when_failed,
    TransactionReversed: movement_texts.when_reversed,
    TransactionExpired: movement_texts.when_expired,
    ScheduleFailed: movement_texts.when_schedule_failed,
    PaymentProcessed: payment_texts.when_processed,
    PaymentFailed: payment_texts.when_failed,
    PaymentRefunded: payment_texts.when_refunded,
}
