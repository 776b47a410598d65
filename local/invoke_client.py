"""Calls functions through the Invoke API of the local environments, for the poller and the scheduler."""

import http.client
from urllib.parse import quote

from local.configuration import HOST, Configuration

CALL_SECONDS_MAX = 960.0  # above Lambda's own maximum of 15 minutes


class CallFailed(RuntimeError):
    """The function was not reached, or it ended with an error."""


class InvokeClient:
    """One caller; its calls follow each other on one connection."""

    def __init__(self, configuration: Configuration) -> None:
        self._connection = http.client.HTTPConnection(HOST, configuration.ports.invoke, timeout=CALL_SECONDS_MAX)

    def call(self, function: str, payload: bytes) -> None:
        """Returns when the function has succeeded; raises CallFailed."""
        status, error, body = self._post(function, payload, "RequestResponse")
        if status != 200 or error:
            raise CallFailed(f"{function} answered {status} {error or ''} {body[:500]!r}")

    def hand_over(self, function: str, payload: bytes) -> None:
        """Returns when the call is accepted, as an asynchronous one; raises CallFailed."""
        status, _, body = self._post(function, payload, "Event")
        if status != 202:
            raise CallFailed(f"{function} was not accepted: {status} {body[:500]!r}")

    def close(self) -> None:
        self._connection.close()

    def _post(self, function: str, payload: bytes, kind: str) -> tuple[int, str | None, bytes]:
        path = f"/2015-03-31/functions/{quote(function)}/invocations"
        headers = {"Content-Type": "application/json", "X-Amz-Invocation-Type": kind}
        try:
            self._connection.request("POST", path, payload, headers)
            with self._connection.getresponse() as answer:
                return answer.status, answer.headers.get("X-Amz-Function-Error"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise CallFailed(f"{function} was not reached: {error!r}") from error
