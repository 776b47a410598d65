"""Finds the wallets behind e-mail addresses, and keeps anybody from trying out a list of them.

An unknown address counts once a day for who looked for it: in a transfer, a dry run or a bulk. Who has looked for as
many as are allowed learns nothing about any other address that day, known or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from functions.transaction import store as transfers
from functions.transaction.claims import store
from paycore.database import Connection
from paycore.email_index import address_hmacs
from paycore.errors import RateLimited
from paycore.ledger.commands import Wallet

# Enough for anybody's friends, too few to try out a list of addresses.
UNKNOWN_PER_DAY = 20

Address = tuple[str, str]  # in its normal form, and the currency of the wallet


@dataclass
class Found:
    """What a look-up found. Its count is kept by a commit, so the refusal is raised only when somebody asks."""

    wallets: dict[Address, Wallet | None] = field(default_factory=dict)
    refusal: RateLimited | None = None

    def wallet(self, address: Address) -> Wallet | None:
        """The recipient's wallet, or None for nobody; raises RateLimited."""
        if self.refusal is not None:
            raise self.refusal
        return self.wallets.get(address)


def look_up(connection: Connection, sender_id: str, addresses: Iterable[Address]) -> Found:
    """The unnamed open wallets of the people with these addresses. To be committed before anything is asked of it."""
    found = Found()
    today = store.take_today(connection, sender_id)
    for address in dict.fromkeys(addresses):
        hmacs = address_hmacs(address[0])
        is_new = today.address_hmacs.isdisjoint(hmacs)
        if is_new and today.addresses >= UNKNOWN_PER_DAY and not store.sent_before(connection, sender_id, hmacs):
            found.refusal = RateLimited(retry_after_s=today.day_left_s)
            break
        wallet = found.wallets[address] = _wallet(connection, address)
        if wallet is None and is_new and not store.sent_before(connection, sender_id, hmacs):
            today = store.count_unknown(connection, sender_id, today, hmacs[0])
    return found


def look_up_again(connection: Connection, addresses: Iterable[Address]) -> Found:
    """The same for who repeats a request that has passed the look-up: nothing is counted, and nothing refused."""
    found = Found()
    for address in dict.fromkeys(addresses):
        found.wallets[address] = _wallet(connection, address)
    return found


def _wallet(connection: Connection, address: Address) -> Wallet | None:
    email, currency = address
    row = transfers.recipient_wallet(connection, address_hmacs(email), currency)
    return Wallet(row.wallet_id) if row is not None else None
