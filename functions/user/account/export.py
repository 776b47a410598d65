"""What is kept about the caller, as one document: what PostgreSQL has, and where the rest is read page by page."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from functions.user import attempts
from functions.user.account.export_bodies import api_key_body, email_change_body, known_device_body, session_body
from functions.user.lock_caller import lock_caller, see_caller
from functions.user.profile import user_body
from functions.user.second_factor.change import factor_body
from functions.user.stage import stage
from functions.user.store import Connection, exports, second_factors
from paycore import clock
from paycore.caller import Caller
from paycore.database import SNAPSHOT, transaction
from paycore.events.account import UserExported
from paycore.ledger.outcome import read_transaction
from paycore.ledger.render import transaction_body
from paycore.origin import Origin
from paycore.personal_data import PersonalKey

OBJECTS_MAX = 100  # of each list
TRANSACTIONS_MAX = 1_000
# Lambda answers with 6 MB at most (6,291,556 bytes), in which our answer is a JSON text in another one.
BYTES_MAX = 5_000_000
_AUDIT_LOG = (
    "audit records: sign-ins and failed ones, changes of the account, wallets and rights, each with its time and the "
    "network it came from; kept for good under your ids alone, shown by no route: ask us for them"
)
ELSEWHERE: tuple[tuple[str, str | None], ...] = (
    ("notifications", "/v1/notifications"),
    ("payments", "/v1/payments"),
    ("refunds", "/v1/refunds"),
    ("entries of a wallet", "/v1/wallets/{wallet_id}/entries"),
    ("statements of a wallet", "/v1/wallets/{wallet_id}/statement"),
    ("balance rules of a wallet", "/v1/wallets/{wallet_id}/balance-rules"),
    (_AUDIT_LOG, None),
)

Part = dict[str, Any]


class Room:
    """What the document has left to grow by."""

    def __init__(self) -> None:
        self._bytes = BYTES_MAX

    def part(self, bodies: Iterable[dict[str, Any]], at_most: int, path: str | None) -> Part:
        """As many of the bodies as there is room for; `path` lists them all."""
        shown: list[dict[str, Any]] = []
        has_more = False
        for body in bodies:
            size = len(json.dumps(json.dumps(body, ensure_ascii=False)))
            has_more = len(shown) == at_most or size > self._bytes
            if has_more:
                break
            self._bytes -= size
            shown.append(body)
        return {"data": shown, "has_more": has_more, "path": path}


def export_account(caller: Caller, origin: Origin) -> dict[str, Any]:
    """The document, of one moment; its owner is told of it. Raises StepUpRequired, RateLimited after some."""
    _admit(caller)
    with transaction(SNAPSHOT, long=True) as connection:
        person = see_caller(connection, caller)  # once more, at the moment of what is shown
        event = UserExported(user_id=caller.user_id, session_id=caller.session_id)
        stage(connection, event, caller.user_id, origin)
        return {
            "object": "export",
            "created_at": clock.timestamp(clock.now()),
            "user": user_body(person),
            "second_factor": factor_body(second_factors.find_active(connection, caller.user_id)),
            **_parts(connection, caller, person.key),
            "elsewhere": [{"what": what, "path": path} for what, path in ELSEWHERE],
        }


def _admit(caller: Caller) -> None:
    """Who lacks the second factor, or may not ask any more, uses none of the owner's exports up."""
    with transaction() as connection:
        if lock_caller(connection, caller).mfa_enabled:
            caller.require_step_up()
        refusal = attempts.take(connection, attempts.exports_of(caller.user_id))
    if refusal:
        raise refusal


def _parts(connection: Connection, caller: Caller, key: PersonalKey) -> dict[str, Part]:
    room = Room()

    def part(
        read: Callable[[Connection, str, int], Sequence[Any]],
        body: Callable[[Any], dict[str, Any]],
        path: str | None,
        at_most: int = OBJECTS_MAX,
    ) -> Part:
        return room.part(map(body, read(connection, caller.user_id, at_most)), at_most, path)

    return {
        "sessions": part(exports.sessions, lambda row: session_body(row, caller), "/v1/users/me/sessions"),
        "api_keys": part(exports.api_keys, api_key_body, "/v1/api-keys"),
        "email_changes": part(exports.email_changes, lambda row: email_change_body(row, key), None),
        "known_devices": part(exports.known_devices, known_device_body, None),
        "wallets": part(exports.wallets, dict, "/v1/wallets"),
        "payment_methods": part(exports.payment_methods, dict, "/v1/payment-methods"),
        "schedules": part(exports.schedules, dict, "/v1/schedules"),
        "transactions": part(
            exports.transactions,
            lambda facts: transaction_body(read_transaction(facts), caller.user_id, sees_all=False),
            "/v1/transactions",
            TRANSACTIONS_MAX,
        ),
    }
