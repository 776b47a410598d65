"""The table of permissions: nothing in it is spare, and nobody but admins has rights over others."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from paycore.http import Router
from paycore.permissions import ROLES
from tests.answer_table import rows
from tests.contract.test_openapi import operations

REPOSITORY = Path(__file__).parents[2]
SOURCES = [path for folder in ("functions", "layers/common") for path in (REPOSITORY / folder).rglob("*.py")]
ALL = sorted(frozenset[str]().union(*ROLES.values()))


class TestTable:
    def test_every_permission_is_given_by_one_role(self) -> None:
        for one, other in combinations(ROLES.values(), 2):
            assert one & other == set()

    @pytest.mark.parametrize("permission", ALL)
    def test_every_permission_is_asked_for(self, permission: str) -> None:
        assert re.fullmatch(r"[a-z_]+:[a-z_]+", permission)
        askers = [path.name for path in SOURCES if f'"{permission}"' in path.read_text()]
        assert len(askers) > 1, "it stands in the table alone"

    def test_only_admins_have_rights_over_what_belongs_to_others(self) -> None:
        over_others = {permission for permission in ALL if permission.endswith("_any")}
        assert over_others <= ROLES["admin"]
        assert {permission.removesuffix("_any") for permission in over_others} <= ROLES["user"]


class TestRoutes:
    def test_each_names_one_permission_or_is_public(self) -> None:
        named = {each["x-permission"] for _, _, each in operations()}
        assert named - {"public"} <= set(ALL)
        for path, method, each in operations():
            assert ("security" in each) == (each["x-permission"] != "public"), f"{method} {path}"

    def test_one_without_cannot_be_made(self) -> None:
        with pytest.raises(KeyError, match="x-permission"):
            Router().get("/anything")(lambda: None)

    def test_every_one_has_a_row_of_answers(self) -> None:
        documented = {(method.upper(), path) for path, method, _ in operations()}
        assert {(row.method, row.path) for row in rows()} == documented
