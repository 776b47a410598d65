"""The rows of docs/permissions.md that say what an operation answers to whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.permission_table import ABSENT, STEP_UP

PAGE = Path(__file__).resolve().parents[1] / "docs/permissions.md"


@dataclass(frozen=True)
class Row:
    """One operation; `answers` by who asks, in the words of the page."""

    method: str
    path: str
    permission: str
    answers: dict[str, str]

    @property
    def names_a_possession(self) -> bool:
        """Whether an id in the path belongs to somebody."""
        return ABSENT in self.answers.values()

    @property
    def asks_for_step_up(self) -> bool:
        """Whether it takes a recent sign-in, with the second factor of who has one."""
        return _plain(STEP_UP) in self.answers.values()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def rows() -> Iterator[Row]:
    """One for each line of the last table of the page."""
    head, _, *lines = PAGE.read_text().rpartition("\n\n")[2].splitlines()
    names = _cells(head)
    assert names[:2] == ["operation", "permission"]
    for line in lines:
        operation, permission, *answers = _cells(line)
        method, path = operation.split()
        yield Row(method, path, permission, dict(zip(names[2:], answers, strict=True)))


def _cells(line: str) -> list[str]:
    return [_plain(cell.strip()) for cell in line.strip("|").split("|")]


def _plain(cell: str) -> str:
    return cell.replace("`", "")
