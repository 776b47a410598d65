"""The local Lambda environments: one event at a time, time-outs, crashes, failed starts, changes of the code."""

import json
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.configuration import HOST, REPOSITORY
from tests.integration.local_platform.caller import Caller, wait_until
from tests.integration.local_platform.system import PROBE


class TestEnvironment:
    def test_answers_a_request(self, caller: Caller) -> None:
        answer = caller.http("GET", "/open/a?x=1&x=2")
        assert answer.status == 200
        event = answer.body["event"]
        assert (event["path"], event["pathParameters"]) == ("/open/a", {"proxy": "a"})
        assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
        assert event["requestContext"]["identity"]["sourceIp"] == HOST
        assert answer.headers["x-amzn-RequestId"] == event["requestContext"]["requestId"]

    def test_sees_its_own_service_and_layers_only(self, caller: Caller) -> None:
        body = caller.http("GET", "/open/a").body
        root, runtime = body["path"][0], body["path"][1]
        assert sorted(path.name for path in Path(root, "functions").iterdir() if path.name != "__pycache__") == [
            "__init__.py",
            "probe",
        ]
        assert runtime.endswith("build/layers/local/runtime/python")
        assert not [path for path in body["path"] if "site-packages" in path]

    def test_has_lambda_s_variables_and_its_own_and_no_other(self, caller: Caller) -> None:
        environment = caller.http("GET", "/open/a").body["environment"]
        assert environment["COLOUR"] == "red"
        assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
        assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "probe"
        assert not [name for name in environment if name.startswith(("PYTEST", "PAYCORE", "VIRTUAL_ENV"))]

    def test_runs_one_event_at_a_time(self, caller: Caller) -> None:
        began = time.monotonic()
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: caller.http("GET", "/single/sleep?seconds=0.3"), range(3)))
        assert time.monotonic() - began > 0.85
        assert [answer.status for answer in answers] == [200] * 3
        assert len({answer.body["pid"] for answer in answers}) == 1

    def test_more_start_when_more_are_needed(self, caller: Caller) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: caller.http("GET", "/open/sleep?seconds=0.5"), range(8)))
        assert [answer.status for answer in answers] == [200] * 8
        assert 2 <= len({answer.body["pid"] for answer in answers}) <= 3

    def test_a_time_out_kills_the_process(self, caller: Caller) -> None:
        before = caller.http("GET", "/single/a").body["pid"]
        answer = caller.http("GET", "/single/sleep?seconds=20")
        assert (answer.status, answer.body["code"]) == (502, "default_5xx")
        assert "Task timed out after 2.00 seconds" in caller.log("single")
        wait_until(lambda: not Path(f"/proc/{before}").exists())
        assert caller.http("GET", "/single/a").body["pid"] != before

    def test_a_process_that_ends_in_mid_call_is_502(self, caller: Caller) -> None:
        assert caller.http("GET", "/open/exit").status == 502
        assert "Runtime exited with error: exit status 3" in caller.log("probe")
        assert caller.http("GET", "/open/a").status == 200

    def test_an_exception_is_502_and_the_process_lives(self, caller: Caller) -> None:
        pid = caller.http("GET", "/single/a").body["pid"]
        assert caller.http("GET", "/single/raise").status == 502
        assert caller.http("GET", "/single/a").body["pid"] == pid

    def test_a_failed_import_is_502_and_says_why_in_the_log(self, caller: Caller) -> None:
        assert caller.http("GET", "/broken/a").status == 502
        assert "No module named 'no_such_module'" in caller.log("broken")

    def test_logs_what_the_function_prints_between_start_and_report(self, caller: Caller) -> None:
        caller.http("GET", "/open/print")
        lines = [line.split()[0] for line in caller.log("probe").splitlines()[-4:]]
        assert lines == ["START", "a", "END", "REPORT"]

    def test_a_change_of_the_code_reaches_the_next_call(self, caller: Caller) -> None:
        file = caller.configuration.repository / "functions" / "probe" / "api_handler.py"
        file.write_text(PROBE.replace('"function":', '"edited": True, "function":'))
        until = time.monotonic() + 10
        while "edited" not in caller.http("GET", "/open/a").body:
            assert time.monotonic() < until
            time.sleep(0.1)


class TestInvokeApi:
    def test_answers_with_the_function_s_result(self, caller: Caller) -> None:
        answer = caller.invoke("probe", {"a": 1})
        assert (answer.status, json.loads(answer.body["body"])["event"]) == (200, {"a": 1})
        assert "X-Amz-Function-Error" not in answer.headers

    def test_takes_the_arn_as_the_name(self, caller: Caller) -> None:
        assert caller.invoke("arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aprobe", {}).status == 200

    def test_says_that_the_function_failed(self, caller: Caller) -> None:
        answer = caller.invoke("probe", {"path": "/raise"})
        assert (answer.status, answer.headers["X-Amz-Function-Error"]) == (200, "Unhandled")
        assert answer.body["errorMessage"] == "as asked"

    def test_says_why_a_function_does_not_start(self, caller: Caller) -> None:
        assert caller.invoke("broken", {}).body["errorType"] == "Runtime.ImportModuleError"

    def test_accepts_an_event_at_once(self, caller: Caller) -> None:
        began = time.monotonic()
        event = {"path": "/sleep", "queryStringParameters": {"seconds": "5"}}
        assert caller.invoke("probe", event, X_Amz_Invocation_Type="Event").status == 202
        assert time.monotonic() - began < 5

    @pytest.mark.parametrize(
        ("name", "status", "kind"),
        [("nobody", 404, "ResourceNotFoundException"), ("closed", 429, "TooManyRequestsException")],
    )
    def test_refuses_as_lambda_does(self, caller: Caller, name: str, status: int, kind: str) -> None:
        answer = caller.invoke(name, {})
        assert (answer.status, answer.headers["X-Amzn-ErrorType"]) == (status, kind)


def test_all_environments_end_with_a_killed_gateway(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.integration.local_platform.system", str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as gateway:
        assert gateway.stdout
        port = int(gateway.stdout.readline())
        wait_until((tmp_path / "home" / "pids" / "gateway.ready").exists)
        with urllib.request.urlopen(f"http://{HOST}:{port}/open/a", timeout=20) as answer:
            pid = json.load(answer)["pid"]
        gateway.kill()
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
