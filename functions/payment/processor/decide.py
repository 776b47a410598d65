"""How the processor decides: the test card says what happens, the idempotency key that it happens once."""

import secrets
from dataclasses import dataclass

from functions.payment.processor import store
from functions.payment.processor.schemas import ChargeRequest, RefundRequest, TokenRequest
from functions.payment.processor.test_cards import BEHAVIOURS, Fault, behaviour_of, brand_of
from paycore.database import transaction

LOST: Fault = "lost"

Entry = store.Entry


class Refused(Exception):
    """The request cannot be served: `code` and HTTP `status` of the answer."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Decided:
    """What is in the books (None: the request was lost) and what disturbs the answer."""

    entry: Entry | None
    fault: Fault


def make_token(card: TokenRequest) -> dict[str, str]:
    """A random token for a card: nothing of the number can be told from it."""
    number = card.number.get_secret_value()
    token = {
        "id": _new_id("tok"),
        "brand": brand_of(number),
        "last4": number[-4:],
        "behaviour": behaviour_of(number),
    }
    with transaction() as connection:
        store.insert_token(connection, token)
    return token


def charge(key: str, wanted: ChargeRequest) -> Decided:
    """The charge under `key`, made if it is new; raises Refused."""
    with transaction() as connection:
        token = store.find_token(connection, wanted.token)
        if token is None:
            raise Refused(404, "token_not_found")
        behaviour = BEHAVIOURS[token.behaviour]
        if behaviour.charge_fault == LOST and store.lose(connection, key):
            return Decided(None, LOST)
        known = store.find_charge(connection, key)
        is_new = known is None
        if is_new:
            facts = wanted.model_dump() | _decision(key, "ch", behaviour.charge_decline)
            store.insert_charge(connection, facts)
            known = store.find_charge(connection, key)
    if known is None or (known.token, known.amount, known.currency) != tuple(wanted.model_dump().values()):
        raise Refused(422, "idempotency_key_reused")
    return Decided(known, _disturbance(behaviour.charge_fault, is_new=is_new))


def refund(key: str, wanted: RefundRequest) -> Decided:
    """The refund under `key`, made if it is new; raises Refused."""
    with transaction() as connection:
        charged = store.lock_charge(connection, wanted.charge_id)
        if charged is None or charged.status != "approved":
            raise Refused(404, "charge_not_found")
        token = store.find_token(connection, charged.token)
        behaviour = BEHAVIOURS[token.behaviour if token else "unknown"]
        if behaviour.refund_fault == LOST and store.lose(connection, key):
            return Decided(None, LOST)
        known = store.find_refund(connection, key)
        is_new = known is None
        if is_new:
            fits = charged.currency == wanted.currency and charged.refunded + wanted.amount <= charged.amount
            decline = behaviour.refund_decline if fits else "refund_exceeds_charge"
            store.insert_refund(connection, wanted.model_dump() | _decision(key, "rf", decline))
            known = store.find_refund(connection, key)
    if known is None or (known.charge_id, known.amount, known.currency) != tuple(wanted.model_dump().values()):
        raise Refused(422, "idempotency_key_reused")
    return Decided(known, _disturbance(behaviour.refund_fault, is_new=is_new))


def find_charge(key: str) -> Entry:
    """What became of a charge; raises Refused."""
    with transaction() as connection:
        found = store.find_charge(connection, key)
    if found is None:
        raise Refused(404, "charge_not_found")
    return found


def find_refund(key: str) -> Entry:
    """What became of a refund; raises Refused."""
    with transaction() as connection:
        found = store.find_refund(connection, key)
    if found is None:
        raise Refused(404, "refund_not_found")
    return found


def _disturbance(fault: Fault, *, is_new: bool) -> Fault:
    """A wrong answer stays wrong; anything else disturbs the first answer only (and "lost" lost an earlier one)."""
    if fault == "wrong_amount" or (is_new and fault != LOST):
        return fault
    return "none"


def _decision(key: str, prefix: str, decline_code: str | None) -> dict[str, str | None]:
    status = "declined" if decline_code else "approved"
    return {"key": key, "id": _new_id(prefix), "status": status, "decline_code": decline_code}


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
