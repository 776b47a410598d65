"""The services above the ledger as the model's test asks them: their use cases, in this process, on its database."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event

from paycore import database
from paycore.email_index import address_hmacs
from paycore.errors import PaymentError
from paycore.events.event import Event
from paycore.events.registry import event_types
from tests.model.real import Real
from tests.model.services.bodies import told_facts
from tests.model.services.book import Person
from tests.model.services.minted import Died, Minted

Told = TypeVar("Told")
_KEPT = "SELECT ledger.keep_answer("
_PERSON = """
INSERT INTO identity.user (id, locale, roles, password_hash, sealed_data)
VALUES (:id, 'en', string_to_array(:roles, ','), 'none', 'none')
"""
_WALLET = """
INSERT INTO wallet.wallet (id, owner_id, currency, name)
SELECT a.id, a.owner_id, a.currency, CASE WHEN a.id = ANY(string_to_array(:named, ',')) THEN a.id END
  FROM ledger.account a WHERE a.id = ANY(string_to_array(:wallets, ','))
"""
_CLOSED = "UPDATE wallet.wallet SET closed_at = CASE WHEN :closed THEN clock_timestamp() END WHERE id = :id"
_STAGED = """
SELECT event_id, type, subject, data, request_id FROM outbox.event WHERE published_at IS NULL ORDER BY id, event_id
"""
_REQUESTED = """
SELECT id, ledger.rfc3339(requested_at) FROM ledger.transaction WHERE id = ANY(string_to_array(:ids, ','))
"""
_POSTED = """
SELECT transaction_id, ledger.rfc3339(max(posted_at)) FROM ledger.entry
 WHERE account_id = :wallet AND NOT gathers GROUP BY transaction_id
"""


class Door:
    """The use cases, with an eye on what they send to the ledger."""

    def __init__(self, real: Real) -> None:
        self._sql = real.sql
        self._sent: list[dict[str, Any]] = []
        self._lives_for: int | None = None
        event.listen(database.engine(), "before_execute", self._see)

    def _see(self, _: Any, statement: Any, __: Any, values: dict[str, Any], ___: Any) -> None:
        told = getattr(statement, "text", "")
        is_command = "ledger.post(" in told
        if is_command or told.startswith(_KEPT):
            if self._lives_for == 0:
                raise Died
            if self._lives_for is not None:
                self._lives_for -= 1
        if is_command:
            command = json.loads(values["command"])
            # asked anew by another fingerprint, it is the same command
            if not self._sent or self._sent[-1]["transaction_id"] != command["transaction_id"]:
                self._sent.append(command)

    def ask(self, use_case: Callable[[], Told], *, lives_for: int | None = None) -> tuple[Told | None, Any, Minted]:
        """The answer, or else the refusal (None: it died before it could say anything), and what went to the ledger.

        `lives_for`: before it sends so many commands, or keeps an answer after them, its process ends.
        """
        self._sent, self._lives_for = [], lives_for
        told, refusal, died = None, None, False
        try:
            told = use_case()
        except PaymentError as refused:
            refusal = (refused.code, told_facts(refused.facts()))
        except Died:
            died = True
        finally:
            self._lives_for = None
        return told, refusal, Minted(self._sent, died=died)

    def register(self, person: Person) -> None:
        """A person without an address."""
        self._sql(_PERSON, id=person.id, roles=",".join(person.roles))

    def open(self, wallets: list[str], named: list[str]) -> None:
        """The wallets behind accounts that are there."""
        self._sql(_WALLET, wallets=",".join(wallets), named=",".join(named))

    def mark_closed(self, wallet: str, *, closed: bool) -> None:
        """As the wallet service does in the commit that closes or reopens it."""
        self._sql(_CLOSED, id=wallet, closed=closed)

    def give_address(self, person: Person, address: str) -> None:
        """The address is proven; one that the person had before leads nowhere."""
        self._sql("DELETE FROM identity.email_index WHERE user_id = :id", id=person.id)
        for hmac in address_hmacs(address):
            self._sql("INSERT INTO identity.email_index VALUES (:hmac, :id)", hmac=hmac, id=person.id)

    def disable(self, person: Person, *, disabled: bool) -> None:
        """Whether an admin keeps the person from acting."""
        status = "disabled" if disabled else "active"
        self._sql("UPDATE identity.user SET status = :status WHERE id = :id", status=status, id=person.id)

    def verify(self, person: Person, *, verified: bool) -> None:
        """Whether an admin knows who the person is: what is done for them without a session looks for it."""
        status = "verified" if verified else "rejected"
        self._sql("UPDATE identity.user SET kyc_status = :status WHERE id = :id", status=status, id=person.id)

    def staged(self) -> list[Event]:
        """The events since the last look, as their consumers get them."""
        rows = self._sql(_STAGED)
        self._sql("UPDATE outbox.event SET published_at = clock_timestamp() WHERE published_at IS NULL")
        return [
            Event(event_id, kind, "", subject, event_types()[kind](**data), request_id)
            for event_id, kind, subject, data, request_id in rows
        ]

    def requested(self, transactions: list[str]) -> dict[str, str]:
        """When each transaction was made."""
        return {str(name): str(at) for name, at in self._sql(_REQUESTED, ids=",".join(transactions))}

    def posted(self, wallet: str) -> dict[str, str]:
        """When each transaction moved the wallet's money."""
        return {str(name): str(at) for name, at in self._sql(_POSTED, wallet=wallet)}

    def shift(self, schedule_id: str, times: dict[str, Any]) -> None:
        """A schedule as if it had been made, and paused, at another time."""
        self._sql(
            "UPDATE transfer.schedule SET starts_at = :starts_at, until = :until, next_at = :next_at, "
            "       updated_at = updated_at - (starts_at - :starts_at) WHERE id = :id",
            id=schedule_id,
            **times,
        )

    def look_again(self, holds: list[str]) -> None:
        """It is the turn of these holds, in the order of their making, and of no others."""
        self._sql(
            "UPDATE transfer.unclaimed SET look_at = CASE WHEN transaction_id = ANY(string_to_array(:ids, ',')) "
            "                                             THEN created_at END",
            ids=",".join(holds),
        )

    def turn(self, person: str) -> None:
        """A limit that a person has met is over: of addresses that nobody has, of bulks that move nothing, and of schedules that wait for it."""
        self._sql("DELETE FROM transfer.new_address WHERE sender_id = :id", id=person)
        self._sql("DELETE FROM identity.attempt WHERE subject = 'bulk:' || :id", id=person)
        self._sql("UPDATE transfer.schedule SET not_before = NULL WHERE owner_id = :id", id=person)

    def end_schedules(self, people: list[str]) -> None:
        """No later sequence runs what this one has left."""
        over = "UPDATE transfer.schedule SET state = 'canceled', next_at = NULL WHERE owner_id = ANY(string_to_array(:ids, ','))"
        self._sql(over, ids=",".join(people))
