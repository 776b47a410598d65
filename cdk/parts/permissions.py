"""What a function may do: no more than its settings and topics call for, never a `*` action."""

from collections.abc import Iterator

from aws_cdk import ArnFormat
from aws_cdk import aws_iam as iam

from cdk.parts.surroundings import Surroundings
from cdk.specs import DeployStep, FunctionSpec
from paycore import settings

SECRETS: dict[type, str] = {
    settings.RedisSettings: "redis",
    settings.DocumentsSettings: "documents",
    settings.TokenSigningSettings: "token-signing",
    settings.NoticesKeysSettings: "notices-keys",
    settings.IdentityKeysSettings: "identity-keys",
    settings.CursorKeysSettings: "cursor-keys",
    settings.CardKeysSettings: "card-keys",
    settings.RecipientKeysSettings: "recipient-keys",
    settings.PersonalKeysSettings: "personal-keys",
    settings.ProcessorSettings: "processor",
}

# These attach the function to the network.
NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


def allow(actions: tuple[str, ...], *resources: str) -> iam.PolicyStatement:
    """One statement; `actions` are named one by one."""
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def allow_lambda(actions: tuple[str, ...], around: Surroundings) -> Iterator[iam.PolicyStatement]:
    """What Lambda itself does with a function's role, and its code may not: calls of that name it as source."""
    yield allow(actions, "*")
    functions = around.stack.format_arn(
        service="lambda", resource="function", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
    yield iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=list(actions),
        resources=["*"],
        conditions={"ArnLike": {"lambda:SourceFunctionArn": functions}},
    )


def statements_of(spec: FunctionSpec, around: Surroundings) -> Iterator[iam.PolicyStatement]:
    """Everything that the function's role allows, beyond its own log and traces."""
    if spec.in_vpc:
        yield from allow_lambda(NETWORK_ACTIONS, around)
    purposes = secrets_of(spec)
    if purposes:
        yield from _secrets(purposes, around)
    if settings.DatabaseSettings in spec.settings and not isinstance(spec.trigger, DeployStep):
        yield _database_login(spec.database_user, around)
    if spec.publishes:
        yield from _publish(spec.publishes, around)
    if settings.MailSettings in spec.settings:
        yield _send_mail(around)
    if settings.HealthSettings in spec.settings:
        yield _ask_for_health(around)


def secrets_of(spec: FunctionSpec) -> list[str]:
    """The purposes of the secrets that the function reads."""
    purposes = [SECRETS[kind] for kind in spec.settings if kind in SECRETS]
    return ["database", *purposes] if isinstance(spec.trigger, DeployStep) else purposes


def _secrets(purposes: list[str], around: Surroundings) -> Iterator[iam.PolicyStatement]:
    yield allow(("secretsmanager:GetSecretValue",), *map(around.secret_arn, purposes))
    through = f"secretsmanager.{around.stack.region}.amazonaws.com"
    yield iam.PolicyStatement(
        actions=["kms:Decrypt"],
        resources=[around.data.key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": through}},
    )


def _database_login(user: str, around: Surroundings) -> iam.PolicyStatement:
    arn = around.stack.format_arn(
        service="rds-db",
        resource="dbuser",
        resource_name=f"{around.data.database.proxy_id}/{user}",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return allow(("rds-db:connect",), arn)


def _publish(topics: tuple[str, ...], around: Surroundings) -> Iterator[iam.PolicyStatement]:
    cluster = around.data.events.cluster.attr_arn
    yield allow(("kafka-cluster:Connect",), cluster)
    arns = map(around.topic_arn, topics)
    yield allow(("kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"), *arns)


def _send_mail(around: Surroundings) -> iam.PolicyStatement:
    arn = around.stack.format_arn(service="ses", resource="identity", resource_name=around.config.domain)
    return iam.PolicyStatement(
        actions=["ses:SendEmail"],
        resources=[arn],
        conditions={"StringEquals": {"ses:FromAddress": around.config.mail_sender}},
    )


def _ask_for_health(around: Surroundings) -> iam.PolicyStatement:
    arns = [
        around.stack.format_arn(
            service="lambda",
            resource="function",
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        for name in around.health_functions().values()
    ]
    return allow(("lambda:InvokeFunction",), *arns)
