"""The answers that API Gateway gives by itself, in the shape of all others: problem+json with headers."""

from aws_cdk import aws_apigateway as apigateway

from cdk.gateway_refusals import RESPONSES


def add_gateway_responses(api: apigateway.RestApi) -> None:
    """Attaches every response to the API."""
    for response in RESPONSES:
        api.add_gateway_response(
            f"Response{response.name}",
            type=apigateway.ResponseType.of(response.type),
            status_code=str(response.status),
            response_headers=response.headers,
            templates={"application/json": response.body},
        )
