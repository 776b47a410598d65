"""Every refusal that a client can meet: its code, its status, its facts. Everything else is a bug and answers 500.

The statuses follow RFC 9110; the rendering as problem+json (RFC 9457) is done once, in `paycore.http`.
"""

from dataclasses import dataclass, fields, is_dataclass
from typing import ClassVar

Fact = str | int | bool | None | list[str] | list[dict[str, str]] | dict[str, str | int | None]


# For how long a second factor that was shown opens what needs one (features.md, A4).
STEP_UP_LIFE_S = 5 * 60


class PaymentError(Exception):
    """The base of all refusals. A subclass fixes `code`, `status` and `detail`; its dataclass fields are the facts."""

    code: ClassVar[str]
    status: ClassVar[int]
    detail: ClassVar[str]
    retryable: ClassVar[bool] = False
    retry_after_s: int | None = None
    # What the header WWW-Authenticate says.
    challenge: ClassVar[str | None] = None
    # The request that met this refusal first, when an Idempotency-Key replays it.
    first_request_id: str | None = None

    def facts(self) -> dict[str, Fact]:
        """What the client may know beyond the code: never a submitted value, never a secret."""
        if not is_dataclass(self):
            return {}
        names = (field.name for field in fields(self))
        return {name: getattr(self, name) for name in names if name != "retry_after_s"}

    def __str__(self) -> str:
        return self.code


# --- 400: the request cannot be read -------------------------------------------------------------------


class InvalidJson(PaymentError):
    code, status = "invalid_json", 400
    detail = "The body is not one JSON object in clean UTF-8 with each name once."


class IdempotencyKeyRequired(PaymentError):
    code, status = "idempotency_key_required", 400
    detail = "This route moves money: send an Idempotency-Key header."


class InvalidIdempotencyKey(PaymentError):
    code, status = "invalid_idempotency_key", 400
    detail = "An Idempotency-Key is 1 to 255 visible ASCII characters, sent once; with a comma it is quoted."


@dataclass(eq=False)
class InvalidParameter(PaymentError):
    param: str

    code, status = "invalid_parameter", 400
    detail = "A query parameter is unknown, repeated, out of range or not what this server issued."


class PreflightRefused(PaymentError):
    code, status = "preflight_refused", 400
    detail = "Pages of this origin may not send such a request (CORS)."


# --- 401: who is asking? -------------------------------------------------------------------------------


class MissingToken(PaymentError):
    code, status = "missing_token", 401
    detail = "Send an access token: Authorization: Bearer <token>."


class InvalidToken(PaymentError):
    code, status = "invalid_token", 401
    detail = "The token is not valid, or not valid any more."


class ApiKeyExpired(PaymentError):
    code, status = "api_key_expired", 401
    detail = "This API key has expired. Its owner can make a new one."


class SessionRevoked(PaymentError):
    code, status = "session_revoked", 401
    detail = "This session has ended. Sign in again."


class InvalidCredentials(PaymentError):
    code, status = "invalid_credentials", 401
    detail = "The e-mail address or the password is wrong."


# --- 402, 403, 404, 405 --------------------------------------------------------------------------------


@dataclass(eq=False)
class PaymentDeclined(PaymentError):
    payment_id: str
    decline_code: str

    code, status = "payment_declined", 402
    detail = "The card issuer declined the payment."


@dataclass(eq=False)
class RefundDeclined(PaymentError):
    refund_id: str
    decline_code: str

    code, status = "refund_declined", 402
    detail = "The card issuer refused the refund. The money is back in the wallet."


class Forbidden(PaymentError):
    code, status = "forbidden", 403
    detail = "Your role does not allow this."


class AddressNotAllowed(PaymentError):
    code, status = "address_not_allowed", 403
    detail = "This API key may not be used from your address."


class SecondFactorRequired(PaymentError):
    code, status = "second_factor_required", 403
    detail = (
        "An admin acts in a session that has shown a second factor. Enrol one (POST /v1/auth/mfa/enroll), or sign in "
        "with it."
    )


class EmailNotVerified(PaymentError):
    code, status = "email_not_verified", 403
    detail = "Verify your e-mail address first."


