"""Sends a code to the phone of the caller's profile: whoever reads it there may say that the phone is theirs."""

from functions.user import attempts, codes
from functions.user.lock_caller import lock_caller
from functions.user.send_code import send_code
from functions.user.store import Connection, one_time_codes
from paycore.caller import Caller
from paycore.errors import PhoneMissing, PhoneVerified, RateLimited
from paycore.idempotency import Answer, answer_once
from paycore.origin import Origin
from paycore.request_key import RequestKey


def ask_for_verification(caller: Caller, origin: Origin, key: RequestKey | None) -> Answer:
    """A code is on its way, once per key; it takes the place of the one before.

    Raises PhoneMissing, PhoneVerified, and RateLimited within a minute, or after too many codes: of the account in a
    day, by a source, or to the number.
    """

    def work(connection: Connection) -> Answer:
        person = lock_caller(connection, caller)
        if person.phone is None:
            raise PhoneMissing
        if person.phone_verified:
            raise PhoneVerified
        refusal = _take_code(connection, person.id, person.phone, origin)
        if refusal:
            raise refusal  # and nothing is counted, since nothing is sent
        one_time_codes.forget(connection, person.id, "phone")
        send_code(connection, person.id, "phone", codes.new_code(), origin, phone=person.phone)
        return Answer(202, {"object": "phone_verification", "status": "code_sent"})

    return answer_once(key, work)


def _take_code(connection: Connection, user_id: str, phone: str, origin: Origin) -> RateLimited | None:
    """Counts a code before it is sent: None, or the refusal."""
    return (
        attempts.take(connection, attempts.phone_codes_of(user_id))
        or attempts.take(connection, attempts.phone_codes_a_day_of(user_id))
        or attempts.take(connection, attempts.mails_from(origin.address))
        or attempts.take_mail(connection, "phone", phone, origin)
    )
