"""The TLS certificates of a local system: an authority of its own and one certificate for all servers."""

import subprocess
from pathlib import Path

from local.accounts import give_to_server_account
from local.configuration import Configuration
from local.processes import NotReady

DAYS = "3650"  # a developer's machine; the authority's key is destroyed, so nothing else can ever be signed
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
AUTHORITY = ("basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign")
# OpenSSL's strict verification (RFC 5280), the default from Python 3.13 on, wants each of these extensions.
SERVER_EXTENSIONS = """\
subjectAltName=DNS:localhost,IP:127.0.0.1
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""


def server_certificate(configuration: Configuration) -> Path:
    return configuration.home / "tls" / "server.crt"


def server_key(configuration: Configuration) -> Path:
    return configuration.home / "tls" / "server.key"


def ensure_certificates(configuration: Configuration) -> None:
    """Makes the authority and the servers' certificate unless they are there."""
    folder = configuration.ca_file.parent
    if server_certificate(configuration).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    extensions = [option for text in AUTHORITY for option in ("-addext", text)]
    openssl(folder, "req", "-x509", *CURVE, "-keyout", "ca.key", "-out", "ca.crt", "-days", DAYS,
            "-subj", "/CN=Paycore local authority", *extensions)  # fmt: skip
    openssl(folder, "req", *CURVE, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "extensions").write_text(SERVER_EXTENSIONS)
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", DAYS, "-extfile", "extensions", "-out", "signed.crt")  # fmt: skip
    for name in ("ca.key", "ca.srl", "server.csr", "extensions"):
        (folder / name).unlink(missing_ok=True)
    give_to_server_account(server_key(configuration), 0o600)
    (folder / "signed.crt").replace(server_certificate(configuration))  # last: it tells that all is there


def openssl(folder: Path, *arguments: str) -> None:
    """Runs openssl in the folder; its messages are shown only when it fails."""
    run = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        raise NotReady(f"openssl {arguments[0]} failed: {run.stderr}")
