"""What we ask of the card processor, and what we believe of its answers: only what fits the form."""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from functions.payment.processor_call import RawAnswer, Unclear, call
from functions.payment.schemas import Card
from paycore.errors import Unavailable
from paycore.money import Money
from paycore.observability import logger

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]


class _Foreign(BaseModel):
    """Somebody else's JSON: exact types where we look, indifferent where we do not."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


class CardToken(_Foreign):
    """What stands for a card."""

    token: Annotated[str, Field(pattern=r"^tok_[A-Za-z0-9]{8,60}$")]
    brand: Annotated[str, Field(pattern=r"^[a-z]{2,20}$")]
    last4: Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class Verdict(_Foreign):
    """What became of a charge or a refund. Amounts in minor units."""

    id: Name
    idempotency_key: Name
    status: Literal["approved", "declined"]
    amount: int
    currency: str
    decline_code: Name | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.status == "declined") != (self.decline_code is not None):
            raise ValueError("a decline, and only a decline, has a code")
        return self

    def is_about(self, key: str, money: Money) -> bool:
        """Whether this is the answer to what was asked: another amount or currency is never booked."""
        return (self.idempotency_key, self.amount, self.currency) == (key, money.amount_minor, money.currency)


def tokenize(card: Card) -> CardToken:
    """A token for the card; raises Unavailable where there is none (nothing was charged, nothing is kept)."""
    body = {
        "number": card.number.get_secret_value(),
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "cvc": card.cvc.get_secret_value(),
    }
    try:
        return _expect(CardToken, call("POST", "/v1/tokens", body), 201)
    except Unclear as trouble:
        logger.warning("no token from the processor", extra={"trouble": str(trouble)})
        raise Unavailable from trouble


def charge(payment_id: str, token: str, money: Money) -> Verdict:
    """Charges the card, at most once for a payment however often it is asked; raises Unclear."""
    body = {"token": token, "amount": money.amount_minor, "currency": money.currency}
    return _expect(Verdict, call("POST", "/v1/charges", body, key=payment_id), 201)


def find_charge(payment_id: str) -> Verdict | None:
    """What became of the charge of a payment, None if the processor never got it; raises Unclear."""
    return _find(f"/v1/charges/{payment_id}")


def refund(refund_id: str, charge_id: str, money: Money) -> Verdict:
    """Gives money of a charge back, at most once for a refund; raises Unclear."""
    body = {"charge_id": charge_id, "amount": money.amount_minor, "currency": money.currency}
    return _expect(Verdict, call("POST", "/v1/refunds", body, key=refund_id), 201)


def find_refund(refund_id: str) -> Verdict | None:
    """What became of a refund, None if the processor never got it; raises Unclear."""
    return _find(f"/v1/refunds/{refund_id}")


Form = TypeVar("Form", CardToken, Verdict)


def _find(path: str) -> Verdict | None:
    answer = call("GET", path)
    return None if answer.status == 404 else _expect(Verdict, answer, 200)


def _expect(form: type[Form], answer: RawAnswer, status: int) -> Form:
    if answer.status != status:
        raise Unclear(f"status {answer.status}")
    try:
        return form.model_validate_json(answer.body)
    except ValidationError as trouble:
        raise Unclear(f"{trouble.error_count()} faults in the answer") from trouble
