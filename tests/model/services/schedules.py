"""The oracle's schedules: when they are due, and what becomes of each occurrence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from paycore.invariants import present
from paycore.ledger.commands import LimitRole, Move
from paycore.request_key import RequestKey
from tests.model.book import Facts, Refused
from tests.model.services.book import SCHEDULES_MAX, Payment, Schedule, ServiceBook, Stored
from tests.model.services.minted import Minted
from tests.model.services.transfers import Transfers

_FROM = {"pause": ("active",), "resume": ("paused",), "cancel": ("active", "paused")}
_STEPS = {"day": timedelta(days=1), "week": timedelta(days=7)}
_SHOWN = 20


def due_at(schedule: Schedule, occurrence: int) -> datetime | None:
    """When an occurrence is due: monthly ones on the same day, or the month's last. None: there is no such one."""
    if occurrence > 1 and schedule.every is None:
        return None
    if schedule.times is not None and occurrence > schedule.times:
        return None
    steps = occurrence - 1
    if schedule.every == "month":
        due = months_later(schedule.starts_at, steps)
    else:
        due = schedule.starts_at + steps * _STEPS.get(schedule.every or "", timedelta())
    return None if schedule.until is not None and due > schedule.until else due


def months_later(start: datetime, months: int) -> datetime:
    """On the same day, or on the month's last."""
    year, month = divmod(12 * start.year + start.month - 1 + months, 12)
    following = datetime(year + (month == 11), (month + 1) % 12 + 1, 1, tzinfo=UTC)
    last = (following - timedelta(days=1)).day
    return start.replace(year=year, month=month + 1, day=min(start.day, last))


def shown(schedule: Schedule) -> Facts:
    """What its owner sees of it, as far as it changes."""
    return {
        "status": schedule.state,
        "next_at": f"{schedule.next_at:%Y-%m-%dT%H:%M:%S.%fZ}" if schedule.next_at else None,
        "next_occurrence": schedule.next_occurrence if schedule.next_at else None,
        "occurrences": sorted(schedule.runs, reverse=True)[:_SHOWN],
    }


