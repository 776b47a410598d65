"""A code of the second factor, from the phone or from the list of recovery codes: tried, and used up where it fits."""

from functions.user import attempts, proof
from functions.user.attempts import Attempts
from functions.user.keys import identity_ring
from functions.user.proof import Proof, Tries, forgive_tries, stage_failure
from functions.user.second_factor import recovery_codes, totp
from functions.user.stage import stage
from functions.user.store import Connection, second_factors
from paycore.caller import Caller
from paycore.crypto import CannotOpen
from paycore.events.second_factor import MfaChange, UserMfaChanged
from paycore.household import household
from paycore.observability import logger
from paycore.origin import Origin

_SEED_PURPOSE = "totp-seed"


def proof_of(user_id: str, code: str, caller: Caller | None = None) -> Proof:
    """What the code is to show; `caller`: in which session, if in one."""
    return Proof(user_id, "recovery_code" if _is_recovery_code(code) else "totp", caller)


def tries_in(caller: Caller, code: str) -> Tries:
    """What a try in a session counts at. Those of the phone and of paper count apart."""
    return Tries(_tries_of(caller.user_id, code, caller.session_id))


def tries_at(user_id: str, code: str, origin: Origin, known_device: str | None) -> Tries:
    """The same of a try at a sign-in; `known_device`: the token of one of this person, where it comes from that."""
    if known_device is not None:
        return Tries(_tries_of(user_id, code, known_device))
    return Tries(_tries_of(user_id, code, household(origin.address)), attempts.factors_from(origin.address))


def admit_try(user_id: str, code: str, tries: Tries, origin: Origin, caller: Caller | None = None) -> None:
    """Counts a try before the code is looked at; raises RateLimited."""
    proof.admit_try(tries.in_order, proof_of(user_id, code, caller), origin)


def fits(
    connection: Connection, user_id: str, code: str, tries: Tries, origin: Origin, caller: Caller | None = None
) -> bool:
    """Whether it is a code of the person's active factor: then it is used up, and the tries are forgiven.

    Who has it has not lost it, so a reset that waits is stopped. If it is none, that leaves a record: the caller must
    commit either way.
    """
    right = _use_up(connection, user_id, code, origin)
    if right:
        if second_factors.stop_reset(connection, user_id):
            stage_change(connection, user_id, "reset_stopped", origin)
        forgive_tries(connection, tries)
    else:
        stage_failure(connection, proof_of(user_id, code, caller), "wrong", origin)
    return right


def _use_up(connection: Connection, user_id: str, code: str, origin: Origin) -> bool:
    factor = second_factors.lock(connection, user_id)
    if factor is None or factor.activated_at is None:
        return False
    if _is_recovery_code(code):
        if not recovery_codes.use(connection, user_id, code):
            return False
        stage_change(connection, user_id, "code_used", origin)
        return True
    seed = opened_seed(user_id, factor.sealed_seed)
    step = totp.step_of(seed, code, factor.last_step) if seed is not None else None
    if seed is None or step is None:
        return False
    # sealed anew, so that seeds move to a new key as they are used
    second_factors.use_step(connection, user_id, step, sealed_seed(user_id, seed))
    return True


def sealed_seed(user_id: str, seed: str) -> str:
    """The seed as it is kept: it opens for this person only."""
    return identity_ring().seal(_SEED_PURPOSE, seed, user_id)


def opened_seed(user_id: str, sealed: str) -> str | None:
    """The seed in clear; None where its key is gone: then no code fits, but those of paper."""
    try:
        return identity_ring().open(_SEED_PURPOSE, sealed, user_id)
    except CannotOpen:
        logger.error("the seed of a second factor cannot be opened", extra={"user_id": user_id})
        return None


def stage_change(
    connection: Connection,
    user_id: str,
    change: MfaChange,
    origin: Origin,
    *,
    actor_id: str | None = None,
    reason: str | None = None,
    effective_at: str | None = None,
    version: int | None = None,
    live_api_keys: int | None = None,
    live_schedules: int | None = None,
) -> None:
    """Stages what happened to somebody's factor; by themselves unless `actor_id` names another.

    `version`: the account's next one, where this changed it.
    """
    event = UserMfaChanged(
        user_id=user_id,
        change=change,
        actor_id=actor_id or user_id,
        reason=reason,
        effective_at=effective_at,
        version=version,
        live_api_keys=live_api_keys,
        live_schedules=live_schedules,
    )
    stage(connection, event, user_id, origin)


def _tries_of(user_id: str, code: str, tried_by: str) -> Attempts:
    return attempts.recovery_codes_of(user_id, tried_by) if _is_recovery_code(code) else attempts.factors_of(user_id)


def _is_recovery_code(code: str) -> bool:
    return not code.isdigit()
