"""Bodies of a change of address."""

from typing import Literal

from pydantic import BaseModel

from functions.user.fields import OneTimeCode, Password
from paycore.email_address import EmailAddress
from paycore.fields import StrictModel


class ChangeEmail(StrictModel):
    """A wish for another address."""

    email: EmailAddress
    current_password: Password


class ConfirmEmail(StrictModel):
    """The code that the new address got."""

    code: OneTimeCode


class EmailChangeBody(BaseModel):
    """The same whether the address was free or not."""

    object: Literal["email_change"]
    status: Literal["code_sent"]
