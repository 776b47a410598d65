"""Imports PyJWT without its client for fetching keys: the HTTP stack behind it is a third of this function's start.

Our keys come with the deployment and nothing is ever fetched. Imported before anything that imports PyJWT.
"""

import sys
from types import ModuleType

# This stands for an inner module of PyJWT, which may move: a test fails when the installed version is another one.
WRITTEN_AGAINST = "2.15.1"


class _NoClient:
    """Stands where PyJWT exports its client."""

    def __init__(self) -> None:
        raise NotImplementedError("the authorizer fetches no keys")


_client = ModuleType("jwt.jwks_client")
_client.PyJWKClient = _NoClient  # type: ignore[attr-defined]  # a module is open for names
sys.modules.setdefault(_client.__name__, _client)
