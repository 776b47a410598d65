"""The sample events in events/: AWS's exact shapes, one per route and trigger, with bodies that the routes accept."""

import base64
import importlib
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, APIRouter
from pydantic import ValidationError

from cdk.catalog import FUNCTIONS
from cdk.specs import Authorizer, Consumer, DeployStep, Operator, Routes, Schedule
from functions.user.invite_admin import InviteAdmin
from paycore.events.registry import event_types
from tests.samples import EVENTS, sample_name

ROOT = Path(__file__).resolve().parents[2]

# API Gateway's proxy event of a REST API, payload version 1.0.
PROXY_KEYS = {
    "resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters",
    "multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext", "body",
    "isBase64Encoded",
}  # fmt: skip
CONTEXT_KEYS = {
    "resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId",
    "protocol", "stage", "domainPrefix", "requestTimeEpoch", "requestId", "identity", "domainName",
    "deploymentId", "apiId",
}  # fmt: skip
CALLER_KEYS = {"principalId", "integrationLatency", "user_id", "session_id", "exp", "auth_time", "amr"}
RECORD_KEYS = {
    "topic", "partition", "offset", "timestamp", "timestampType", "key", "value", "headers",
}  # fmt: skip
SCHEDULE_KEYS = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}

ROUTE_MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in ROOT.glob("functions/**/routes.py")
)


@dataclass(frozen=True)
class Sample:
    """One file."""

    name: str
    event: dict[str, Any]


def samples(prefix: str) -> list[Sample]:
    return [Sample(path.stem, json.loads(path.read_text())) for path in sorted(EVENTS.glob(f"{prefix}_*.json"))]


REQUESTS = samples("apigw")


def name_of(sample: Sample) -> str:
    return sample.name


def routes_of(module: str) -> Iterator[APIRoute]:
    for router in vars(importlib.import_module(module)).values():
        if isinstance(router, APIRouter):
            yield from (route for route in router.routes if isinstance(route, APIRoute))


class TestRequests:
    @pytest.mark.parametrize("sample", REQUESTS, ids=name_of)
    def test_have_the_shape_of_api_gateway(self, sample: Sample) -> None:
        event = sample.event
        assert set(event) == PROXY_KEYS
        assert set(event["requestContext"]) - {"authorizer"} == CONTEXT_KEYS
        assert event["multiValueHeaders"] == {name: [value] for name, value in event["headers"].items()}
        assert event["requestContext"]["path"] == f"/live{event['path']}"
        rest = (event["pathParameters"] or {}).get("proxy")
        assert event["resource"].replace("{proxy+}", rest or "") == event["path"]

    @pytest.mark.parametrize("sample", REQUESTS, ids=name_of)
    def test_carry_a_caller_exactly_behind_the_authorizer(self, sample: Sample) -> None:
        protected = {path for spec in FUNCTIONS if isinstance(spec.trigger, Routes) for path in spec.trigger.protected}
        prefix = sample.event["resource"].removesuffix("/{proxy+}")
        caller = sample.event["requestContext"].get("authorizer")
        assert (caller is not None) == (prefix in protected)
        if caller:
            assert set(caller) == CALLER_KEYS
            assert caller["principalId"] == caller["user_id"]

    def test_cover_every_prefix_of_the_api(self) -> None:
        covered = {sample.event["resource"].removesuffix("/{proxy+}") for sample in REQUESTS}
        for spec in FUNCTIONS:
            if isinstance(spec.trigger, Routes):
                trigger = spec.trigger
                assert covered >= {*trigger.protected, *trigger.public, *trigger.documentation}, spec.name

    @pytest.mark.parametrize("module", ROUTE_MODULES)
    def test_cover_every_route(self, module: str) -> None:
        names = {sample.name for sample in REQUESTS}
        needed = {sample_name(method, each.path) for each in routes_of(module) for method in each.methods or ()}
        assert not needed - names, "these need a sample in events/"

    @pytest.mark.parametrize("module", ROUTE_MODULES)
    def test_have_bodies_that_the_route_accepts(self, module: str) -> None:
        by_name = {sample.name: sample.event for sample in REQUESTS}
        for route in routes_of(module):
            parameter = inspect.signature(route.endpoint).parameters.get("body")
            if parameter is not None:
                (method,) = route.methods or {""}
                body = by_name[sample_name(method, route.path)]["body"]
                parameter.annotation.model_validate_json(body)


class TestRecords:
    def test_every_topic_of_a_consumer_has_some(self) -> None:
        topics = {topic for spec in FUNCTIONS if isinstance(spec.trigger, Consumer) for topic in spec.trigger.topics}
        assert {sample.name for sample in samples("msk")} == {f"msk_{topic}" for topic in topics}

    @pytest.mark.parametrize("sample", samples("msk"), ids=name_of)
    def test_have_the_shape_of_the_event_source(self, sample: Sample) -> None:
        assert set(sample.event) == {"eventSource", "eventSourceArn", "bootstrapServers", "records"}
        for partition, records in sample.event["records"].items():
            for record in records:
                assert set(record) == RECORD_KEYS
                assert f"{record['topic']}-{record['partition']}" == partition
                assert sample.name == f"msk_{record['topic']}"
                assert base64.b64decode(record["key"], validate=True)

    def test_are_one_event_of_each_type(self) -> None:
        found = {}
        for sample in samples("msk"):
            for record in (each for records in sample.event["records"].values() for each in records):
                event = json.loads(base64.b64decode(record["value"], validate=True))
                kind = event_types()[event["type"]]
                assert set(event) == {"id", "type", "version", "time", "subject", "data", "trace", "network"}
                assert record["topic"] == kind.TOPIC
                assert set(event["data"]) == {field.name for field in fields(kind)}, event["type"]
                found[event["type"]] = event
        assert set(found) == set(event_types())


class TestOthers:
    def test_every_schedule_has_one(self) -> None:
        names = {spec.trigger.name for spec in FUNCTIONS if isinstance(spec.trigger, Schedule)}
        found = samples("schedule")
        assert {sample.name for sample in found} == {f"schedule_{name}" for name in names}
        for sample in found:
            assert set(sample.event) == SCHEDULE_KEYS
            (arn,) = sample.event["resources"]
            assert arn.endswith(f"rule/paycore-dev-{sample.name.removeprefix('schedule_')}")

    def test_what_people_and_deployments_invoke_has_one(self) -> None:
        kinds = {Operator: "operator", DeployStep: "deploy"}
        for spec in FUNCTIONS:
            if type(spec.trigger) in kinds:
                case = spec.file.removesuffix("_handler")
                assert (EVENTS / f"{kinds[type(spec.trigger)]}_{case}.json").exists()

    def test_of_an_invitation_is_what_the_function_takes(self) -> None:
        event = json.loads((EVENTS / "operator_invite_admin.json").read_text())
        InviteAdmin.model_validate(event)
        for name in event:
            with pytest.raises(ValidationError):
                InviteAdmin.model_validate({key: value for key, value in event.items() if key != name})

    def test_the_authorizer_has_one(self) -> None:
        assert any(isinstance(spec.trigger, Authorizer) for spec in FUNCTIONS)
        event = json.loads((EVENTS / "authorizer_request.json").read_text())
        assert set(event) == (PROXY_KEYS - {"body", "isBase64Encoded"}) | {"type", "methodArn"}
        assert set(event["requestContext"]) == CONTEXT_KEYS
        assert event["methodArn"].endswith(f"/live/{event['httpMethod']}{event['path']}")
