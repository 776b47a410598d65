"""The page of the API's documentation: whatever it names is there, and of our own."""

from html.parser import HTMLParser
from typing import Any

import pytest

from functions.edge import swagger
from paycore.errors import NotFound


class _Names(HTMLParser):
    """What a page makes a browser ask for."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.viewport = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts: dict[str, Any] = dict(attrs)
        address = facts.get("src") or facts.get("href")
        if address:
            self.links[facts.get("rel") or tag] = address
        if facts.get("name") == "viewport":
            self.viewport = facts["content"]


@pytest.fixture
def names() -> _Names:
    return _Names(bytes(swagger.page().body))


class TestPage:
    def test_names_files_that_are_there(self, names: _Names) -> None:
        own = [link.removeprefix("/docs/") for link in names.links.values() if not link.startswith("data:")]
        assert own
        for name in own:
            assert swagger.file(name).body

    def test_has_an_icon_or_browsers_ask_for_one_that_is_not_there(self, names: _Names) -> None:
        assert names.links["icon"] == "data:,"

    def test_is_as_wide_as_the_screen(self, names: _Names) -> None:
        assert "width=device-width" in names.viewport

    @pytest.mark.parametrize("name", ["", "index.html", "../swagger.py", "oauth2-redirect.html"])
    def test_there_is_no_other_file(self, name: str) -> None:
        with pytest.raises(NotFound):
            swagger.file(name)
