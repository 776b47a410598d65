"""The id of a wallet in a path or body: a malformed one is the same 404 as an absent one."""

from paycore import ids
from paycore.errors import WalletNotFound


def wallet_id_of(text: str) -> str:
    """`text`; raises WalletNotFound for what is no wallet id."""
    try:
        return ids.check("wal", text)
    except ids.MalformedId as trouble:
        raise WalletNotFound from trouble
