"""Bodies of the second factor."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from functions.user.fields import DeviceToken, OneTimeCode, Password
from paycore.fields import FreeText, StrictModel

# Six digits of the phone, or a recovery code.
FactorCode = Annotated[str, Field(pattern=r"^([0-9]{6}|[a-z0-9]{5}-[a-z0-9]{5})$", examples=["123456", "abcde-fghjk"])]
# Six digits of the phone.
SixDigits = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class EnrollFactor(StrictModel):
    """The password: a factor is enrolled by the owner, not by whoever has a token."""

    password: Password


class ConfirmFactor(StrictModel):
    """The first code of the phone; and the one from the mail, where enrolling said that one is required."""

    code: SixDigits
    email_code: OneTimeCode | None = None


class ShowFactor(StrictModel):
    """A code of the phone, or a recovery code."""

    code: FactorCode


class PassChallenge(StrictModel):
    """The token that signing in answered, and a code. `device_token` where it did not come with the password: then the
    owner was told of a new device.
    """

    mfa_token: Annotated[str, Field(min_length=1, max_length=200)]
    code: FactorCode
    device_token: DeviceToken | None = None


class ChangeFactor(StrictModel):
    """Nothing to say."""


class ResetFactor(StrictModel):
    """The reason is kept and told to the owner."""

    reason: FreeText


class MfaEnrollmentBody(BaseModel):
    """The seed, in the three ways that apps take it; shown once.

    `email_code_required`: a code went to the address of the account, which confirming takes, too.
    """

    object: Literal["mfa_enrollment"]
    secret: str
    otpauth_uri: str
    qr_code_svg: str
    email_code_required: bool


class RecoveryCodesBody(BaseModel):
    """Each opens the account once; shown once."""

    object: Literal["recovery_codes"]
    codes: list[str]


class MfaBody(BaseModel):
    """The state of the second factor; `reset_at`: when it goes because an admin asked, unless its owner stops that."""

    object: Literal["mfa"]
    enabled: bool
    enabled_at: str | None
    recovery_codes_left: int
    reset_at: str | None


class MfaResetBody(BaseModel):
    """When somebody's second factor goes."""

    object: Literal["mfa_reset"]
    user_id: str
    reset_at: str


class MfaChallengeBody(BaseModel):
    """In place of a session: the password was right, a code is awaited."""

    object: Literal["mfa_challenge"]
    mfa_token: str
    methods: list[Literal["totp", "recovery_code"]]
    expires_in: int


class AccessTokenBody(BaseModel):
    """A new access token of the same session; its life in seconds."""

    object: Literal["access_token"]
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    session_id: str
