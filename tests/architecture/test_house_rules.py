"""The rules of the house that a few lines can check."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SOURCES = sorted(
    path for folder in ("layers/common", "functions", "cdk", "local") for path in (REPOSITORY / folder).rglob("*.py")
)
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
DEPLOYED = sorted(
    path
    for folder in ("layers/common", "functions")
    for path in (REPOSITORY / folder).rglob("*.*")
    if path.suffix in (".py", ".sql")
)
LINES_MAX, FUNCTION_LINES_MAX = 200, 40
# May only shrink. Reasons: a registry of many small things; a story told in one piece.
LONGER_MODULES = {"layers/common/python/paycore/errors.py", "local/story.py"}

# The one module that commits, and how often it says so.
COMMITTER, COMMIT = "layers/common/python/paycore/database.py", "COMMIT"


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


class TestModules:
    @pytest.mark.parametrize("path", SOURCES + TESTS, ids=_name)
    def test_are_short_and_say_what_they_are_for(self, path: Path) -> None:
        text = path.read_text()
        if path.name != "__init__.py":
            assert ast.get_docstring(ast.parse(text)), "a module says in one sentence what it is for"
        if _name(path) not in LONGER_MODULES:
            assert len(text.splitlines()) <= LINES_MAX

    @pytest.mark.parametrize("path", SOURCES + TESTS, ids=_name)
    def test_have_short_functions(self, path: Path) -> None:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= FUNCTION_LINES_MAX, f"{node.name} has {lines} lines"

    @pytest.mark.parametrize("path", DEPLOYED, ids=_name)
    def test_commit_in_one_place_only(self, path: Path) -> None:
        found = re.findall(r"\.commit\(|\bCOMMIT\b", path.read_text())
        assert found == ([COMMIT] if _name(path) == COMMITTER else [])


class TestImports:
    def test_the_authorizer_stays_small(self) -> None:
        heavy = "{'fastapi', 'sqlalchemy', 'boto3', 'pydantic', 'redis'}"
        code = f"import functions.authorizer.token_handler, sys; print(sorted({heavy} & set(sys.modules)))"
        run = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "[]"