@dataclass(eq=False)
class StepUpRequired(PaymentError):
    """`max_age` in seconds: how long ago the second factor may have been shown (RFC 9470)."""

    max_age: int = STEP_UP_LIFE_S

    code, status = "step_up_required", 403
    detail = (
        "Show your second factor (POST /v1/auth/mfa/step-up) and send the request again with the new access token. "
        "Who has none enrols one first (POST /v1/auth/mfa/enroll), or signs in again to close or export the account."
    )
    challenge = f'Bearer error="insufficient_user_authentication", max_age="{STEP_UP_LIFE_S}"'


@dataclass(eq=False)
class LimitExceeded(PaymentError):
    """`limit`: per_transaction, per_day or per_month; amounts in minor units; `resets_at` RFC 3339 or None."""

    limit: str
    allowed: int
    used: int
    resets_at: str | None

    code, status = "limit_exceeded", 403
    detail = "This would exceed a spending limit of your account."


class NotFound(PaymentError):
    code, status = "not_found", 404
    detail = "There is no such route."


class WalletNotFound(PaymentError):
    code, status = "wallet_not_found", 404
    detail = "There is no such wallet."


class TransactionNotFound(PaymentError):
    code, status = "transaction_not_found", 404
    detail = "There is no such transaction."


class QuoteNotFound(PaymentError):
    code, status = "quote_not_found", 404
    detail = "There is no such quote."


class LedgerVerificationNotFound(PaymentError):
    code, status = "ledger_verification_not_found", 404
    detail = "The ledger has not been verified yet: the first verification runs within five minutes."


class ScheduleNotFound(PaymentError):
    code, status = "schedule_not_found", 404
    detail = "There is no such schedule."


class SpendingLimitNotFound(PaymentError):
    code, status = "spending_limit_not_found", 404
    detail = "There is no such limit."


class StepUpLimitNotFound(PaymentError):
    code, status = "step_up_limit_not_found", 404
    detail = "There is no such limit."


class MfaResetNotFound(PaymentError):
    code, status = "mfa_reset_not_found", 404
    detail = "Nobody has asked for your second factor to be removed."


class BalanceRuleNotFound(PaymentError):
    code, status = "balance_rule_not_found", 404
    detail = "There is no such rule."


class SessionNotFound(PaymentError):
    code, status = "session_not_found", 404
    detail = "There is no such session."


class ApiKeyNotFound(PaymentError):
    code, status = "api_key_not_found", 404
    detail = "There is no such API key."


class UserNotFound(PaymentError):
    code, status = "user_not_found", 404
    detail = "There is no such user."


class PaymentMethodNotFound(PaymentError):
    code, status = "payment_method_not_found", 404
    detail = "There is no such payment method."


class PaymentNotFound(PaymentError):
    code, status = "payment_not_found", 404
    detail = "There is no such payment."


class RefundNotFound(PaymentError):
    code, status = "refund_not_found", 404
    detail = "There is no such refund."


class NotificationNotFound(PaymentError):
    code, status = "notification_not_found", 404
    detail = "There is no such notification."


class MethodNotAllowed(PaymentError):
    code, status = "method_not_allowed", 405
    detail = "The route exists, but not with this method."


# --- 409: the state says no ----------------------------------------------------------------------------


class MfaEnrolled(PaymentError):
    code, status = "mfa_enrolled", 409
    detail = "The account has a second factor already. Disable it first."


class MfaNotEnrolled(PaymentError):
    code, status = "mfa_not_enrolled", 409
    detail = "The account has no second factor. Its owner can enrol one: POST /v1/auth/mfa/enroll."


class PhoneMissing(PaymentError):
    code, status = "phone_missing", 409
    detail = "Your profile has no phone. Set one first: PATCH /v1/users/me."


class PhoneVerified(PaymentError):
    code, status = "phone_verified", 409
    detail = "The phone of your profile is verified already."


class AccountClosed(PaymentError):
    code, status = "account_closed", 409
    detail = "The account was closed by its owner, for good."


@dataclass(eq=False)
class AccountNotEmpty(PaymentError):
    """`wallet_ids`: those that keep the account open, at most 20 of them."""

    wallet_ids: list[str]

    code, status = "account_not_empty", 409
    detail = (
        "Some wallets hold money that no wallet of `sweep_to` takes, owe money, or have an open hold or a payment or "
        "refund in process."
    )


