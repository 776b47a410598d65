"""The variables of the local functions: the template's literals, the table's overrides, nothing unknown."""

from pathlib import Path
from typing import Any

import pytest

from local.configuration import Configuration, Ports
from local.template import Template
from local.variables import UnknownVariable, function_variables

CONFIGURATION = Configuration(repository=Path("/r"), home=Path("/h"), ports=Ports())


def variables(**declared: Any) -> dict[str, str]:
    properties = {"FunctionName": "f", "Environment": {"Variables": declared}}
    template = Template({"s": {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}}})
    (function,) = template.of_kind("AWS::Lambda::Function")
    return function_variables(template, function, CONFIGURATION, lambda name: f"value of {name}")


class TestFunctionVariables:
    def test_a_literal_stays(self) -> None:
        assert variables(TOKEN_ISSUER="https://dev.example") == {"TOKEN_ISSUER": "https://dev.example"}

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("REDIS_HOST", "127.0.0.1"),
            ("REDIS_PORT", "26379"),
            ("REDIS_CA_FILE", "/h/tls/ca.crt"),
            ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:29092"),
            ("KAFKA_AUTHENTICATION", "none"),
            ("PROCESSOR_URL", "http://127.0.0.1:8000/processor"),
        ],
    )
    def test_a_server_is_ours_whatever_the_template_says(self, name: str, expected: str) -> None:
        assert variables(**{name: {"Fn::GetAtt": ["X", "Y"]}}) == {name: expected}

    @pytest.mark.parametrize(
        ("user", "secret", "port"),
        [
            ("app_rw", "paycore/dev/database-app_rw", "26432"),
            ("app_job", "paycore/dev/database-app_job", "26432"),
            ("migrate", "paycore/dev/database", "25432"),
        ],
    )
    def test_each_role_has_its_secret_and_migrations_go_round_the_pooler(
        self, user: str, secret: str, port: str
    ) -> None:
        found = variables(DATABASE_USER=user, DATABASE_SECRET="", DATABASE_PORT="5432")
        assert (found["DATABASE_SECRET"], found["DATABASE_PORT"]) == (secret, port)

    def test_a_deployment_s_parameter_is_read(self) -> None:
        assert variables(TOKEN_JWKS="{{resolve:ssm:/a/jwks}}") == {"TOKEN_JWKS": "value of /a/jwks"}

    def test_an_unknown_value_stops_the_start(self) -> None:
        with pytest.raises(UnknownVariable, match="QUEUE_URL"):
            variables(QUEUE_URL={"Fn::GetAtt": ["Queue", "Url"]})
