"""The field types that only the user service has."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from functions.user import passwords
from paycore.errors import InvalidRequest
from paycore.fields import Name

# A decomposed character counts once but arrives as several; more than this is never acceptable.
_PASSWORD_RAW_MAX = 4 * passwords.LENGTH_MAX
_FAULTS = {
    "too_short": f"A password has at least {passwords.LENGTH_MIN} characters; 15 or more are better.",
    "too_long": f"A password has at most {passwords.LENGTH_MAX} characters.",
    "too_common": "This password is among the first that anybody would try.",
    "too_personal": "The password holds your e-mail address or our name.",
}


def _acceptable(password: str, info: ValidationInfo) -> str:
    fault = passwords.fault_of(password, info.data.get("email", "@"))
    if fault:
        raise PydanticCustomError(f"password_{fault}", "{detail}", {"detail": _FAULTS[fault]})
    return password


def refuse_password(password: str, email: str, param: str) -> None:
    """For a body that does not name the address: raises InvalidRequest for what NewPassword refuses elsewhere."""
    fault = passwords.fault_of(password, email)
    if fault:
        raise InvalidRequest(errors=[{"param": param, "code": f"password_{fault}", "detail": _FAULTS[fault]}])


def _trimmed(text: str) -> str:
    return text.strip()


Password = Annotated[str, Field(min_length=1, max_length=_PASSWORD_RAW_MAX)]
# Its model names `email` before it: a password must not be made of the address.
NewPassword = Annotated[Password, AfterValidator(_acceptable)]
PersonName = Annotated[Name, AfterValidator(_trimmed)]
Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$", description="E.164", examples=["+4915112345678"])]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", description="BCP 47", examples=["de-AT"])]
# Of another form it is a wrong one: so a code that the release before has sent still works.
OneTimeCode = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$", examples=["abcde-fghjk"])]
InvitationCode = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
RefreshToken = Annotated[str, Field(min_length=1, max_length=200)]
# Whatever is not the token of a known device is that of a new one.
DeviceToken = Annotated[str, Field(max_length=200, description="From the last session on this device")]
