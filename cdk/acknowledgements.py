"""How a cdk-nag finding is accepted: by rule, on one construct, with the reason in writing."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def managed_policy(name: str) -> str:
    """The key of the finding that a role has this policy of AWS."""
    return f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{name}]"


def accept(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accepts findings of AwsSolutions on the construct and below; keys such as `IAM5[Resource::*]`."""
    accepted = [Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason) for rule, reason in reasons.items()]
    Validations.of(construct).acknowledge(*accepted)
