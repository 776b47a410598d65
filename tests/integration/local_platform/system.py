"""The small system that the tests of the local platform run; as a program it serves until it is killed."""

import asyncio
import sys
from pathlib import Path

from local.configuration import Configuration
from local.gateway.runtime import Runtime
from tests.local_system import (
    AUTHORIZER,
    function,
    method,
    rate_rule,
    small_configuration,
    small_repository,
    small_template,
)

PROBE = """
import json, os, sys, time

def answer(status, body, **more):
    return {"statusCode": status, "body": json.dumps(body), **more}

def handler(event, context):
    path = event.get("path", "")
    if path.endswith("/sleep"):
        time.sleep(float(event["queryStringParameters"]["seconds"]))
    if path.endswith("/exit"):
        os._exit(3)
    if path.endswith("/raise"):
        raise RuntimeError("as asked")
    if path.endswith("/malformed"):
        return "no answer"
    if path.endswith("/cookies"):
        return {"statusCode": 201, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}, "body": ""}
    if path.endswith("/print"):
        print("a line of the function")
    return answer(200, {"event": event, "pid": os.getpid(), "path": sys.path,
                        "environment": dict(os.environ), "function": context.function_name})
"""

GATE = """
calls = 0

def handler(event, context):
    global calls
    calls += 1
    token = event["headers"]["Authorization"]
    if token == "nobody":
        raise Exception("Unauthorized")
    if token == "crash":
        raise RuntimeError("as asked")
    effect = "Deny" if token == "denied" else "Allow"
    policy = {"Statement": [{"Effect": effect, "Action": "execute-api:Invoke", "Resource": "arn:aws:*/live/*/*"}]}
    return {"principalId": token, "policyDocument": policy, "context": {"calls": calls, "admin": True}}
"""

SOURCES = {
    "probe/api_handler.py": PROBE,
    "gate/token_handler.py": GATE,
    "broken/api_handler.py": "import no_such_module\n",
    "strange/api_handler.py": 'secret = "of another service"\nhandler = print\n',
}


def small_runtime(folder: Path) -> tuple[Configuration, Runtime]:
    """The system below the folder, not started."""
    configuration = small_configuration(folder)
    small_repository(configuration, SOURCES)
    template = small_template(
        {
            AUTHORIZER: function(AUTHORIZER, "gate.token_handler.handler", Timeout=5),
            "probe": function(
                "probe", "probe.api_handler.handler", Timeout=30, Environment={"Variables": {"COLOUR": "red"}}
            ),
            "single": function("single", "probe.api_handler.handler", Timeout=2, ReservedConcurrentExecutions=1),
            "closed": function("closed", "probe.api_handler.handler", ReservedConcurrentExecutions=0),
            "broken": function("broken", "broken.api_handler.handler"),
            **method("/open/{proxy+}", "probe"),
            **method("/single/{proxy+}", "single"),
            **method("/brief/{proxy+}", "single", TimeoutInMillis=300),
            **method("/closed/{proxy+}", "closed"),
            **method("/broken/{proxy+}", "broken"),
            **method("/safe/{proxy+}", "probe", protected=True),
            "Firewall": rate_rule(limit=100_000),
        }
    )
    return configuration, Runtime(configuration, template, lambda name: name)


async def serve(folder: Path) -> None:
    configuration, runtime = small_runtime(folder)
    print(configuration.ports.gateway, flush=True)
    await runtime.serve(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
