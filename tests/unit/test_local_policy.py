"""The policy of an authorizer: wildcards, Deny before Allow, context as texts."""

from typing import Any

import pytest

from local.gateway.policy import BadPolicy, read_policy

ARN = "arn:aws:execute-api:us-east-1:000000000000:local/live/GET/v1/wallets"


def answer(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"principalId": "usr_1", "policyDocument": {"Statement": list(statements)}, **more}


def statement(effect: str, resource: Any, action: Any = "execute-api:Invoke") -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}


class TestAllows:
    @pytest.mark.parametrize(
        ("statements", "allowed"),
        [
            ([statement("Allow", "*")], True),
            ([statement("Allow", "arn:aws:execute-api:*:*:local/live/*/*")], True),
            ([statement("Allow", ["arn:no", ARN])], True),
            ([statement("Allow", ARN.replace("GET", "G?T"))], True),
            ([statement("Allow", ARN, ["execute-api:*"])], True),
            ([statement("Allow", ARN, "s3:*")], False),
            ([statement("Allow", ARN.replace("wallets", "users"))], False),
            ([statement("Allow", ARN[:-1])], False),
            ([statement("Allow", "*"), statement("Deny", "*/GET/*")], False),
            ([statement("Deny", "*")], False),
            ([], False),
        ],
    )
    def test_the_request(self, statements: list[dict[str, Any]], allowed: bool) -> None:
        assert read_policy(answer(*statements)).allows(ARN) is allowed


class TestReadPolicy:
    def test_context_becomes_texts(self) -> None:
        policy = read_policy(answer(context={"a": 1, "b": True, "c": "x", "d": 1.5}))
        assert policy.context == {"a": "1", "b": "true", "c": "x", "d": "1.5", "principalId": "usr_1"}

    @pytest.mark.parametrize(
        "bad",
        [
            None,
            {},
            {"principalId": "a"},
            answer(context={"a": ["b"]}),
            {**answer(), "principalId": 3},
            answer({**statement("Allow", "*"), "Condition": {}}),
        ],
    )
    def test_refuses(self, bad: Any) -> None:
        with pytest.raises(BadPolicy):
            read_policy(bad)
