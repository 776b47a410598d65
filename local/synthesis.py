"""Runs `cdk synth` for the dev stage when its sources have changed since the last time."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from local.configuration import STAGE, Configuration

STAMP = "sources.sha256"


def synthesize_if_changed(configuration: Configuration) -> bool:
    """Runs `cdk synth` when the sources differ from those of the last run; tells whether it did."""
    folder, repository = configuration.template_folder, configuration.repository
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / STAMP
    with (folder.parent / f"{STAGE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # gateway, poller and scheduler start at the same moment
        fingerprint = source_fingerprint(repository)
        if stamp.exists() and stamp.read_text() == fingerprint:
            return False
        stamp.unlink(missing_ok=True)
        synthesize(repository, folder)
        stamp.write_text(fingerprint)
    return True


def source_fingerprint(repository: Path) -> str:
    """A hash of everything the templates are made from, and of the names of the handlers."""
    kernel = repository / "layers" / "common" / "python" / "paycore"
    sources = [repository / "app.py", repository / "cdk.json", *sorted((repository / "cdk").rglob("*.py"))]
    # cdk/ imports these of the kernel
    sources += [kernel / "settings.py", kernel / "metric_names.py", kernel / "events" / "envelope.py"]
    handlers = sorted(path.relative_to(repository) for path in repository.glob("functions/*/*_handler.py"))
    digest = hashlib.sha256("\n".join(map(str, handlers)).encode())
    for path in sources:
        if path.exists():
            digest.update(f"\0{path.relative_to(repository)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def synthesize(repository: Path, folder: Path) -> None:
    """Runs the repository's own CDK CLI; its messages are shown only when it fails."""
    app = f"{sys.executable} {repository / 'app.py'}"
    command = [str(repository / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", "--no-notices"]
    command += ["--app", app, "--output", str(folder), "--context", f"stage={STAGE}"]
    silence = {"CDK_DISABLE_CLI_TELEMETRY": "1", "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"}
    environment = os.environ | silence
    run = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"cdk synth failed\n{run.stdout}{run.stderr}")
