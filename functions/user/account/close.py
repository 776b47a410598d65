"""Closes the caller's account for good: wallets, sessions, keys and factors end in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.user.account.close_wallets import close_wallets, heirs_of
from functions.user.last_admin import refuse_last_admin
from functions.user.lock_caller import lock_caller
from functions.user.profile import outdate, user_body
from functions.user.stage import stage
from functions.user.store import Connection, closing, sessions
from functions.user.store.people import Person
from paycore import cache_entries, session
from paycore.api_keys import tell_changed
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import Busy
from paycore.events.account import UserClosed
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import forget
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.origin import Origin


@dataclass(frozen=True, slots=True)
class _Closed:
    """What everybody must be told of, after the commit."""

    person: Person
    session_ids: Sequence[str]
    key_digests: Sequence[str]
    wallet_ids: Sequence[str]
    moved: Sequence[Outcome]


def close_account(caller: Caller, sweep_to: str | None, origin: Origin) -> None:
    """Nobody signs in to it any more. `sweep_to`: ids of others' wallets, parted by commas, one for a currency.

    Raises StepUpRequired, LastAdmin, AccountNotEmpty, InvalidParameter, WalletNotFound for a wallet that cannot take
    the money (absent, closed or the caller's own), and what the ledger refuses of a transfer. Then nothing has changed.
    """
    heirs = heirs_of(sweep_to)
    refuse_if_overloaded()
    with transaction() as connection:
        closed = _close(connection, caller, heirs, origin)
    session.revoke(closed.session_ids, caller.user_id)
    tell_changed(closed.key_digests)
    outdate(user_body(closed.person))
    cache_entries.outdate({cache_entries.wallet_key(wallet_id): None for wallet_id in closed.wallet_ids})
    for outcome in closed.moved:
        forget(outcome)


def _close(connection: Connection, caller: Caller, heirs: Sequence[str], origin: Origin) -> _Closed:
    user_id = caller.user_id
    if "admin" in caller.roles:
        refuse_last_admin(connection, user_id)
    person = lock_caller(connection, caller)
    if "admin" in person.roles and "admin" not in caller.roles:
        raise Busy  # an admin since a moment ago, whom the other admins were not asked about
    if person.mfa_enabled:
        caller.require_step_up()
    wallets = close_wallets(connection, caller, heirs, origin)
    ended = sessions.end_all(connection, user_id, "closed")
    digests = closing.forget_credentials(connection, user_id)
    person = closing.close(connection, user_id)
    event = UserClosed(user_id=user_id, version=person.version)
    stage(connection, event, user_id, origin)
    return _Closed(person, ended, digests, wallets.ids, wallets.moved)
