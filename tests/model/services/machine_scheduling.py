"""Schedules: made, changed, and run when their time has come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from functions.transaction.schedules.change_schedule import change_schedule
from functions.transaction.schedules.make_schedule import make_schedule
from functions.transaction.schedules.schemas import ScheduleRequest
from paycore import clock
from paycore.origin import Origin
from tests.model import drawing as draw
from tests.model.drawing import Manner, seldom
from tests.model.services.bodies import asker, body_of, caller, told_apart, told_schedule
from tests.model.services.book import Payment, Schedule
from tests.model.services.machine_paying import ADDRESSES, PayingMachine
from tests.model.services.schedules import due_at, months_later

HERE = Origin("127.0.0.1", "req")
STEPS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31), None: timedelta(days=1)}


class SchedulingMachine(PayingMachine):
    """Those, and transfers for later."""

    @rule(
        source=draw.NAMES,
        payee=st.one_of(draw.NAMES, draw.NAMES, ADDRESSES),
        amount=st.integers(1, 60),
        currency=draw.CURRENCIES,
        recurrence=st.tuples(
            st.sampled_from([None, "day", "week", "month"]),
            st.sampled_from([None, "until", "count"]),
            st.integers(1, 3),
        ),
        manner=draw.MANNERS,
        comes=st.one_of(st.none(), st.integers(0, 3)),
    )
    def schedule(
        self,
        source: str,
        payee: str,
        amount: int,
        currency: str,
        recurrence: tuple[str | None, str | None, int],
        manner: Manner,
        comes: int | None,
    ) -> None:
        scene, (every, end, turns) = self.scene, recurrence
        known = payee in scene.wallets
        move = self.drawn.move(
            source, [(payee if known else "absent", amount)], currency, replace(manner, dry_run=False)
        )
        if every is not None:
            move = replace(move, external_id=None, expected_version=None)
        payment = Payment(move, None if known else scene.address(payee))
        # each at a minute of its own, so that none ties; none near enough for the clock to tell
        minute = timedelta(minutes=120 + len(scene.book.schedules) % 600)
        starts_at = datetime.now(UTC).replace(second=0, microsecond=0) + minute
        until = starts_at + turns * STEPS[every] if every and end == "until" else None
        times = turns if every and end == "count" else None
        again = {"every": every, "until": clock.timestamp(until) if until else None, "count": times} if every else None
        body = body_of(payment) | {"execute_at": clock.timestamp(starts_at), "recurrence": again}
        wanted = ScheduleRequest.model_validate(body)
        key = replace(told_apart(payment).key, route="POST /schedules")
        made = Schedule(
            "", move.actor_id, replace(payment, move=replace(move, key=key)), starts_at, every, until, times
        )
        who = asker(move)
        scene.both(
            "make a schedule",
            lambda: make_schedule(who, wanted, HERE, key),
            lambda answer: told_schedule(answer.body),
            lambda _, answer: scene.schedules.make(replace(made, id=answer.body["id"] if answer else "")),
        )
        if comes is not None and scene.book.schedules:
            self.run_due([(0, comes)])

    @rule(back=draw.EARLIER, how=st.sampled_from(["pause", "resume", "resume", "cancel"]), foreign=seldom(False, True))
    @precondition(lambda self: self.scene.book.schedules)
    def change_schedule(self, back: int, how: Any, foreign: bool) -> None:
        schedule = self._schedule(back, "paused" if how == "resume" else None)
        person = self.scene.people["cat"] if foreign else schedule.owner
        self.scene.both(
            f"{how} a schedule",
            lambda: change_schedule(caller(person, "user"), schedule.id, how, HERE, None),
            lambda answer: told_schedule(answer.body),
            lambda _, __: self.scene.schedules.change(schedule.id, person, how, clock.now()),
        )

    @rule(back=draw.EARLIER, periods=st.integers(0, 3))
    @precondition(lambda self: self.scene.book.schedules)
    def time_comes(self, back: int, periods: int) -> None:
        self._come(back, periods)

    def _come(self, back: int, periods: int) -> None:
        """A schedule is as old as if it had been made earlier; a monthly one then began on the last day of a month."""
        schedule = self._schedule(back)
        if schedule.next_at is None:
            return
        if schedule.every == "month":
            months = periods + schedule.next_occurrence
            last = months_later(datetime.now(UTC).replace(day=1), 1 - months) - timedelta(days=1)
            earlier = datetime.combine(last.date(), schedule.starts_at.timetz())
        else:
            earlier = schedule.starts_at - periods * STEPS[schedule.every]
        until = schedule.until - (schedule.starts_at - earlier) if schedule.until is not None else None
        moved = replace(schedule, starts_at=earlier, until=until)
        next_at = due_at(moved, schedule.next_occurrence)
        if next_at is not None:
            if schedule.paused_at is not None:
                schedule.paused_at -= schedule.starts_at - earlier
            self.door.shift(schedule.id, {"starts_at": earlier, "until": until, "next_at": next_at})
            schedule.starts_at, schedule.until, schedule.next_at = earlier, until, next_at

    def _schedule(self, back: int, state: str | None = None) -> Schedule:
        """One of the last, in this state where there is any."""
        schedules = list(self.scene.book.schedules.values())
        schedules = [each for each in schedules if each.state == state] or schedules
        return schedules[-1 - back % len(schedules)]

    @rule(times=st.lists(st.tuples(draw.EARLIER, st.integers(0, 3)), max_size=3))
    @precondition(lambda self: self.scene.book.schedules)
    def run(self, times: list[tuple[int, int]]) -> None:
        self.run_due(times)

    def run_due(self, times: list[tuple[int, int]]) -> None:
        """The job that runs every minute, when the time of some has come."""
        for back, periods in times:
            self._come(back, periods)
        self.in_hour(self.scene.run_due)

    @rule(person=draw.PERSONS, period=draw.PERIODS)
    def turn(self, person: str, period: str) -> None:
        """The services' own limits begin anew, too."""
        super().turn(person, period)
        owner = self.scene.people[person]
        self.door.turn(owner)
        self.scene.book.looked_for.pop(owner, None)
        del self.scene.book.idle_items[owner]
        for schedule in self.scene.book.schedules.values():
            schedule.postponed = schedule.postponed and schedule.owner != owner
