"""docs/security.md names tests that are there."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs/security.md").read_text()
TESTS = REPOSITORY / "tests"


class TestPage:
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
