"""The synthesized template: references, exports and what only AWS knows; when it is made anew."""

from pathlib import Path
from typing import Any

import pytest

from local.synthesis import source_fingerprint
from local.template import OnlyAwsKnows, Template

STACKS = {
    "data": {
        "Resources": {
            "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "paycore/dev/redis"}},
            "Proxy": {"Type": "AWS::RDS::DBProxy", "Properties": {}},
        },
        "Outputs": {
            "One": {"Value": {"Ref": "Secret"}, "Export": {"Name": "data:Secret"}},
            "Two": {"Value": {"Fn::GetAtt": ["Proxy", "Endpoint"]}, "Export": {"Name": "data:Proxy"}},
        },
    },
    "services": {
        "Parameters": {"Jwks": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/paycore/dev/jwks"}},
        "Resources": {
            "Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "paycore-dev-a"}},
            "Unnamed": {"Type": "AWS::Lambda::Function", "Properties": {}},
        },
    },
}
ARN = "arn:aws:lambda:us-east-1:000000000000:function:paycore-dev-a"


@pytest.fixture
def template() -> Template:
    return Template(STACKS)


class TestValue:
    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("5432", "5432"),
            ({"Ref": "AWS::Region"}, "us-east-1"),
            ({"Ref": "Function"}, "paycore-dev-a"),
            ({"Fn::GetAtt": ["Function", "Arn"]}, ARN),
            ({"Fn::Join": ["/", ["a", {"Ref": "Function"}, 3]]}, "a/paycore-dev-a/3"),
            ({"Fn::ImportValue": "data:Secret"}, "paycore/dev/redis"),
            ({"Ref": "Jwks"}, "{{resolve:ssm:/paycore/dev/jwks}}"),
            ({"a": [{"Ref": "AWS::AccountId"}]}, {"a": ["000000000000"]}),
        ],
    )
    def test_resolves(self, template: Template, expression: Any, expected: Any) -> None:
        assert template.value("services", expression) == expected

    @pytest.mark.parametrize(
        "expression",
        [
            {"Fn::ImportValue": "data:Proxy"},
            {"Ref": "Unnamed"},
            {"Ref": "Nothing"},
            {"Fn::GetAtt": ["Function", "Version"]},
            {"Fn::Sub": "${Function}"},
            {"Fn::Join": ["", ["https://", {"Fn::Select": [0, []]}]]},
        ],
    )
    def test_admits_what_only_aws_knows(self, template: Template, expression: Any) -> None:
        with pytest.raises(OnlyAwsKnows):
            template.value("services", expression)

    def test_refuses_an_export_that_nobody_makes(self, template: Template) -> None:
        with pytest.raises(LookupError, match="no stack exports data:Nothing"):
            template.value("services", {"Fn::ImportValue": "data:Nothing"})


class TestReferenced:
    def test_finds_what_is_deep_inside_and_in_other_stacks(self, template: Template) -> None:
        uri = {"Fn::Join": ["", ["arn:", {"Fn::GetAtt": ["Function", "Arn"]}, {"Fn::ImportValue": "data:Proxy"}]]}
        found = [resource.logical_id for resource in template.referenced("services", uri)]
        assert found == ["Function", "Proxy"]

    def test_the_one_of_a_kind_must_be_one(self, template: Template) -> None:
        with pytest.raises(LookupError, match="found 0"):
            template.the("services", {"Ref": "Function"}, "AWS::RDS::DBProxy")


class TestSourceFingerprint:
    @pytest.mark.parametrize(
        ("file", "changes"),
        [
            ("app.py", True),
            ("cdk.json", True),
            ("cdk/parts/new.py", True),
            ("functions/wallet/new_handler.py", True),
            ("functions/wallet/routes.py", False),
            ("local/new.py", False),
        ],
    )
    def test_changes_with_what_the_templates_are_made_from(self, tmp_path: Path, file: str, changes: bool) -> None:
        before = source_fingerprint(tmp_path)
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("new")
        assert (source_fingerprint(tmp_path) != before) is changes

    def test_the_text_of_a_handler_does_not_count(self, tmp_path: Path) -> None:
        handler = tmp_path / "functions" / "wallet" / "api_handler.py"
        handler.parent.mkdir(parents=True)
        handler.write_text("old")
        before = source_fingerprint(tmp_path)
        handler.write_text("new")
        assert source_fingerprint(tmp_path) == before
