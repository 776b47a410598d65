"""When the occurrences of a schedule are due, in UTC, counted from 1."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Every = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Due:
    """An occurrence, and when it is due."""

    occurrence: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Occurrence 1 is at `starts_at`; `every` None: there is no other. `until` still counts; `count` bounds, too."""

    starts_at: datetime
    every: Every | None = None
    until: datetime | None = None
    count: int | None = None

    def due_at(self, occurrence: int) -> datetime | None:
        """When it is due; None where there is no such occurrence."""
        if occurrence > (1 if self.every is None else self.count or occurrence):
            return None
        due = self._step(occurrence - 1)
        return due if self.until is None or due <= self.until else None

    def due_until(self, moment: datetime, occurrence: int) -> list[Due]:
        """What is due at `moment` or before it, from `occurrence` on."""
        found = []
        while (due_at := self.due_at(occurrence)) is not None and due_at <= moment:
            found.append(Due(occurrence, due_at))
            occurrence += 1
        return found

    def _step(self, steps: int) -> datetime:
        if self.every == "month":
            return _months_later(self.starts_at, steps)
        return self.starts_at + steps * timedelta(days=7 if self.every == "week" else 1)


def _months_later(start: datetime, months: int) -> datetime:
    """On the same day, or the month's last one: from January 31 it is February 28, and March 31 again."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
