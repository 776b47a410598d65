"""Money on its way to a wallet from outside: while any is, the wallet stays open for it."""

from sqlalchemy import text

from paycore.database import Connection
from paycore.errors import PaymentError, all_errors

_EXPECT = text("SELECT ledger.expect_credit(:subject, :wallet_id) AS refusal")
_END = text("SELECT ledger.end_expectation(:subject)")


def expect_credit(connection: Connection, subject: str, wallet_id: str) -> PaymentError | None:
    """Notes that `subject` (a payment or refund id) may credit the wallet, or says why it cannot."""
    answer = connection.execute(_EXPECT, {"subject": subject, "wallet_id": wallet_id}).scalar_one()
    return all_errors()[answer.pop("code")](**answer) if answer is not None else None


def end_expectation(connection: Connection, subject: str) -> None:
    """The money has come, or never will."""
    connection.execute(_END, {"subject": subject})
