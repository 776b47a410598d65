"""The Idempotency-Key of a request with everything that tells whether a second request is the same one."""

import hashlib
import re
from dataclasses import dataclass, replace

from paycore.errors import InvalidIdempotencyKey

# Visible ASCII, no comma outside quotes, no quote inside: two headers that a proxy has joined (RFC 9110, 5.3) are none.
_BARE = re.compile(r"[\x21\x23-\x2b\x2d-\x7e]{1,255}")
_QUOTED = re.compile(r"\"([\x21\x23-\x5b\x5d-\x7e]{1,255})\"")


@dataclass(frozen=True, slots=True)
class RequestKey:
    """(principal, route, key) names one effect; `fingerprint` says what was asked; `request_id` who asked first.

    `principal` is the user or merchant, never a session or an API key: a rolled key must replay. The same request may
    have been kept by one of the `other_fingerprints`, too: those of an older or a newer key of a ring.
    """

    principal: str
    route: str
    key: str
    fingerprint: str
    request_id: str
    other_fingerprints: tuple[str, ...] = ()

    def known_by(self, fingerprint: str) -> "RequestKey":
        """The same by the fingerprint that it was kept by, and by no other."""
        return replace(self, fingerprint=fingerprint, other_fingerprints=())

    def body(self) -> dict[str, str]:
        """Its part of a ledger's command, field by field: `asdict` copies deeply, which took longer than the rest."""
        return {
            "principal": self.principal,
            "route": self.route,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "request_id": self.request_id,
        }


def clean_key(header: str) -> str:
    """The key in an Idempotency-Key header, with or without the quotes of a structured-field string (RFC 9651).

    Raises InvalidIdempotencyKey.
    """
    quoted = _QUOTED.fullmatch(header)
    if quoted is None and _BARE.fullmatch(header) is None:
        raise InvalidIdempotencyKey
    return quoted[1] if quoted is not None else header


def fingerprint(method: str, path: str, query: str, canonical_body: str) -> str:
    """SHA-256 over the parts, each length-prefixed so that no two requests share a text."""
    digest = hashlib.sha256()
    for part in (method, path, query, canonical_body):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()
