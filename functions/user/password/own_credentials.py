"""What the password of somebody who is signed in is compared with, where it is asked for again."""

from functions.user import attempts, passwords
from functions.user.proof import Proof, Tries, forgive_tries, stage_failure, take_try
from functions.user.store import users
from functions.user.store.users import OwnCredentials
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import InvalidCredentials, UserNotFound
from paycore.origin import Origin


def credentials_to_prove(caller: Caller, origin: Origin, *, factor: bool = False) -> OwnCredentials:
    """Address and password of the caller, after the attempt was counted.

    `factor`: whoever has a second one must have just shown it, too. Raises StepUpRequired, RateLimited.
    """
    with transaction() as connection:
        known = users.own_credentials(connection, caller.user_id)
        if known is None:
            raise UserNotFound
        if factor and known.mfa_enabled:
            caller.require_step_up()
        refusal = take_try(connection, _tries(caller).in_order, _proof(caller), origin)
    if refusal:
        raise refusal
    return known


def require_password(caller: Caller, known: OwnCredentials, typed: str, origin: Origin) -> None:
    """Raises InvalidCredentials, and leaves a record of it, unless it is the password.

    That forgives the tries in a commit of its own: it was no guess, whatever refuses the rest of the request.
    """
    right = passwords.matches(typed, known.password_hash)
    with transaction() as connection:
        if right:
            forgive_tries(connection, _tries(caller))
        else:
            stage_failure(connection, _proof(caller), "wrong", origin)
    if not right:
        raise InvalidCredentials


def _tries(caller: Caller) -> Tries:
    return Tries(attempts.own_passwords_of(caller.user_id))


def _proof(caller: Caller) -> Proof:
    return Proof(caller.user_id, "password", caller)
