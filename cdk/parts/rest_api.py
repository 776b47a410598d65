"""The REST API: one pair of resources per prefix of the catalog, an authorizer before the protected ones."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.acknowledgements import accept, managed_policy
from cdk.parts.gateway_responses import add_gateway_responses
from cdk.parts.payment_function import PaymentFunction
from cdk.specs import Routes
from cdk.stage_config import StageConfig

STAGE_NAME = "live"

# A revoked token opens the gateway for at most this long; the functions check the session on every request.
AUTHORIZER_CACHE = Duration.seconds(60)

# Nothing that the caller wrote, neither path nor query nor User-Agent nor API Gateway's own requestId, which is the
# X-Amzn-RequestId of whoever sends one: it may hold a secret in a wrong place. The function's own line with this
# request id names the route.
ACCESS_LOG = {
    "requestId": "$context.extendedRequestId",
    "time": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "authorizerLatency": "$context.authorizer.latency",
    "principalId": "$context.authorizer.principalId",
    "error": "$context.error.responseType",
    "wafResponseCode": "$context.wafResponseCode",
}


@dataclass(frozen=True)
class Prefix:
    """A path prefix and whether the authorizer stands before it."""

    path: str
    protected: bool


def prefixes_of(routes: Routes, config: StageConfig) -> Iterator[Prefix]:
    """The prefixes that the stage publishes of a function's routes."""
    yield from (Prefix(path, protected=True) for path in routes.protected)
    yield from (Prefix(path, protected=False) for path in routes.public)
    if config.documentation:
        yield from (Prefix(path, protected=False) for path in routes.documentation)


class PaymentApi(Construct):
    """The API itself; its routes come when the functions exist, because a function knows the API's id."""

    def __init__(self, scope: Construct, config: StageConfig) -> None:
        super().__init__(scope, "Api")
        self._config = config
        self._access_log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/paycore/{config.name}/api-access",
            retention=config.log_retention,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.rest_api = apigateway.RestApi(
            self,
            "RestApi",
            rest_api_name=f"paycore-{config.name}",
            description="Paycore HTTP API",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=True,
            # A statement: all else that leaves the functions is text.
            binary_media_types=["application/pdf"],
            deploy_options=self._stage_options(),
        )
        self._declare_execution_log()
        add_gateway_responses(self.rest_api)
        self._accept_findings()

    def _stage_options(self) -> apigateway.StageOptions:
        config = self._config
        return apigateway.StageOptions(
            stage_name=STAGE_NAME,
            throttling_rate_limit=config.throttle_requests_per_second,
            throttling_burst_limit=config.throttle_burst,
            # The API's own metrics are free and feed alarm and dashboard; those per method cost 0.30 dollars each.
            metrics_enabled=False,
            # A trace of the gateway's has the whole URL, and so what stands in a query: an e-mail address, a cursor.
            # The functions' own traces begin behind it and know no path.
            tracing_enabled=False,
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            # Bodies hold card numbers and personal data: they are never logged.
            data_trace_enabled=False,
            access_log_destination=apigateway.LogGroupLogDestination(self._access_log),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG)),
        )

    def _declare_execution_log(self) -> None:
        """The group that API Gateway itself writes errors to: where it finds none it makes one, kept for ever."""
        group = logs.LogGroup(
            self,
            "ExecutionLog",
            log_group_name=f"API-Gateway-Execution-Logs_{self.rest_api.rest_api_id}/{STAGE_NAME}",
            retention=self._config.log_retention,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.rest_api.deployment_stage.node.add_dependency(group)

    def _accept_findings(self) -> None:
        accept(
            self,
            {
                "APIG2": "The functions check every body against their models and answer problem+json.",
                "APIG4": "Public prefixes and CORS preflights carry no token by design; a test lists them.",
                "COG4": "Access tokens are our own: our authorizer verifies them, sessions can be revoked.",
                managed_policy("AmazonAPIGatewayPushToCloudWatchLogs"): "Made for the account's one log role.",
            },
        )

    def add_authorizer(self, function: PaymentFunction) -> apigateway.IAuthorizer:
        """An answer is kept per Authorization header; a request without one is refused at once."""
        return apigateway.RequestAuthorizer(
            self,
            "Authorizer",
            authorizer_name="access-token",
            handler=function.function,
            identity_sources=[apigateway.IdentitySource.header("Authorization")],
            results_cache_ttl=AUTHORIZER_CACHE,
        )

    def add_routes(self, function: PaymentFunction, routes: Routes, authorizer: apigateway.IAuthorizer) -> None:
        """Sends each prefix and everything below it to the function."""
        integration = apigateway.LambdaIntegration(function.target, scope_permission_to_method=False)
        for prefix in prefixes_of(routes, self._config):
            resource = self.rest_api.root.resource_for_path(prefix.path)
            for each in (resource, resource.add_resource("{proxy+}")):
                if prefix.protected:
                    each.add_method("ANY", integration, authorizer=authorizer)
                    # A browser's preflight carries no token; the function's CORS middleware answers it.
                    each.add_method("OPTIONS", integration)
                else:
                    each.add_method("ANY", integration)
