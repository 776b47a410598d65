"""The access log: one line per request in the format that the template's stage declares."""

import os
import re
from json.encoder import encode_basestring_ascii
from pathlib import Path

from local.gateway.exchange import Exchange, variable
from local.log_files import open_log

VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]+)")
MISSING = "-"  # what API Gateway writes for a variable without a value


class AccessLog:
    """Writes the lines; a value can neither end its JSON text nor start a new line."""

    def __init__(self, line_format: str, file: Path) -> None:
        parts = VARIABLE.split(line_format)
        self._literals = parts[0::2]
        self._variables = [variable(name) for name in parts[1::2]]
        self._descriptor = open_log(file)

    def line(self, exchange: Exchange) -> str:
        pieces = [self._literals[0]]
        for read, literal in zip(self._variables, self._literals[1:], strict=True):
            value = read(exchange)
            pieces.append(MISSING if value is None else escaped(value))
            pieces.append(literal)
        return "".join(pieces)

    def write(self, exchange: Exchange) -> None:
        os.write(self._descriptor, f"{self.line(exchange)}\n".encode())

    def close(self) -> None:
        os.close(self._descriptor)


def escaped(value: object) -> str:
    return str(value) if isinstance(value, int) else encode_basestring_ascii(str(value))[1:-1]
