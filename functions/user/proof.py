"""Proofs of who somebody is, by a password or a code: tries are counted, and each failed one leaves a record.

What bounds the records is what bounds the guesses (`functions.user.attempts`): in a quarter of an hour five on an
account from anywhere, five from a device that it knows, five in its sessions, twenty from a source. Of what is refused
beyond, only the first of a window is told. So an account or device adds six records to Kafka in that time and a source
twenty-one, however often they ask. Codes that were sent are bounded by source alone, within sessions by account, and
recovery codes by source, device or session: nobody's tries use up another's (decisions 28 and 40).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.user import attempts
from functions.user.attempts import Attempts
from functions.user.stage import stage
from functions.user.store import Connection, users
from paycore.caller import Caller
from paycore.database import one_statement, transaction
from paycore.errors import RateLimited
from paycore.events.authentication import Failure, Method, UserAuthenticationFailed
from paycore.origin import Origin

_NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Proof:
    """What is to be shown: of whose account, None where the address has none; `caller`: in which session, if in one."""

    user_id: str | None
    method: Method
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """What one try counts at: `own`, the counter of the account or device, and of a stranger the `source`, too.

    Who shows a known device of the account, or is signed in to it, is no stranger: others behind the same address must
    not lock them out (docs/decisions/0037).
    """

    own: Attempts
    source: Attempts | None = None

    @property
    def in_order(self) -> Sequence[Attempts]:
        """The source first: one that is locked out must not be able to lock accounts."""
        return [self.own] if self.source is None else [self.source, self.own]


def take_try(connection: Connection, tries: Sequence[Attempts], proof: Proof, origin: Origin) -> RateLimited | None:
    """Takes one attempt of each, in order: None, or the refusal of the first that has none, to be raised after the
    commit.
    """
    for each in tries:
        wait = attempts.wait_for(connection, each)
        if wait is not None:
            if wait.is_first:
                stage_failure(connection, proof, "locked_out", origin)
            return RateLimited(retry_after_s=wait.seconds)
    return None


def proof_at(email: str, method: Method) -> Proof:
    """What is to be shown of the account that has this address, if one has it."""
    known = one_statement(lambda connection: users.credentials(connection, email))
    return Proof(known.user_id if known is not None else None, method)


def admit_try(tries: Sequence[Attempts], proof: Proof, origin: Origin) -> None:
    """The same in a commit of its own, before anything is looked at; raises RateLimited."""
    with transaction() as connection:
        refusal = take_try(connection, tries, proof, origin)
    if refusal:
        raise refusal


def forgive_tries(connection: Connection, tries: Tries) -> None:
    """It was shown: the try was no guess of its source, and no earlier one of its own counts any more."""
    if tries.source is not None:
        attempts.give_back(connection, tries.source)
    attempts.forgive(connection, tries.own)


def stage_failure(connection: Connection, proof: Proof, reason: Failure, origin: Origin) -> None:
    """Stages that it was not shown; the caller must commit.

    Nobody's account takes the same statement, so that time tells nothing. No row is locked for the event's order: a
    guess must not keep the owner waiting, and it may stand in any place among the account's other events.
    """
    caller = proof.caller
    event = UserAuthenticationFailed(
        user_id=proof.user_id,
        method=proof.method,
        reason=reason,
        actor_id=caller.user_id if caller else None,
        session_id=caller.session_id if caller else None,
    )
    stage(connection, event, proof.user_id or origin.network, origin, subject=proof.user_id or _NOBODY)
