"""docs/security.md names tests that are there."""

import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs/security.md").read_text()
TESTS = REPOSITORY / "tests"


# How many rows each reference table of attacks has: tokens and sessions, authorisation, limits and headers, bodies.
ROWS = {"T": 34, "Z": 13, "R": 9, "B": 30}


def rows_shown() -> Iterator[str]:
    """Of "T02-T04" three, of "Z06, B19" two."""
    for cell in re.findall(r"^\| ([TZRB]\d\d[^|]*) \|", PAGE, re.MULTILINE):
        for part in cell.split(", "):
            first, _, last = part.partition("-")
            for number in range(int(first[1:]), int((last or first)[1:]) + 1):
                yield f"{first[0]}{number:02d}"


class TestPage:
    def test_every_row_of_the_tables_of_attacks_is_answered(self) -> None:
        wanted = {f"{letter}{number:02d}" for letter, count in ROWS.items() for number in range(1, count + 1)}
        assert set(rows_shown()) == wanted

    def test_every_test_that_shows_something_exists(self) -> None:
        named = set(re.findall(r"`(?:tests/)?([\w/]+\.py)`", PAGE))
        assert len(named) > 15
        missing = {
            name for name in named if not any((folder / name).exists() for folder in (TESTS, TESTS / "integration"))
        }
        assert missing == set()

    def test_every_attack_is_in_the_page(self) -> None:
        for path in TESTS.rglob("test_attacks_*.py"):
            assert path.name in PAGE
