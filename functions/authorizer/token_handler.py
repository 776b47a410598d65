"""The authorizer of the API: is this an access token of ours, or the text of an API key? All else is asked later.

The gateway caches the answer for a minute, so it is about the whole stage; sessions and roles are checked by the
functions at every request (`paycore.session`), and so is whether there is such a key.
"""

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

from functions.authorizer import light_jwt  # noqa: F401  # first: see there

# isort: split
from paycore import api_key_text
from paycore.request_id import request_id_of
from paycore.tokens import BadToken, verify

NOBODY = "nobody"  # the principal of a refused token: a policy must name one
_SCHEME = "bearer "
_logger = logging.getLogger("paycore.authorizer")
_logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001  # the shape Lambda calls
    """Allow with the token's facts; Deny for everything else, which our gateway response turns into 401.

    An exception would be 401, too, but an error of this function: anybody could ring its alarm with a bad token, and
    the gateway would ask again for each.
    """
    try:
        text = _bearer(event.get("multiValueHeaders") or {})
        if text.startswith(api_key_text.SCHEME):
            return _allow_key(text, event["methodArn"])
        token = verify(
            text,
            issuer=os.environ["TOKEN_ISSUER"],
            audience=os.environ["TOKEN_AUDIENCE"],
            jwks=os.environ["TOKEN_JWKS"],
        )
    except BadToken as refusal:
        reason = type(refusal.__cause__ or refusal).__name__  # never the token, never a claim
        _logger.info(json.dumps({"message": "token refused", "reason": reason, "request_id": request_id_of(event)}))
        return _policy(NOBODY, "Deny", event["methodArn"])
    facts = {
        "user_id": token.user_id,
        "session_id": token.session_id,
        "exp": str(token.expires),
        "auth_time": str(token.auth_time),
        "amr": " ".join(token.amr),
    }
    return {
        **_policy(token.user_id, "Allow", event["methodArn"]),
        "context": facts,
    }  # API Gateway takes plain texts only


def _allow_key(text: str, method_arn: str) -> dict[str, Any]:
    """Whoever has this key, if it is one: the functions get its digest only."""
    if not api_key_text.is_well_formed(text):
        raise BadToken
    digest = api_key_text.digest(text)
    return {**_policy(digest, "Allow", method_arn), "context": {"api_key": digest}}


def _bearer(headers: Mapping[str, list[str]]) -> str:
    """The one token of the request (RFC 6750, 2.1); header names come in any case."""
    values = [value for name, each in headers.items() if name.lower() == "authorization" for value in each]
    if len(values) != 1 or not values[0].lower().startswith(_SCHEME):
        raise BadToken
    return values[0][len(_SCHEME) :]


def _policy(principal: str, effect: str, method_arn: str) -> dict[str, Any]:
    """For the whole stage, as the gateway keeps it under the token."""
    api, stage = method_arn.split("/")[:2]
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{api}/{stage}/*/*"}
    return {"principalId": principal, "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
