"""PyJWT without its client: the stand-in fits the installed version and keeps the HTTP stack out."""

import subprocess
import sys
from importlib.metadata import version

from functions.authorizer import light_jwt

LOOK = """
import functions.authorizer.token_handler, jwt, sys
print(jwt.PyJWKClient.__name__, sorted({"urllib.request", "http.client", "ssl"} & set(sys.modules)))
"""


class TestLightJwt:
    def test_replaces_a_module_of_the_version_it_was_written_against(self) -> None:
        assert version("pyjwt") == light_jwt.WRITTEN_AGAINST

    def test_is_what_pyjwt_finds_and_nothing_can_fetch(self) -> None:
        run = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "_NoClient []"
