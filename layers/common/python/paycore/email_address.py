"""The normal form of an e-mail address: what is stored, compared and written to, in every service alike."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

# RFC 5321, 4.5.3.1: 64 octets before the @; 254 in all fit into a path.
LENGTH_MAX = 254
_LOCAL_PART = r"(?=.{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_FORM = re.compile(rf"{_LOCAL_PART}@(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")


class MalformedAddress(ValueError):
    """Not an address that we can write to."""


def normal_form(text: str) -> str:
    """The address in lower case, without spaces around it; raises MalformedAddress.

    Full-width letters become their plain ones (NFKC). What is not ASCII then is refused: SES cannot write to it,
    and no look-alike letter can imitate somebody. Dots and `+tag` stay: only the mailbox's own provider knows
    what they mean, and joining two people's addresses would be worse than keeping one person's two apart.
    """
    address = unicodedata.normalize("NFKC", text).strip(" ").lower()
    if len(address) > LENGTH_MAX or not address.isascii() or not _FORM.fullmatch(address):
        raise MalformedAddress
    return address


def _field(text: str) -> str:
    try:
        return normal_form(text)
    except MalformedAddress as trouble:
        raise PydanticCustomError("email_address", "Not an e-mail address that mail can be sent to.") from trouble


EmailAddress = Annotated[
    str,
    Field(max_length=LENGTH_MAX + 16, json_schema_extra={"format": "email"}),
    AfterValidator(_field),
]
