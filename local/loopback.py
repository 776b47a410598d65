"""Plain HTTP to our own servers on the loopback address, whatever proxy the environment names."""

import http.client
from dataclasses import dataclass

from local.configuration import HOST


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def call(port: int, path: str, *, body: bytes | None = None, seconds_max: float = 2.0, source: str = HOST) -> Answer:
    """GET, or POST when there is a body; raises OSError when nothing answers in time."""
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds_max, source_address=(source, 0))
    try:
        connection.request("GET" if body is None else "POST", path, body)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    except http.client.HTTPException as error:  # such as a connection closed by a server that still starts
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
