"""What the password of somebody who is signed in is compared with, where it is asked for again."""

from functions.user import attempts
from functions.user.origin import Origin
from functions.user.store import users
from functions.user.store.users import OwnCredentials
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import UserNotFound


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
        refusal = attempts.take(connection, attempts.sign_ins_from(origin.address)) or attempts.take(
            connection, attempts.own_passwords_of(caller.user_id)
        )
    if refusal:
        raise refusal
    return known
