"""Access tokens (JWT, RFC 7519): issued and verified here, with algorithm, audience and life in one place."""

import json
import time
from dataclasses import dataclass
from functools import cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ALGORITHM = "ES256"
TOKEN_TYPE = "at+jwt"  # RFC 9068: an access token, never a refresh or an identity token  # noqa: S105
LIFE_S = 60 * 60
LEEWAY_S = 30


class BadToken(ValueError):
    """Not an access token of ours, or not one any more. The reason is not for the caller."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a valid token says. Instants in Unix seconds; `amr` as in RFC 8176."""

    user_id: str
    session_id: str
    expires: int
    auth_time: int
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A new key pair: the private half for its secret, the public one for the JWK set."""

    private_key_pem: str
    public_jwk: dict[str, str]


def new_signing_key(kid: str) -> SigningKey:
    """A fresh ES256 key pair (P-256, RFC 7518)."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return SigningKey(pem.decode(), {**public, "kid": kid, "use": "sig", "alg": ALGORITHM})


def issue(token: AccessToken, *, token_id: str, issuer: str, audience: str, kid: str, private_key_pem: str) -> str:
    """The signed token."""
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": token.user_id,
        "sid": token.session_id,
        "jti": token_id,
        "iat": int(time.time()),
        "exp": token.expires,
        "auth_time": token.auth_time,
        "amr": list(token.amr),
    }
    return jwt.encode(claims, private_key_pem, ALGORITHM, headers={"kid": kid, "typ": TOKEN_TYPE})


def verify(text: str, *, issuer: str, audience: str, jwks: str) -> AccessToken:
    """The token in `text`, checked against the JWK set `jwks` (RFC 7517); raises BadToken."""
    try:
        header = jwt.get_unverified_header(text)
        key = _keys(jwks).get(str(header.get("kid")))
        if key is None or header.get("typ") != TOKEN_TYPE or header.get("alg") != ALGORITHM:
            raise BadToken
        claims = jwt.decode(
            text,
            key,
            algorithms=[ALGORITHM],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY_S,
            options={"require": ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "amr"]},
        )
        return _read(claims)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as trouble:
        raise BadToken from trouble


def _read(claims: dict[str, object]) -> AccessToken:
    expires, auth_time, amr = claims["exp"], claims["auth_time"], claims["amr"]
    texts = (claims["sub"], claims["sid"])
    # PyJWT accepts a numeric text as an instant and a list as an audience; we issue neither
    if type(expires) is not int or type(auth_time) is not int or not isinstance(amr, list):
        raise BadToken
    if not all(isinstance(item, str) for item in (*texts, *amr)) or not isinstance(claims["aud"], str):
        raise BadToken
    return AccessToken(str(texts[0]), str(texts[1]), expires, auth_time, tuple(amr))


@cache
def _keys(jwks: str) -> dict[str, jwt.PyJWK]:
    return {key["kid"]: jwt.PyJWK(key, ALGORITHM) for key in json.loads(jwks)["keys"]}
