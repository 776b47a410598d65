"""The logger and the metrics, with what must never be read in a log masked by the name of its field."""

from collections.abc import Mapping
from types import NoneType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.logging.types import LogRecord

MASK = "***"
MASKED_FIELDS = frozenset(
    {
        "access_token", "authorization", "card", "code", "cookie", "current_password", "cvc",
        "device_token", "email", "full_name", "mfa_token", "new_password", "number", "otpauth_uri", "password", "phone",
        "refresh_token", "sealed", "secret", "target_email", "token",
    }
)  # fmt: skip

_PLAIN = (str, int, float, NoneType)


def masked(value: object) -> object:
    """The same structure with the value of every sensitive field replaced."""
    if isinstance(value, _PLAIN):  # nearly every value; whether something is a mapping takes longer to find out
        return value
    if isinstance(value, Mapping):
        return {name: MASK if str(name).lower() in MASKED_FIELDS else masked(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


class MaskingFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON line, masked, without source location: a log says what happened, code says where."""

    def serialize(self, log: LogRecord) -> str:
        """One JSON line. JSON encoding keeps CR, LF and escape codes of user text from forging a line."""
        clean: Any = masked(log)
        return super().serialize(clean)


logger = Logger(
    logger_formatter=MaskingFormatter(),
    log_record_order=["level", "message", "timestamp"],
    location=None,
    sampling_rate=None,
)
