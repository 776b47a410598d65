"""Who owns files and runs servers: private files, and the servers' own account when we are root."""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path

SERVER_ACCOUNT = "postgres"  # PostgreSQL and PgBouncer refuse to run as root; Debian makes this account for both


def as_server_account(command: Sequence[str], home: Path) -> list[str]:
    """The command under the servers' account when we are root, else unchanged."""
    if os.geteuid() != 0:
        return list(command)
    drop = ["setpriv", f"--reuid={SERVER_ACCOUNT}", f"--regid={SERVER_ACCOUNT}", "--init-groups"]
    if any(not folder.stat().st_mode & 0o001 for folder in home.parents):
        # Below a closed folder, such as root's own, it could not reach its data without this capability.
        drop += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [*drop, *command]


def give_to_server_account(path: Path, mode: int) -> None:
    """Makes the servers' account the owner when we are root; nobody else gets more than `mode` says."""
    path.chmod(mode)
    if os.geteuid() == 0:
        account = pwd.getpwnam(SERVER_ACCOUNT)
        os.chown(path, account.pw_uid, account.pw_gid)


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, at once and completely."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
