"""The authorizer: one answer for a good token, one refusal for everything else, and a light start."""

import base64
import hmac
import json
import subprocess
import sys
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from jwt.algorithms import ECAlgorithm

from functions.authorizer.token_handler import handler
from paycore import tokens
from paycore.tokens import AccessToken, new_signing_key

KEY = new_signing_key("k1")
FOREIGN = new_signing_key("k1")
ISSUER, AUDIENCE = "https://paycore.test", "paycore-api"
ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc123/live/GET/v1/users/me"
STAGE_ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc123/live/*/*"
DENIED = {
    "principalId": "nobody",
    "policyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": STAGE_ARN}],
    },
}
SECOND = int(time.time())
CLAIMS = {
    "iss": ISSUER, "aud": AUDIENCE, "sub": "usr_1", "sid": "ses_1", "jti": "j", "iat": SECOND, "exp": SECOND + 3600,
    "auth_time": SECOND, "amr": ["pwd"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_ISSUER", ISSUER)
    monkeypatch.setenv("TOKEN_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("TOKEN_JWKS", json.dumps({"keys": [KEY.public_jwk]}))


def issued(expires: int = SECOND + 3600) -> str:
    token = AccessToken("usr_1", "ses_1", expires, SECOND, ("pwd", "otp"))
    return tokens.issue(
        token, token_id="j", issuer=ISSUER, audience=AUDIENCE, kid="k1", private_key_pem=KEY.private_key_pem
    )


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(header: object, claims: object) -> str:
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))


def signed(claims: object, *, pem: str = KEY.private_key_pem, **header: Any) -> str:
    """A token with a true signature over whatever it says; a header given as None is left out."""
    headers = {"alg": "ES256", "kid": "k1", "typ": "at+jwt", **header}
    text = unsigned({name: value for name, value in headers.items() if value is not None}, claims)
    private = load_pem_private_key(pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return f"{text}.{encoded(ECAlgorithm(ECAlgorithm.SHA256).sign(text.encode(), private))}"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def hmac_with_public_key() -> str:
    """The classic confusion: our public key used as an HMAC secret."""
    private = load_pem_private_key(KEY.private_key_pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = unsigned({"alg": "HS256", "kid": "k1", "typ": "at+jwt"}, CLAIMS)
    return f"{text}.{encoded(hmac.digest(pem, text.encode(), 'sha256'))}"


def ask(*authorization: str, name: str = "Authorization") -> dict[str, Any]:
    headers = {name: list(authorization)} if authorization else None
    event = {
        "methodArn": ARN,
        "multiValueHeaders": headers,
        "requestContext": {"requestId": "the client's", "extendedRequestId": "r1="},
    }
    answer: dict[str, Any] = handler(event, None)
    return answer


class TestHandler:
    def test_allows_the_whole_stage_with_the_facts_as_texts(self) -> None:
        answer = ask(f"Bearer {issued()}")
        statement = answer["policyDocument"]["Statement"][0]
        assert answer["principalId"] == "usr_1"
        assert (statement["Effect"], statement["Resource"]) == (
            "Allow",
            "arn:aws:execute-api:eu-central-1:123456789012:abc123/live/*/*",
        )
        assert answer["context"] == {
            "user_id": "usr_1",
            "session_id": "ses_1",
            "exp": str(SECOND + 3600),
            "auth_time": str(SECOND),
            "amr": "pwd otp",
        }

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    @pytest.mark.parametrize("name", ["Authorization", "authorization"])
    def test_reads_names_in_any_case(self, scheme: str, name: str) -> None:
        assert ask(f"{scheme} {issued()}", name=name)["principalId"] == "usr_1"

    @pytest.mark.parametrize(
        "authorization",
        [(), ("",), ("Bearer",), ("Bearer ",), ("Basic YTpi",), (f"Token {issued()}",),
         (f"Bearer {issued()}", f"Bearer {issued()}"), (f"Bearer  {issued()}",)],
    )  # fmt: skip
    def test_refuses_headers_without_exactly_one_token(self, authorization: tuple[str, ...]) -> None:
        assert ask(*authorization) == DENIED

    @pytest.mark.parametrize(
        "token",
        [
            pytest.param(issued(SECOND - 31), id="expired beyond the leeway"),
            pytest.param(signed(CLAIMS, pem=FOREIGN.private_key_pem), id="foreign key under our kid"),
            pytest.param(signed(CLAIMS, kid="../../dev/null"), id="unknown kid"),
            pytest.param(signed(CLAIMS, kid=None), id="no kid"),
            pytest.param(signed(CLAIMS, typ="JWT"), id="not an access token"),
            pytest.param(signed(CLAIMS, crit=["x"], x=1), id="unknown critical header"),
            pytest.param(signed(CLAIMS | {"aud": "other"}), id="other audience"),
            pytest.param(signed(CLAIMS | {"aud": [AUDIENCE]}), id="list of audiences"),
            pytest.param(signed(CLAIMS | {"iss": ISSUER + "/"}), id="other issuer"),
            pytest.param(signed(CLAIMS | {"iat": SECOND + 86_400}), id="issued in the future"),
            pytest.param(signed(CLAIMS | {"nbf": SECOND + 86_400}), id="not valid yet"),
            pytest.param(signed(CLAIMS | {"exp": str(SECOND + 3600)}), id="expiry as a text"),
            pytest.param(signed(CLAIMS | {"exp": 1e300}), id="expiry beyond all time"),
            pytest.param(signed(CLAIMS | {"amr": "pwd"}), id="methods as a text"),
            pytest.param(signed(CLAIMS | {"sid": 7}), id="session as a number"),
            *[pytest.param(signed(without(name)), id=f"without {name}") for name in CLAIMS],
            *[
                pytest.param(signed(CLAIMS, alg=alg), id=f"algorithm {alg}")
                for alg in ("none", "nOnE", "HS256", "RS256", "ES384", ["ES256"], None)
            ],
            pytest.param(hmac_with_public_key(), id="public key as a secret"),
            pytest.param(signed(CLAIMS, kid=["k1"]), id="kid as a list"),
            pytest.param(signed([]), id="claims as a list"),
            pytest.param(issued()[:-8] + "AAAAAAAA", id="bits flipped"),
            pytest.param(issued().rpartition(".")[0] + ".", id="signature stripped"),
            pytest.param(issued() + "=", id="padded"),
            *[pytest.param(text, id=f"garbage {text[:6]!r}") for text in ("a.b", "...", "é.é.é", "x" * 100_000)],
            pytest.param(f"{encoded(b'[' * 5000)}.e30.AAAA", id="deep header"),
        ],
    )
    def test_refuses_every_bad_token_in_the_same_way(self, token: str) -> None:
        assert ask(f"Bearer {token}") == DENIED

    def test_the_log_does_not_hold_the_token(self, caplog: pytest.LogCaptureFixture) -> None:
        token = signed(CLAIMS | {"aud": "other"})
        with caplog.at_level("INFO"):
            ask(f"Bearer {token}")
        assert json.loads(caplog.messages[-1])["request_id"] == "r1="
        assert token not in caplog.text
        assert token.split(".")[2] not in caplog.text


class TestImport:
    def test_brings_in_nothing_heavy(self) -> None:
        heavy = [
            "pydantic",
            "fastapi",
            "boto3",
            "botocore",
            "sqlalchemy",
            "redis",
            "aws_lambda_powertools",
            "http.client",
        ]
        code = f"import sys, functions.authorizer.token_handler; print([n for n in {heavy} if n in sys.modules])"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "[]"
