"""The baseline: the same transfer as SQLAlchemy ORM statements, as a good engineer would write it without our function.

Same effects in one transaction: idempotency key with its answer, both accounts locked in the order of their ids,
checks of owner, state, currency and funds, a transaction, two entries, two balances, one event for the outbox.
"""

import secrets
import ssl
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Engine, ForeignKey, create_engine, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

SCHEMA = "orm"


class Refused(Exception):
    """The transfer is not possible; its text says why."""


class Base(DeclarativeBase):
    """All tables of the baseline, in a schema of their own."""

    __table_args__ = {"schema": SCHEMA}  # noqa: RUF012  # SQLAlchemy's way
    type_annotation_map = {dict[str, Any]: JSONB, int: BigInteger}  # noqa: RUF012  # as above


class Account(Base):
    """A wallet with its balance in minor units."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    currency: Mapped[str]
    state: Mapped[str]
    balance: Mapped[int]
    version: Mapped[int]


class Transaction(Base):
    """A movement."""

    __tablename__ = "transaction"
    id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey(Account.id), index=True)
    target_id: Mapped[str] = mapped_column(ForeignKey(Account.id), index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[str]


class Entry(Base):
    """One side of a movement."""

    __tablename__ = "entry"
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[str] = mapped_column(ForeignKey(Transaction.id))
    amount: Mapped[int]
    balance_after: Mapped[int]
    transaction: Mapped[Transaction] = relationship()


class Key(Base):
    """An idempotency key and its answer."""

    __tablename__ = "key"
    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[dict[str, Any] | None]


class Event(Base):
    """An event that waits for its publication."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    type: Mapped[str]
    data: Mapped[dict[str, Any]]


def make_engine(user: str, password: str, host: str, port: int, database: str, ca_file: str) -> Engine:
    """SQLAlchemy as it comes, over the same driver and the same verified TLS as ours; no ping, as ours has none."""
    return create_engine(
        "postgresql+pg8000://",
        connect_args={
            "user": user,
            "password": password,
            "host": host,
            "port": port,
            "database": database,
            "ssl_context": ssl.create_default_context(cafile=ca_file),
        },
        pool_size=1,
        max_overflow=0,
    )


def transfer(engine: Engine, owner_id: str, source_id: str, target_id: str, amount: int, key: str) -> dict[str, Any]:
    """The answer, or the first one of this key; raises Refused."""
    with Session(engine) as session, session.begin():
        claim = insert(Key).values(principal=owner_id, key=key).on_conflict_do_nothing().returning(Key.key)
        if session.execute(claim).scalar_one_or_none() is None:
            known = session.get_one(Key, (owner_id, key))
            return known.answer or {}
        locked = session.scalars(
            select(Account)
            .where(Account.id.in_((source_id, target_id)))
            .order_by(Account.id)
            .with_for_update(key_share=True)
        )
        accounts = {account.id: account for account in locked}
        source, target = accounts[source_id], accounts[target_id]
        _check(source, target, owner_id, amount)
        made = Transaction(
            id=f"tx_{secrets.token_hex(13)}",
            source_id=source_id,
            target_id=target_id,
            amount=amount,
            currency=source.currency,
            status="completed",
            created_at=datetime.now(UTC).isoformat(),
        )
        session.add(made)
        for account, change in ((source, -amount), (target, amount)):
            account.balance += change
            account.version += 1
            session.add(
                Entry(
                    account_id=account.id,
                    version=account.version,
                    transaction=made,
                    amount=change,
                    balance_after=account.balance,
                )
            )
        answer = {"id": made.id, "amount": amount, "currency": source.currency, "balance_after": source.balance}
        session.add(Event(type="transaction.completed", data=answer))
        session.execute(update(Key).where(Key.principal == owner_id, Key.key == key).values(answer=answer))
        return answer


def _check(source: Account, target: Account, owner_id: str, amount: int) -> None:
    if source.owner_id != owner_id:
        raise Refused("not the owner's wallet")
    if source.state != "active" or target.state != "active":
        raise Refused("frozen")
    if source.currency != target.currency:
        raise Refused("another currency")
    if source.balance < amount:
        raise Refused("insufficient funds")
