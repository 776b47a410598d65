"""How fast the events of a single wallet leave the outbox: they share a key, so each must stay behind its elder."""

import secrets
import time

from bench.people import Wallet
from local.configuration import Configuration
from local.http_client import Client
from local.secrets import superuser_password
from local.services.postgres import DATABASE, SUPERUSER, connect

ITEMS = 500  # a second of work for a slow database, whose time-out is two
PATIENCE_S = 300.0  # for what the rows before have staged, and for the bulk itself

_WAITING = "SELECT count(*) FROM outbox.event WHERE published_at IS NULL"
_LEFT = """
SELECT count(*), extract(epoch FROM max(published_at) - min(created_at))::float8
  FROM outbox.event WHERE created_at > :since AND partition_key = :wallet_id
"""


def events_of_one_wallet(configuration: Configuration, wallet: Wallet, target: Wallet) -> float:
    """Events a second from the commit of an atomic bulk that pays ITEMS times from `wallet`, to the last's mark.

    Raises TimeoutError, and RuntimeError if the bulk is refused.
    """
    password = superuser_password(configuration)
    database = connect(configuration, configuration.ports.postgres, SUPERUSER, password, DATABASE)
    client = Client(configuration.ports.gateway)
    client.token = wallet.token
    ends = time.monotonic() + PATIENCE_S

    def wait() -> None:
        while database.run(_WAITING) != [[0]]:
            if time.monotonic() > ends:
                raise TimeoutError("the outbox does not empty")
            time.sleep(0.05)

    try:
        wait()
        ((since,),) = database.run("SELECT clock_timestamp()")
        item = {"source_wallet_id": wallet.id, "target_wallet_id": target.id, "amount": 1, "currency": "EUR"}
        body = {"mode": "atomic", "items": [item] * ITEMS}
        answer = client.request("POST", "/v1/transactions/bulk", body, key=secrets.token_hex(8))
        if answer.status != 201:
            raise RuntimeError(f"the bulk: {answer.status} {answer.raw!r}")
        wait()
        ((events, seconds),) = database.run(_LEFT, since=since, wallet_id=wallet.id)
        return float(events / seconds)
    finally:
        database.close()