class Schedules:
    """Answers for the schedules as the transaction service must."""

    def __init__(self, transfers: Transfers, book: ServiceBook) -> None:
        self.transfers = transfers
        self.book = book

    def make(self, schedule: Schedule) -> Facts:
        """Judged as far as it can be before its time; a refusal keeps nothing."""
        move = schedule.payment.move
        place = (move.key.principal, move.key.route, move.key.key)
        stored = self.book.answered(place, move.key.fingerprint)
        if stored is not None:
            return dict(stored.reply)
        self._judge(schedule.payment)
        schedule.next_at = schedule.starts_at
        self.book.schedules[schedule.id] = schedule
        self.book.stored[place] = Stored(move.key.fingerprint, shown(schedule))
        return shown(schedule)

    def _judge(self, payment: Payment) -> None:
        move, accounts = payment.move, self.transfers.oracle.book.accounts
        source = str(getattr(move.source, "wallet_id", None))
        targets = [] if payment.address else [str(getattr(each, "wallet_id", None)) for each in _targets(move)]
        if any(wallet not in accounts for wallet in (source, *targets)) or accounts[source].owner != move.actor_id:
            raise Refused("wallet_not_found")
        if source in targets:
            raise Refused("same_wallet")
        if {accounts[wallet].currency for wallet in (source, *targets)} != {move.money.currency}:
            raise Refused("currency_mismatch")
        self.transfers.judge_step_up([payment], move)
        own = [each for each in self.book.schedules.values() if each.owner == move.actor_id]
        if sum(each.state in ("active", "paused") for each in own) >= SCHEDULES_MAX:
            raise Refused("too_many_schedules", schedules_max=SCHEDULES_MAX)

    def change(self, schedule_id: str, person: str, change: str, now: datetime) -> Facts:
        """Pauses, resumes or cancels."""
        schedule = self.book.schedules.get(schedule_id)
        if schedule is None or schedule.owner != person:
            raise Refused("schedule_not_found")
        if schedule.state not in _FROM[change]:
            raise Refused("invalid_state", state=schedule.state)
        if change == "pause":
            schedule.state, schedule.paused_at = "paused", now
        elif change == "cancel":
            schedule.state, schedule.next_at = "canceled", None
        else:
            _resume(schedule, now)
        return shown(schedule)

    def run_due(self, now: datetime, minted: Minted) -> int:
        """Runs what is due, its owners in turn; returns how many occurrences had their end."""
        due = [each for each in self.book.schedules.values() if _is_due(each, now) and not each.postponed]
        turns: dict[str, int] = {}
        in_turn = []
        for each in sorted(due, key=lambda schedule: str(schedule.next_at)):
            turns[each.owner] = turns.get(each.owner, 0) + 1
            in_turn.append((turns[each.owner], each))
        ended = 0
        for _, schedule in sorted(in_turn, key=lambda turn: (turn[0], str(turn[1].next_at))):
            while _is_due(schedule, now):
                if not self._run(schedule, minted):
                    schedule.postponed = True
                    break
                ended += 1
        return ended

    def _run(self, schedule: Schedule, minted: Minted) -> bool:
        """One occurrence; False where a limit lets it wait: then nothing is kept, not even for whom it looked in vain.

        Nor does an overdue hold stay ended that it ended for want of funds.
        """
        owner = self.book.people[schedule.owner]
        if _has_ended(schedule, schedule.next_occurrence):
            _go_on(schedule, schedule.next_occurrence + 1)
            return True
        if not owner.active:
            _end(schedule, "skipped", None)
            return True
        name = f"{schedule.id}.{schedule.next_occurrence}"
        key = RequestKey(f"schedule {owner.id}", "run schedule", name, name, name)
        role: LimitRole = "merchant" if "merchant" in owner.roles else "user"
        move = replace(schedule.payment.move, key=key, unconfirmed=False)
        move = replace(move, limit_role=role, unverified=not owner.verified)
        looked_for, before = set(self.book.looked_for.get(owner.id, ())), self.transfers.oracle.book.copy()
        try:
            answer = self.transfers.pay(replace(schedule.payment, move=move), minted)
        except Refused:  # too many addresses that nobody has: nothing else is refused before the ledger is asked
            return False
        if answer.refusal is None:
            _end(schedule, "completed", None)
        elif answer.refusal[0] == "rate_limited":
            self.book.looked_for[owner.id], self.transfers.oracle.book = looked_for, before
            return False
        else:
            _end(schedule, "failed", answer.refusal[0])
        return True


def _resume(schedule: Schedule, now: datetime) -> None:
    """What came while it was paused is skipped; what had come before runs, and all behind it."""
    occurrence, is_late = schedule.next_occurrence, False
    while (due := due_at(schedule, occurrence)) is not None and due <= now:
        if due < present(schedule.paused_at, "it is paused"):
            is_late = True
        elif not _has_ended(schedule, occurrence):
            schedule.runs.append((occurrence, "skipped", None))
        occurrence += 1
    _go_on(schedule, schedule.next_occurrence if is_late else occurrence)


def _end(schedule: Schedule, status: str, why: str | None) -> None:
    schedule.runs.append((schedule.next_occurrence, status, why))
    _go_on(schedule, schedule.next_occurrence + 1)


def _go_on(schedule: Schedule, occurrence: int) -> None:
    schedule.next_occurrence, schedule.next_at = occurrence, due_at(schedule, occurrence)
    schedule.state = "active" if schedule.next_at is not None else "completed"


def _has_ended(schedule: Schedule, occurrence: int) -> bool:
    return any(number == occurrence for number, _, _ in schedule.runs)


def _is_due(schedule: Schedule, now: datetime) -> bool:
    return schedule.state == "active" and schedule.next_at is not None and schedule.next_at <= now


def _targets(move: Move) -> list[object]:
    return [move.target] if move.target is not None else [share.target for share in move.shares]
