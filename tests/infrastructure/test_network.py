"""Who reaches whom: each rule once, and an endpoint only for a service that a function calls."""

import json
from typing import Any

from tests.infrastructure.conftest import Synthesized


def port_of(value: Any) -> int:
    """A port as a number; CDK writes the one of its own rule as an attribute of the database."""
    if isinstance(value, int):
        return value
    (attribute,) = value.values()
    assert attribute[1] == "Endpoint.Port"
    return 5432


class TestSecurityGroups:
    def test_have_no_rule_twice(self, stage: Synthesized) -> None:
        """EC2 compares ports and peers, not descriptions, and refuses the second."""
        rules = [
            json.dumps([each["GroupId"], each["SourceSecurityGroupId"], port_of(each["FromPort"])])
            for each in stage.properties("AWS::EC2::SecurityGroupIngress")
        ]
        assert len(rules) == len(set(rules))


class TestEndpoints:
    def test_are_of_services_that_the_functions_call(self, stages: dict[str, Synthesized]) -> None:
        names = {json.dumps(each["ServiceName"]) for each in stages["prod"].properties("AWS::EC2::VPCEndpoint")}
        services = {name.rsplit(".", 1)[-1].rstrip('"]}') for name in names}
        assert services == {"s3", "secretsmanager", "lambda"}
