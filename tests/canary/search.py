"""No secret that the tests used stands in a store, an event, a mail or a log where it may not be.

A run that finds one fails, and names the store, the place and the kind: never the secret.
"""

import base64
import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from local.configuration import Configuration
from tests.canary import stores
from tests.canary.registry import known, learn_system

Place = tuple[str, str]

# Where a secret of a kind may be in clear: everything else is a leak.
ALLOWED: frozenset[Place] = frozenset()
_BITS, _DIGIT_BITS = 8, 6  # of a byte, and of a letter of base64


def expect_no_secret(platform: Configuration) -> None:
    """At the end of a run: what was planted or seen is nowhere but in the places that are allowed."""
    learn_system(platform)
    leaks = {place: count for place, count in found(platform, known()).items() if place not in ALLOWED}
    told = "\n".join(f"{store}: {kind}, {count} times" for (store, kind), count in sorted(leaks.items()))
    assert not leaks, f"secrets in clear:\n{told}"


def found(platform: Configuration, secrets: Mapping[str, str]) -> Counter[Place]:
    """How often secrets, by kind, are in which place."""
    spelled = {spelling: kind for secret, kind in secrets.items() for spelling in spellings(secret, kind)}
    with tempfile.TemporaryDirectory(dir=platform.home) as name:
        folder = Path(name)
        places = {str(file): place for place, file in _places(platform, folder)}
        patterns = folder / "patterns"
        patterns.write_text("\n".join(spelled), encoding="utf-8")
        matches = list(_grep(patterns, [*places]))
    return Counter((places[file], spelled[text]) for file, text in matches)


def spellings(secret: str, kind: str) -> Iterator[str]:
    """The forms in which a text would be found: as it is, in JSON, in a URL, in hexadecimal and in base64."""
    if len(secret) <= len("000000"):  # digits stand in many numbers by chance
        yield from (f'"{secret}"', f"'{secret}'", f"{kind}={secret}", f"is {secret}", f"%22{secret}%22")
        return
    data = secret.encode()
    yield from {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), data.hex()}
    for before in range(3):  # bytes of the same group of three
        text = base64.b64encode(b"\0" * before + data).decode()
        whole = text[-(-before * _BITS // _DIGIT_BITS) : (before + len(data)) * _BITS // _DIGIT_BITS]
        yield from {whole, whole.translate(str.maketrans("+/", "-_"))}


def _places(platform: Configuration, folder: Path) -> Iterator[tuple[str, Path]]:
    for read in (stores.postgres, stores.cache, stores.topics, stores.documents, stores.mails):
        yield from read(platform, folder)
    yield from stores.logs(platform)


def _grep(patterns: Path, files: list[str]) -> Iterator[tuple[str, str]]:
    """File and text of every match: grep looks for tens of thousands of texts at once."""
    command = ["grep", "--fixed-strings", "--text", "--only-matching", "--with-filename", "--null"]
    run = subprocess.run(
        [*command, "--file", str(patterns), "--", *files], capture_output=True, check=False, env={"LC_ALL": "C"}
    )
    assert run.returncode in (0, 1), run.stderr
    for line in run.stdout.decode().splitlines():
        file, _, text = line.partition("\0")
        yield file, text
