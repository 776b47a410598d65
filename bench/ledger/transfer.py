"""One transfer as a function asks for it: through the port, with a key of its own."""

import secrets

from bench.ledger.database import owner_id, wallet_id
from paycore import ids
from paycore.database import one_statement
from paycore.ledger.commands import Move, Wallet
from paycore.ledger.post import post
from paycore.money import Money
from paycore.request_key import RequestKey


def post_transfer(source: int, target: int) -> object:
    """Moves one cent between two of the bench's wallets, by their numbers."""
    command = Move(
        transaction_id=ids.new("tx"),
        actor_id=owner_id(source),
        key=RequestKey(owner_id(source), "bench", secrets.token_hex(12), "fingerprint", "request"),
        kind="transfer",
        money=Money(1, "EUR"),
        source=Wallet(wallet_id(source), owned_by=owner_id(source)),
        target=Wallet(wallet_id(target)),
    )
    return one_statement(lambda connection: post(connection, command)).completed()
