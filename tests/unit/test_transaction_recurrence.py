"""When the occurrences of a schedule are due."""

from datetime import UTC, datetime

import pytest

from functions.transaction.schedules.recurrence import Due, Recurrence


def _day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:30:00").replace(tzinfo=UTC)


class TestRecurrence:
    @pytest.mark.parametrize(
        ("start", "days"),
        [
            ("2027-01-31", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
            ("2028-01-30", ["2028-01-30", "2028-02-29", "2028-03-30"]),
            ("2027-11-30", ["2027-11-30", "2027-12-30", "2028-01-30"]),
        ],
    )
    def test_a_month_later_is_the_same_day_or_the_last_one(self, start: str, days: list[str]) -> None:
        monthly = Recurrence(_day(start), "month")
        assert [monthly.due_at(number + 1) for number in range(len(days))] == [_day(day) for day in days]

    def test_days_and_weeks_are_of_24_hours(self) -> None:
        assert Recurrence(_day("2027-03-27"), "day").due_at(3) == _day("2027-03-29")
        assert Recurrence(_day("2027-03-27"), "week").due_at(2) == _day("2027-04-03")

    def test_ends_where_it_was_told_to(self) -> None:
        start = _day("2027-01-01")
        assert [Recurrence(start).due_at(number) for number in (1, 2)] == [start, None]
        assert Recurrence(start, "day", count=2).due_at(2) == _day("2027-01-02")
        assert Recurrence(start, "day", count=2).due_at(3) is None
        until = Recurrence(start, "day", until=_day("2027-01-02"))
        assert (until.due_at(2), until.due_at(3)) == (_day("2027-01-02"), None)

    def test_tells_what_is_due_until_a_moment(self) -> None:
        daily = Recurrence(_day("2027-01-01"), "day", count=4)
        assert daily.due_until(_day("2027-01-03"), 2) == [Due(2, _day("2027-01-02")), Due(3, _day("2027-01-03"))]
        assert daily.due_until(_day("2027-01-01"), 2) == []
        assert [each.occurrence for each in daily.due_until(_day("2028-01-01"), 1)] == [1, 2, 3, 4]
