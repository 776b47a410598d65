"""What samconfig.toml says can be done can be done: its functions and events exist, and nothing is left to AWS."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.configuration import Configuration, Ports
from local.sam import AUTHORITY_FILE, STACK, pointed_here
from local.template import Template
from tests.infrastructure.conftest import ROOT, Synthesized

CONFIGURATION = Configuration(repository=ROOT, home=Path("/home"), ports=Ports())
TEXT = (ROOT / "samconfig.toml").read_text()
COMMANDS = re.findall(r"sam local invoke (\S+) --event (\S+)", TEXT)


@pytest.fixture(scope="module")
def functions(stages: dict[str, Synthesized]) -> dict[str, dict[str, Any]]:
    """The properties of our functions by name, as SAM is given them."""
    stacks = {f"paycore-dev-{name}": body for name, body in stages["dev"].templates.items()}
    written = pointed_here(stacks[STACK], Template(stacks), CONFIGURATION, lambda name: f"value of {name}")
    found = (each["Properties"] for each in written["Resources"].values() if each["Type"] == "AWS::Lambda::Function")
    return {each["FunctionName"]: each for each in found if "FunctionName" in each}


def variables(functions: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name, function in functions.items():
        for variable, value in function["Environment"]["Variables"].items():
            yield f"{name} {variable}", value


class TestCommands:
    def test_there_are_some(self) -> None:
        assert COMMANDS

    @pytest.mark.parametrize(("function", "event"), COMMANDS)
    def test_name_a_function_and_an_event_that_exist(
        self, function: str, event: str, functions: dict[str, dict[str, Any]]
    ) -> None:
        assert function in functions
        assert (ROOT / event).is_file()

    def test_read_the_template_that_our_command_writes(self) -> None:
        commands = tomllib.loads(TEXT)["default"]
        named = {each["parameters"].get("template_file") for each in commands.values()} - {None}
        assert named == {"cdk.out/dev/sam.json"}


class TestTemplate:
    def test_leaves_no_variable_to_aws(self, functions: dict[str, dict[str, Any]]) -> None:
        """SAM gives a function an empty text for whatever is not one."""
        for name, value in variables(functions):
            assert isinstance(value, str), name

    def test_names_our_servers_and_our_aws(self, functions: dict[str, dict[str, Any]]) -> None:
        wallet = functions["paycore-dev-wallet-api"]["Environment"]["Variables"]
        assert (wallet["DATABASE_HOST"], wallet["DATABASE_PORT"]) == ("127.0.0.1", "26432")
        assert (wallet["REDIS_HOST"], wallet["REDIS_PORT"]) == ("127.0.0.1", "26379")
        assert wallet["AWS_ENDPOINT_URL"] == "http://127.0.0.1:24566"

    def test_names_no_file_of_this_machine(self, functions: dict[str, dict[str, Any]]) -> None:
        """The authority is in a layer: a container sees its own files only."""
        for name, value in variables(functions):
            assert not value.startswith(str(CONFIGURATION.home)), name
        wallet = functions["paycore-dev-wallet-api"]
        assert wallet["Environment"]["Variables"]["REDIS_CA_FILE"] == f"/opt/{AUTHORITY_FILE}"
        assert wallet["Layers"][-1] == {"Ref": "LocalAuthorityLayer"}
