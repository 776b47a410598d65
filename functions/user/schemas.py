"""Bodies of the user API."""

from typing import Literal

from pydantic import BaseModel, Field

from functions.user.fields import (
    DeviceToken,
    InvitationCode,
    Locale,
    NewPassword,
    OneTimeCode,
    Password,
    PersonName,
    Phone,
    RefreshToken,
)
from paycore.email_address import EmailAddress
from paycore.fields import FreeText, Name, StrictModel

Role = Literal["user", "merchant", "admin"]
Status = Literal["active", "disabled"]  # what an admin may set
AccountStatus = Status | Literal["closed"]
KycStatus = Literal["none", "pending", "verified", "rejected"]
# Where a field may be left out but not be null: the default only stands for "left out" and is never read.
LEFT_OUT = ""


class Register(StrictModel):
    """A wish for an account."""

    email: EmailAddress
    password: NewPassword
    full_name: PersonName
    phone: Phone | None = None
    locale: Locale = "en"


class VerifyEmail(StrictModel):
    """The code from the mail opens the registration that it was made for."""

    email: EmailAddress
    code: OneTimeCode


class ResendVerification(StrictModel):
    """Asks for a new code."""

    email: EmailAddress


class AcceptInvitation(StrictModel):
    """The code that an operator handed over."""

    email: EmailAddress
    code: InvitationCode
    password: NewPassword
    full_name: PersonName


class LogIn(StrictModel):
    """`device` is a name for the list of sessions. With the `device_token` of a device that is known nobody is told."""

    email: EmailAddress
    password: Password
    device: Name | None = None
    device_token: DeviceToken | None = None


class UseRefreshToken(StrictModel):
    """For refresh and logout."""

    refresh_token: RefreshToken


class ForgotPassword(StrictModel):
    """Asks for a code that sets a new password."""

    email: EmailAddress


class ResetPassword(StrictModel):
    """The code from the mail sets a new password."""

    email: EmailAddress
    code: OneTimeCode
    new_password: NewPassword


class ChangePassword(StrictModel):
    """The new password may not be made of the caller's address."""

    current_password: Password
    new_password: Password


class ChangeProfile(StrictModel):
    """Only what is named changes; a phone of null is removed. With another name a verified identity, or one that is
    being verified, is neither: `kyc_status` is none.
    """

    full_name: PersonName = LEFT_OUT
    phone: Phone | None = None
    locale: Locale = LEFT_OUT


class ChangeUser(StrictModel):
    """What an admin may change of somebody else; `roles` replaces the set. The reason is kept."""

    roles: list[Role] = Field(default_factory=list, max_length=3)
    status: Status = "active"
    reason: FreeText


class RegistrationBody(BaseModel):
    """The same whether the address was free or not."""

    object: Literal["registration"]
    status: Literal["verification_sent"]


class UserBody(BaseModel):
    """A person with an account."""

    object: Literal["user"]
    id: str
    email: str
    full_name: str
    phone: str | None
    phone_verified: bool
    locale: str
    roles: list[Role]
    status: AccountStatus
    email_verified: bool
    mfa_enabled: bool
    kyc_status: KycStatus
    version: int
    created_at: str
    updated_at: str


class PasswordResetBody(BaseModel):
    """The same whether the address has an account or not."""

    object: Literal["password_reset"]
    status: Literal["code_sent"]


class PasswordResetDoneBody(BaseModel):
    """`device_token`: what this device keeps and shows when it signs in."""

    object: Literal["password_reset"]
    status: Literal["password_changed"]
    device_token: str


class UserSessionBody(BaseModel):
    """Where somebody is signed in. `amr`: how the person was recognised (RFC 8176); `refreshed_at`: the last sign of
    life, up to an hour old.
    """

    object: Literal["user_session"]
    id: str
    device: str | None
    amr: list[str]
    is_current: bool
    created_at: str
    refreshed_at: str
    ends_at: str


class UserSessionList(BaseModel):
    """A page of sessions, newest first."""

    object: Literal["list"]
    data: list[UserSessionBody]
    has_more: bool
    next_cursor: str | None


class SessionBody(BaseModel):
    """Tokens of a session; both lives in seconds."""

    object: Literal["session"]
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    session_id: str


class NewSessionBody(SessionBody):
    """Of somebody who signed in. `device_token`: what this device keeps and shows the next time."""

    device_token: str
