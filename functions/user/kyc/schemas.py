"""Bodies of the verification of who somebody is."""

from typing import Literal

from pydantic import BaseModel

from functions.user.schemas import KycStatus
from paycore.fields import FreeText, StrictModel


class RequestKyc(StrictModel):
    """Nothing to say."""


class DecideKyc(StrictModel):
    """What an admin found. The reason is kept; of a rejection it is told to the person, too."""

    status: Literal["verified", "rejected"]
    reason: FreeText


class KycBody(BaseModel):
    """Whether somebody's identity is verified; `version`: that of the profile since. Nothing personal."""

    object: Literal["kyc"]
    user_id: str
    status: KycStatus
    version: int
