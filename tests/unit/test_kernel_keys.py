"""Sealed fields and access tokens: what was made opens, and nothing else does."""

import base64
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from paycore import tokens
from paycore.crypto import CannotOpen, KeyRing

RING = KeyRing({"current": "k2", "k1": "a" * 64, "k2": "b" * 64})
OLD = KeyRing({"current": "k1", "k1": "a" * 64})


class TestKeyRing:
    def test_opens_what_an_older_key_sealed(self) -> None:
        assert RING.open("code", OLD.seal("code", "123456", "evt_1"), "evt_1") == "123456"

    @pytest.mark.parametrize(("purpose", "context"), [("other", "evt_1"), ("code", "evt_2")])
    def test_opens_nothing_of_another_purpose_or_context(self, purpose: str, context: str) -> None:
        with pytest.raises(CannotOpen):
            RING.open(purpose, RING.seal("code", "123456", "evt_1"), context)

    @pytest.mark.parametrize("sealed", ["", "k1", "k3.AAAA", "current.AAAA", "k1.!", "k2." + "A" * 60])
    def test_refuses_what_it_did_not_seal(self, sealed: str) -> None:
        with pytest.raises(CannotOpen):
            RING.open("code", sealed, "evt_1")

    def test_knows_its_own_hmac_by_old_and_new_key(self) -> None:
        assert RING.is_hmac("p", "m", RING.hmac("p", "m"))
        assert RING.is_hmac("p", "m", OLD.hmac("p", "m"))
        assert not RING.is_hmac("p", "m2", RING.hmac("p", "m"))
        assert not RING.is_hmac("p", "m", "current.é")


def _key_pair() -> tuple[str, dict[str, object]]:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private.public_key()))
    return pem.decode(), {**public, "kid": "key-1", "use": "sig", "alg": "ES256"}


PEM, JWK = _key_pair()
JWKS = json.dumps({"keys": [JWK]})
EXPECTED = {"issuer": "https://paycore.test", "audience": "paycore-api", "jwks": JWKS}


def _claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    whole: dict[str, object] = {
        "iss": "https://paycore.test", "aud": "paycore-api", "sub": "usr_1", "sid": "ses_1", "jti": "t", "iat": now,
        "exp": now + 60, "auth_time": now, "amr": ["pwd"],
    }  # fmt: skip
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def _signed(claims: dict[str, object], **header: str) -> str:
    return jwt.encode(claims, PEM, "ES256", headers={"kid": "key-1", "typ": "at+jwt", **header})


def _confused(claims: dict[str, object], public_key: str) -> str:
    """HS256 "signed" with what everybody knows: PyJWT refuses to make such a token, an attacker does not."""
    parts = [{"alg": "HS256", "kid": "key-1", "typ": "at+jwt"}, claims]
    text = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    mac = base64.urlsafe_b64encode(hmac.digest(public_key.encode(), text, "sha256")).rstrip(b"=")
    return (text + b"." + mac).decode()


class TestTokens:
    def test_verifies_what_it_issued(self) -> None:
        token = tokens.AccessToken("usr_1", "ses_1", int(time.time()) + 60, int(time.time()), ("pwd",))
        text = tokens.issue(
            token, token_id="t", issuer="https://paycore.test", audience="paycore-api", kid="key-1", private_key_pem=PEM
        )
        assert tokens.verify(text, **EXPECTED) == token

    @pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "x" * 100_000])
    def test_refuses_what_is_no_token(self, text: str) -> None:
        with pytest.raises(tokens.BadToken):
            tokens.verify(text, **EXPECTED)

    @pytest.mark.parametrize("header", [{"kid": "key-2"}, {"kid": "../../dev/null"}, {"typ": "JWT"}])
    def test_refuses_a_header_that_is_not_ours(self, header: dict[str, str]) -> None:
        with pytest.raises(tokens.BadToken):
            tokens.verify(_signed(_claims(), **header), **EXPECTED)

    @pytest.mark.parametrize(
        "changes",
        [
            {"aud": "other"}, {"aud": ["paycore-api"]}, {"iss": "https://else"}, {"exp": None}, {"exp": "9999999999"},
            {"sub": None}, {"sid": None}, {"amr": "pwd"}, {"auth_time": True},
        ],
    )  # fmt: skip
    def test_refuses_claims_that_are_not_ours(self, changes: dict[str, object]) -> None:
        with pytest.raises(tokens.BadToken):
            tokens.verify(_signed(_claims(**changes)), **EXPECTED)

    @pytest.mark.parametrize(("claim", "offset_s"), [("exp", -31), ("iat", 61)])
    def test_refuses_what_is_over_or_still_to_come(self, claim: str, offset_s: int) -> None:
        with pytest.raises(tokens.BadToken):
            tokens.verify(_signed(_claims(**{claim: int(time.time()) + offset_s})), **EXPECTED)

    def test_refuses_a_signature_that_is_not_ours(self) -> None:
        unsigned = jwt.encode(_claims(), "", "none", headers={"kid": "key-1", "typ": "at+jwt"})
        cut = _signed(_claims())[:-4]
        for text in (unsigned, cut, _confused(_claims(), json.dumps(JWK)), _confused(_claims(), PEM)):
            with pytest.raises(tokens.BadToken):
                tokens.verify(text, **EXPECTED)

    @pytest.mark.parametrize("leeway", [-25, 25])
    def test_forgives_small_differences_of_the_clocks(self, leeway: int) -> None:
        now = int(time.time())
        claims = _claims(exp=now - 25) if leeway < 0 else _claims(iat=now + 25)
        assert tokens.verify(_signed(claims), **EXPECTED).user_id == "usr_1"
