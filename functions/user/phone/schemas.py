"""Bodies of the verification of a phone."""

from typing import Literal

from pydantic import BaseModel

from functions.user.fields import OneTimeCode
from paycore.fields import StrictModel


class ConfirmPhone(StrictModel):
    """The code that the phone got."""

    code: OneTimeCode


class PhoneVerificationBody(BaseModel):
    """A code is on its way."""

    object: Literal["phone_verification"]
    status: Literal["code_sent"]
