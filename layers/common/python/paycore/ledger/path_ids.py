"""Ids of wallets and transactions in a path or body: a malformed one is the same 404 as an absent one."""

from paycore import ids
from paycore.errors import TransactionNotFound, WalletNotFound


def transaction_id_of(text: str) -> str:
    """`text`; raises TransactionNotFound for what is no transaction id."""
    try:
        return ids.check("tx", text)
    except ids.MalformedId as trouble:
        raise TransactionNotFound from trouble


def wallet_id_of(text: str) -> str:
    """`text`; raises WalletNotFound for what is no wallet id."""
    try:
        return ids.check("wal", text)
    except ids.MalformedId as trouble:
        raise WalletNotFound from trouble
