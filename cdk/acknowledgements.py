"""How a finding of cdk-nag or of the linter is accepted: by rule, on one construct, with the reason."""

from aws_cdk import Acknowledgment, CfnResource, Validations
from constructs import IConstruct


def managed_policy(name: str) -> str:
    """The key of the finding that a role has this policy of AWS."""
    return f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{name}]"


def accept_lint(resource: CfnResource, rule: str, reason: str) -> None:
    """Accepts a finding of CloudFormation's linter on the resource: in CDK's own check and in cfn-lint."""
    Validations.of(resource).acknowledge(Acknowledgment(id=f"CloudFormation-Validate::{rule}", reason=reason))
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}})


def accept(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accepts findings of AwsSolutions on the construct and below; keys such as `IAM5[Resource::*]`."""
    accepted = [Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason) for rule, reason in reasons.items()]
    Validations.of(construct).acknowledge(*accepted)
