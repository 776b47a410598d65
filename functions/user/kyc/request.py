"""Asks for the verification of who the caller is; an admin decides."""

from functions.user.kyc.change_status import change_status, kyc_body
from functions.user.lock_caller import lock_caller
from functions.user.profile import outdate
from functions.user.store import Connection
from paycore.caller import Caller
from paycore.idempotency import Answer, answer_once
from paycore.origin import Origin
from paycore.request_key import RequestKey


def request_kyc(caller: Caller, origin: Origin, key: RequestKey | None) -> Answer:
    """Pending, once per key; raises InvalidState where it is pending or verified already.

    What the caller may do stays as it was, so nobody but the cache of profiles is told.
    """

    def work(connection: Connection) -> Answer:
        person = lock_caller(connection, caller)
        changed = change_status(connection, person, "pending", caller.user_id, None, origin)
        return Answer(200, kyc_body(changed))

    answer = answer_once(key, work)
    outdate({"id": caller.user_id, "version": answer.body["version"]})
    return answer
