"""Access tokens as somebody would forge them, and as only our own signing key could make them."""

import base64
import hmac
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from jwt.algorithms import ECAlgorithm

from paycore.tokens import new_signing_key

Part = dict[str, Any] | str  # a text is taken as it is: JSON that no dictionary can hold


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(part: str) -> dict[str, Any]:
    """The header or the claims of a token."""
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


class Forger:
    """Makes tokens out of a good one; `pem` is the private key that signed it."""

    def __init__(self, token: str, pem: str) -> None:
        header, claims, self.signature = token.split(".")
        self.token, self._pem = token, pem
        self.header, self.claims = decoded(header), decoded(claims)
        self._own = new_signing_key(self.header["kid"])  # the forger's, under our kid

    def signed(self, claims: Part, pem: str | None = None, **header: Any) -> str:
        """With a true signature over whatever it says; a header given as None is left out."""
        named = {name: value for name, value in {**self.header, **header}.items() if value is not None}
        text = f"{_part(named)}.{_part(claims)}"
        key = load_pem_private_key((pem or self._pem).encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return f"{text}.{encoded(ECAlgorithm(ECAlgorithm.SHA256).sign(text.encode(), key))}"

    def with_header(self, **header: Any) -> str:
        """The good claims under another header, truly signed."""
        return self.signed(self.claims, **header)

    def with_claims(self, **claims: Any) -> str:
        """Other claims, truly signed."""
        return self.signed({**self.claims, **claims})

    def with_own_key(self, **header: Any) -> str:
        """The good claims, signed by the forger's key."""
        return self.signed(self.claims, self._own.private_key_pem, **header)

    def unsigned(self, algorithm: str) -> str:
        """Says that it needs no signature."""
        return f"{_part({**self.header, 'alg': algorithm})}.{_part(self.claims)}."

    def confused(self, jwk: dict[str, str], form: str) -> str:
        """HS256 with what everybody knows as the secret: our public key, as PEM or as JWK."""
        key = load_pem_private_key(self._pem.encode(), None)
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        secret = pem if form == "PEM" else json.dumps(jwk).encode()
        text = f"{_part({**self.header, 'alg': 'HS256'})}.{_part(self.claims)}"
        return f"{text}.{encoded(hmac.digest(secret, text.encode(), 'sha256'))}"

    def bad(self, jwk: dict[str, str]) -> dict[str, str]:
        """Every attack by name: what none of them may do is pass."""
        now = int(time.time())
        head, claims, signature = self.token.split(".")
        text = json.dumps(self.claims)
        other = _part({**self.claims, "sub": "usr_" + "0" * 26})
        bad = {f"alg {name}": self.unsigned(name) for name in ("none", "None", "nOnE", "NONE")}
        bad |= {f"HS256 with the public key as {form}": self.confused(jwk, form) for form in ("PEM", "JWK")}
        bad |= {f"alg {name}": self.with_header(alg=name) for name in ("HS256", "RS256", "PS256", "RS512", "ES384", "")}
        kids = ("../../dev/null", "' OR 1=1 --", "https://evil.example/jwks", "x" * 6000, "", None, ["k"], {"k": 1}, 1)
        bad |= {f"kid {str(kid)[:20]!r}": self.with_header(kid=kid) for kid in kids}
        bad |= {f"typ {typ}": self.with_header(typ=typ) for typ in ("JWT", "refresh+jwt", "id_token", None)}
        bad |= {
            "unknown critical header": self.with_header(crit=["x"], x=1),
            "the forger's key": self.with_own_key(),
            "jwk in the header": self.with_own_key(jwk=self._own.public_jwk),
            "jku in the header": self.with_own_key(jku="https://evil.example/jwks.json"),
            "x5u in the header": self.with_own_key(x5u="https://evil.example/cert.pem", kid=None),
            "aud other": self.with_claims(aud="other"),
            "aud list": self.with_claims(aud=[self.claims["aud"]]),
            "iss other": self.with_claims(iss="https://evil.example"),
            "iss longer": self.with_claims(iss=self.claims["iss"] + "/"),
            "not yet valid": self.with_claims(nbf=now + 3600),
            "issued in an hour": self.with_claims(iat=now + 3600),
            "sub a number": self.with_claims(sub=1),
            "signature stripped": f"{head}.{claims}.",
            "no signature": f"{head}.{claims}",
            "payload swapped": f"{head}.{other}.{signature}",
            "one bit flipped": f"{head}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
            "padded": f"{self.token}=",
            "four parts": f"{self.token}.{signature}",
            "another sub before the true one": self.signed(text.replace("{", '{"sub": 1, "iss": "x", ', 1) + "x"),
        }
        expiries = (now - 31, str(now + 3600), None, [now + 3600], 1e300, True)
        bad |= {f"exp {type(value).__name__} {str(value)[:6]}": self.with_claims(exp=value) for value in expiries}
        nan = text.replace(f'"exp": {self.claims["exp"]}', '"exp": NaN')
        bad |= {"exp NaN": self.signed(nan), "exp 1e999": self.signed(nan.replace("NaN", "1e999"))}
        return bad | {f"without {name}": self.signed(without(self.claims, name)) for name in self.claims}


def _part(value: Part) -> str:
    return encoded((value if isinstance(value, str) else json.dumps(value)).encode())