class LastAdmin(PaymentError):
    code, status = "last_admin", 409
    detail = "This is the only active admin. Make another one first."


class WalletExists(PaymentError):
    code, status = "wallet_exists", 409
    detail = "You already have such a wallet in this currency: give the new one another name."


@dataclass(eq=False)
class WalletFrozen(PaymentError):
    wallet_id: str

    code, status = "wallet_frozen", 409
    detail = "The wallet is frozen in this direction."


@dataclass(eq=False)
class WalletClosed(PaymentError):
    wallet_id: str

    code, status = "wallet_closed", 409
    detail = "The wallet is closed."


class WalletNotEmpty(PaymentError):
    code, status = "wallet_not_empty", 409
    detail = "The wallet still holds money or an open hold."


@dataclass(eq=False)
class TooManyApiKeys(PaymentError):
    api_keys_max: int

    code, status = "too_many_api_keys", 409
    detail = "You have as many API keys as may be used at once. Revoke one first."


@dataclass(eq=False)
class TooManySchedules(PaymentError):
    schedules_max: int

    code, status = "too_many_schedules", 409
    detail = "You have as many schedules as may run at once. Cancel one first."


@dataclass(eq=False)
class TooManyBalanceRules(PaymentError):
    """`rules_max`: how many a wallet may have."""

    rules_max: int

    code, status = "too_many_balance_rules", 409
    detail = "The wallet has as many rules as it may have."


@dataclass(eq=False)
class VersionConflict(PaymentError):
    """`version`: what the wallet has now."""

    wallet_id: str
    version: int

    code, status = "version_conflict", 409
    detail = "The wallet has changed since the version that you expected."


@dataclass(eq=False)
class BalanceConditionFailed(PaymentError):
    """`condition`: its place in the request, from 0; `balance`: what the wallet would have had."""

    wallet_id: str
    condition: int
    balance: int

    code, status = "balance_condition_failed", 422
    detail = "The wallet would not have the balance that you made a condition."


@dataclass(eq=False)
class HoldEnded(PaymentError):
    """`state`: captured, voided or expired."""

    state: str

    code, status = "hold_ended", 409
    detail = "The hold has already ended."


class NotAHold(PaymentError):
    code, status = "not_a_hold", 409
    detail = "This transaction is not a hold."


class RecipientUnknown(PaymentError):
    code, status = "recipient_unknown", 409
    detail = "Nobody has claimed this money yet: it can only be voided."


class NotReversible(PaymentError):
    code, status = "not_reversible", 409
    detail = "A transaction of this kind cannot be reversed; a card payment is given back by a refund."


class AlreadyReversed(PaymentError):
    code, status = "already_reversed", 409
    detail = "The whole transaction has been reversed already."


class QuoteUsed(PaymentError):
    code, status = "quote_used", 409
    detail = "The quote was used already."


class QuoteExpired(PaymentError):
    code, status = "quote_expired", 409
    detail = "The quote has expired: ask for a new one."


@dataclass(eq=False)
class DuplicateExternalId(PaymentError):
    transaction_id: str

    code, status = "duplicate_external_id", 409
    detail = "Another transaction already has this external_id."


class IdempotencyInProgress(PaymentError):
    code, status = "idempotency_in_progress", 409
    detail = "The first request with this key is still running. Send it again, unchanged."
    retryable = True
    retry_after_s = 1


@dataclass(eq=False)
class InvalidState(PaymentError):
    state: str

    code, status = "invalid_state", 409
    detail = "This is not possible in the present state."


class NothingToRefund(PaymentError):
    code, status = "nothing_to_refund", 409
    detail = "Nothing of this payment remains to be refunded."


# --- 413, 415, 422 -------------------------------------------------------------------------------------


class BodyTooLarge(PaymentError):
    code, status = "body_too_large", 413
    detail = "The body is larger than this route takes."


class UnsupportedMediaType(PaymentError):
    code, status = "unsupported_media_type", 415
    detail = "Send application/json in UTF-8, not encoded."


@dataclass(eq=False)
class InvalidRequest(PaymentError):
    """`errors`: one {"param": JSON pointer, "code", "detail"} for each field at fault (RFC 6901), of the first 20."""

    errors: list[dict[str, str]]

    code, status = "invalid_request", 422
    detail = "The body does not fit this route."


