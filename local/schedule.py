"""EventBridge's schedule expressions: `rate(1 minute)` and `cron(0 12 ? * MON-FRI *)`, and when they are due next."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")  # EventBridge counts from Sunday = 1
LOOK_AHEAD_DAYS = 366 * 8  # past the longest gap between two leap days


class BadSchedule(ValueError):
    """Not an expression that the local scheduler knows."""


@dataclass(frozen=True)
class Rate:
    """At a fixed distance."""

    period: timedelta

    def after(self, moment: datetime) -> datetime:
        return moment + self.period


@dataclass(frozen=True)
class Cron:
    """At the minutes that all fields allow, in UTC."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    years: frozenset[int]

    def after(self, moment: datetime) -> datetime:
        """The first minute after the moment; raises BadSchedule when there is none."""
        first = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for ahead in range(LOOK_AHEAD_DAYS):
            day = (first + timedelta(days=ahead)).replace(hour=0, minute=0)
            if not self._has_day(day):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    if (found := day.replace(hour=hour, minute=minute)) >= first:
                        return found
        raise BadSchedule("the expression names no moment to come")

    def _has_day(self, day: datetime) -> bool:
        return (
            day.year in self.years
            and day.month in self.months
            and (self.days is None or day.day in self.days)
            and (self.weekdays is None or day.isoweekday() % 7 + 1 in self.weekdays)
        )


Schedule = Rate | Cron


def read_schedule(expression: str) -> Schedule:
    """The schedule of an expression; raises BadSchedule, for EventBridge's L, W and # too."""
    if match := RATE.fullmatch(expression):
        return Rate(timedelta(**{f"{match[2]}s": int(match[1])}))
    if match := CRON.fullmatch(expression):
        minutes, hours, days, months, weekdays, years = match.groups()
        return Cron(
            minutes=_field(minutes, 0, 59),
            hours=_field(hours, 0, 23),
            days=None if days == "?" else _field(days, 1, 31),
            months=_field(months, 1, 12, MONTHS),
            weekdays=None if weekdays == "?" else _field(weekdays, 1, 7, WEEKDAYS),
            years=_field(years, 1970, 2199),
        )
    raise BadSchedule(expression)


def _field(text: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The values of one field: `*`, `5`, `1-5`, `*/15`, `0/15`, `MON-FRI` and lists of these."""
    found: set[int] = set()
    for part in text.upper().split(","):
        span, _, step = part.partition("/")
        start, _, end = span.partition("-")
        first = low if span == "*" else _value(start, names)
        last = high if span == "*" or (step and not end) else _value(end or start, names)
        if not low <= first <= last <= high:
            raise BadSchedule(text)
        found.update(range(first, last + 1, _value(step or "1", ())))
    return frozenset(found)


def _value(text: str, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + 1
    if not text.isdecimal():
        raise BadSchedule(text)
    return int(text)
