"""What a function's answer means as HTTP: API Gateway's rules for Lambda proxy answers."""

import base64
import binascii
import json
from typing import Any

FIELDS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
# API Gateway gives its own value and shows the function's under another name.
REMAPPED = {
    *("authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards"),
    *("proxy-authenticate", "server", "te", "trailer", "upgrade", "user-agent", "warning", "www-authenticate"),
}
DROPPED = {"transfer-encoding"}


class MalformedAnswer(ValueError):
    """The function's answer is none of a Lambda proxy integration: the client gets a 502."""


def read_answer(payload: bytes, *, binary: bool) -> tuple[int, bytes, bytes]:
    """Status, header lines and body; `binary` says that the client may get decoded base64."""
    try:
        answer = json.loads(payload)
        if not isinstance(answer, dict) or answer.keys() - FIELDS:
            raise MalformedAnswer("not an object of the known fields")
        status = int(answer["statusCode"])
        body = answer.get("body") or ""
        if not isinstance(body, str) or not 100 <= status <= 599:
            raise MalformedAnswer("body or statusCode is of a wrong kind")
        content = base64.b64decode(body, validate=True) if binary and answer.get("isBase64Encoded") else body.encode()
        return status, header_lines(answer), content
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise MalformedAnswer(str(error)) from error


def header_lines(answer: dict[str, Any]) -> bytes:
    """The headers of both maps; where both have a name, the list counts."""
    headers: dict[str, list[Any]] = {name: [value] for name, value in (answer.get("headers") or {}).items()}
    multiple = answer.get("multiValueHeaders")
    if multiple:
        lower = {name.lower() for name in multiple}
        headers = {name: values for name, values in headers.items() if name.lower() not in lower}
        headers.update(multiple)
    lines = []
    has_type = False
    for name, values in headers.items():
        key = name.lower()
        if key in DROPPED:
            continue
        has_type = has_type or key == "content-type"
        shown = f"x-amzn-Remapped-{name}" if key in REMAPPED else name
        lines += [f"{shown}: {_text(value)}\r\n" for value in values]
    text = "".join(lines)
    if text.count("\r") != len(lines) or text.count("\n") != len(lines):
        raise MalformedAnswer("a header holds a line break")
    return (text if has_type else f"Content-Type: application/json\r\n{text}").encode("latin-1")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise MalformedAnswer("a header value is neither text, number nor boolean")