class IdempotencyKeyReused(PaymentError):
    code, status = "idempotency_key_reused", 422
    detail = "This Idempotency-Key was used for another request."


@dataclass(eq=False)
class InsufficientFunds(PaymentError):
    """`short_by` in minor units: what is missing in the wallet."""

    wallet_id: str
    short_by: int

    code, status = "insufficient_funds", 422
    detail = "The wallet does not hold enough available money."


class CurrencyMismatch(PaymentError):
    code, status = "currency_mismatch", 422
    detail = "The amount and the wallets are not all of one currency."


class SameWallet(PaymentError):
    code, status = "same_wallet", 422
    detail = "Source and target are the same wallet."


class BalanceOutOfRange(PaymentError):
    code, status = "balance_out_of_range", 422
    detail = "The movement would bring a balance beyond what the ledger can hold."


@dataclass(eq=False)
class CaptureExceedsHold(PaymentError):
    """`remaining` in minor units."""

    remaining: int

    code, status = "capture_exceeds_hold", 422
    detail = "The capture is larger than what remains of the hold."


@dataclass(eq=False)
class ReversalExceedsRemaining(PaymentError):
    """`remaining` in minor units."""

    remaining: int

    code, status = "reversal_exceeds_remaining", 422
    detail = "The reversal is larger than what remains of the transaction."


@dataclass(eq=False)
class ReversalIsWhole(PaymentError):
    """`amount`: what a reversal brings back, in minor units of the currency that was paid out."""

    amount: int

    code, status = "reversal_is_whole", 422
    detail = "A conversion is reversed as a whole."


class RateNotAvailable(PaymentError):
    code, status = "rate_not_available", 422
    detail = "There is no exchange rate for this pair of currencies."


class AmountOutOfRange(PaymentError):
    code, status = "amount_out_of_range", 422
    detail = "The converted amount is more than a movement may carry."


class ConversionTooSmall(PaymentError):
    code, status = "conversion_too_small", 422
    detail = "Rounding would change so small an amount by more than 0.5 percent. Convert more at once."


@dataclass(eq=False)
class BulkRefused(PaymentError):
    """`index`: of the item that was refused, from 0; `reason`: its code; `item_facts`: what that refusal tells."""

    index: int
    reason: str
    item_facts: dict[str, str | int | None]

    code, status = "bulk_refused", 422
    detail = "One of the transfers was refused, so none was made."


@dataclass(eq=False)
class StatementTooLarge(PaymentError):
    """`rows_max`: how many rows a statement may have."""

    rows_max: int

    code, status = "statement_too_large", 422
    detail = "The statement has more than one answer can carry: ask for a shorter period."


class InvalidCode(PaymentError):
    code, status = "invalid_code", 422
    detail = "The code is wrong, used or stale."


@dataclass(eq=False)
class RefundExceedsRemaining(PaymentError):
    """`remaining` in minor units."""

    remaining: int

    code, status = "refund_exceeds_remaining", 422
    detail = "The refund is larger than what remains of the payment."


# --- 429, 503: not now ---------------------------------------------------------------------------------


@dataclass(eq=False)
class RateLimited(PaymentError):
    """`index`: of the item of an atomic bulk that came too early, from 0; told only there."""

    retry_after_s: int | None = 60
    index: int | None = None

    code, status = "rate_limited", 429
    detail = "Too many requests. Wait and try again."
    retryable = True

    def facts(self) -> dict[str, Fact]:
        return {"index": self.index} if self.index is not None else {}


class Busy(PaymentError):
    code, status = "busy", 503
    detail = "Another request holds what this one needs. Try again."
    retryable = True
    retry_after_s = 1


class Overloaded(PaymentError):
    code, status = "overloaded", 503
    detail = "The system has more to do than it can: money cannot move right now. Try again."
    retryable = True
    retry_after_s = 5


class Unavailable(PaymentError):
    code, status = "unavailable", 503
    detail = "A part of the system that this needs is not available. Try again."
    retryable = True
    retry_after_s = 2


def all_errors() -> dict[str, type[PaymentError]]:
    """Every refusal by its code."""
    return {error.code: error for error in PaymentError.__subclasses__()}
