"""Which bodies are bytes: API Gateway passes all others on as text, and base64 of a function as it is."""

from collections.abc import Iterable


class BinaryMediaTypes:
    """The API's binary media types; `*/*` means every body."""

    def __init__(self, declared: Iterable[str]) -> None:
        self._declared = frozenset(declared)

    def sent(self, content_type: str | None) -> bool:
        """Whether a request body of this type reaches the function as base64."""
        return bool(self._declared) and self._covers(content_type)

    def accepted(self, accept: str | None) -> bool:
        """Whether the client gets a function's base64 as bytes: only the first type of Accept counts."""
        return bool(self._declared) and self._covers((accept or "*/*").split(",")[0])

    def _covers(self, media_type: str | None) -> bool:
        kind = (media_type or "").split(";")[0].strip().lower()
        return "*/*" in self._declared or kind in self._declared
