"""Asks every service for its health, all at once: the one call from function to function that the house allows."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from paycore import aws, settings
from paycore.ids import new_uuid
from paycore.settings import HealthSettings

TIME_OUT_S = 0.5
COLD_TIME_OUT_S = 10.0  # of the first question of an environment: the asked function may have to start

_KNOWN = ("pass", "warn", "fail")

_asked_before: set[str] = set()


def ask_all() -> dict[str, Any]:
    """The health of the whole: `fail` when a service fails or does not answer, `warn` when one warns."""
    functions: dict[str, str] = json.loads(settings.read(HealthSettings).health_functions)
    clients = [_client(name) for name in functions]  # here: boto3 must not make two at once
    with ThreadPoolExecutor(len(functions)) as pool:
        answers = dict(zip(functions, pool.map(_ask, functions, functions.values(), clients), strict=True))
    found = {answer["status"] for answer in answers.values()}
    status = "fail" if "fail" in found else "warn" if "warn" in found else "pass"
    return {"status": status, "checks": answers}


def _client(name: str) -> Any:
    """Asks once: a second try would ask a hanging function for a second environment."""
    limit_s = TIME_OUT_S if name in _asked_before else COLD_TIME_OUT_S
    _asked_before.add(name)
    return aws.client("lambda", read_timeout_s=limit_s, attempts=1)


def _ask(name: str, function: str, client: Any) -> dict[str, Any]:
    started = time.perf_counter()
    status = _status(name, function, client)
    return {"status": status, "latency_ms": round((time.perf_counter() - started) * 1000, 1)}


def _status(name: str, function: str, client: Any) -> str:
    try:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(_event(name)).encode())
        health = json.loads(json.loads(answer["Payload"].read())["body"])
        return health["status"] if health["status"] in _KNOWN else "fail"
    except (aws.NoAnswer, aws.Refused, KeyError, ValueError):
        return "fail"  # whatever it was, the service did not say that it is well


def _event(name: str) -> dict[str, Any]:
    """A request as API Gateway hands it on (REST, payload v1)."""
    path = f"/health/{name}"
    request_id = str(new_uuid())
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": {"Host": "edge"},
        "multiValueHeaders": {"Host": ["edge"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "requestId": request_id,
            "extendedRequestId": request_id,
            # the client's request was counted here already: this one counts for nobody
            "identity": {"sourceIp": f"edge-{request_id}"},
            "httpMethod": "GET",
            "path": path,
            "stage": "live",
        },
        "body": None,
        "isBase64Encoded": False,
    }
