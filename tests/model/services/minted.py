"""The ids that a service gives to what it makes: chance, to the oracle, which takes them over."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from paycore.ledger.commands import Hold, Move
from paycore.ledger.compound import Bulk
from paycore.ledger.continuations import Capture

Given = TypeVar("Given", Move, Hold, Capture, Bulk)


class Died(Exception):
    """The process of the service ended here; what was committed stays."""


class Minted:
    """The commands that a service sent to the ledger, in their order. The oracle has to make the same number of them.

    `died`: the process of the service ended after the last of them.
    """

    def __init__(self, sent: Iterable[dict[str, Any]], *, died: bool = False) -> None:
        self._sent = deque(sent)
        self.died = died

    def give(self, command: Given) -> Given:
        """The oracle's command with the ids of the service's."""
        assert self._sent, f"the service never asked the ledger for {command}"
        sent = self._sent.popleft()
        assert sent["operation"] == command.body()["operation"], f"asked for {sent}, expected {command}"
        made = replace(command, transaction_id=sent["transaction_id"])
        if isinstance(made, Bulk):
            items = zip(made.items, sent["items"], strict=True)
            made = replace(
                made, items=tuple(replace(item, transaction_id=each["transaction_id"]) for item, each in items)
            )
        return made

    def is_empty(self) -> bool:
        """Whether the oracle has made them all."""
        return not self._sent
