"""The dashboard asks for what is there: log groups that are declared, fields that requests log."""

import json
import re
from typing import Any

import pytest

from paycore.cache_entries import transaction_key, user_key, wallet_key
from paycore.caller import cache_key, key_entry
from tests.infrastructure.conftest import Synthesized


@pytest.fixture
def widgets(stage: Synthesized) -> list[dict[str, Any]]:
    """The widgets of the stage's dashboard; references stay as their logical ids."""
    (dashboard,) = stage.properties("AWS::CloudWatch::Dashboard")
    parts = dashboard["DashboardBody"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else json.dumps(part).replace('"', "'") for part in parts)
    found: list[dict[str, Any]] = json.loads(text)["widgets"]
    return found


class TestCaches:
    def test_each_cache_has_its_line_from_logs_that_exist(
        self, stage: Synthesized, widgets: list[dict[str, Any]]
    ) -> None:
        (query,) = [each["properties"]["query"] for each in widgets if each["type"] == "log"]
        declared = [group.get("LogGroupName") for group in stage.properties("AWS::Logs::LogGroup")]
        named = set(re.findall(r"SOURCE '([^']+)'", query))
        assert named
        assert [name for name in named if name not in declared] == []
        keys = (cache_key(""), key_entry(""), user_key(""), wallet_key(""), transaction_key(""))
        assert set(re.findall(r"avg\(cached\.(\w+)\)", query)) == {key.partition(":")[0] for key in keys}
