"""Two at the same moment: exactly one wins, each time, and no minor unit is lost on the way."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest

from local.configuration import Configuration
from paycore import ids
from paycore.ledger.commands import Wallet
from paycore.ledger.compound import Close
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import AnyCommand
from tests.integration.ledger_crowd import Crowd, ask, at_once, at_the_pooler, common, hold, move

ROUNDS = int(os.environ.get("RACE_ROUNDS", "50"))  # `make prove` sets more
PROCESSES = 64  # with one key at the same moment
FUNDS = 100 * ROUNDS
FUNDS_BOTH_WAYS = 1_000

Race = tuple[list[AnyCommand], list[AnyCommand]]  # what the one does in each round, and what the other does


@pytest.fixture(scope="module")
def crowd(platform: Configuration) -> Iterator[Crowd]:
    """Processes at the running system's pooler; at the end all books are in order."""
    with at_the_pooler(platform):
        made = Crowd(platform)
        yield made
        made.expect_order()
        made.close()


def _run(race: Race) -> list[tuple[str, str]]:
    """How each round ended for the one and for the other: `done`, or the code of the refusal."""

    def work(side: int) -> list[str]:
        return [_end(ask(command)) for command in race[side]]

    one, other = at_once(2, work)
    return list(zip(one, other, strict=True))


def _end(outcome: Outcome) -> str:
    return outcome.refusal.code if outcome.refusal else "done"


def _each(make: Callable[[], tuple[AnyCommand, AnyCommand]]) -> Race:
    rounds = [make() for _ in range(ROUNDS)]
    return [one for one, _ in rounds], [other for _, other in rounds]


def _capture(original: str) -> Capture:
    return Capture(**common(), original_id=original, allowed=None)


def _void(original: str) -> Void:
    return Void(**common(), original_id=original, allowed=None)


def _ending_soon(crowd: Crowd, payers: list[str], payee: str, step_ms: int) -> list[str]:
    """A hold of each payer; they end one after the other, so many milliseconds apart."""
    holds = [ask(hold(payer, payee, 7)).completed().id for payer in payers]
    crowd.end_holds({held: number * step_ms for number, held in enumerate(holds)})
    return holds


class TestOneWins:
    def test_of_two_reversals(self, crowd: Crowd) -> None:
        payer, payee = crowd.wallet(FUNDS), crowd.wallet(FUNDS)

        def make() -> tuple[AnyCommand, AnyCommand]:
            moved = ask(move(payer, payee, 7)).completed().id
            first, second = (Reverse(**common(), original_id=moved, allowed=None, reason="race") for _ in range(2))
            return first, second

        ends = _run(_each(make))
        assert [sorted(end) for end in ends] == [["already_reversed", "done"]] * ROUNDS
        assert (crowd.balance(payer), crowd.balance(payee)) == ((FUNDS, 0), (FUNDS, 0))

    def test_of_two_captures(self, crowd: Crowd) -> None:
        payer, payee = crowd.wallet(FUNDS), crowd.wallet()

        def make() -> tuple[AnyCommand, AnyCommand]:
            held = ask(hold(payer, payee, 7)).completed().id
            return _capture(held), _capture(held)

        ends = _run(_each(make))
        assert [sorted(end) for end in ends] == [["done", "hold_ended"]] * ROUNDS
        assert (crowd.balance(payer), crowd.balance(payee)) == ((FUNDS - 7 * ROUNDS, 0), (7 * ROUNDS, 0))

    def test_of_capture_and_void(self, crowd: Crowd) -> None:
        payer, payee = crowd.wallet(FUNDS), crowd.wallet()

        def make() -> tuple[AnyCommand, AnyCommand]:
            held = ask(hold(payer, payee, 7)).completed().id
            return _capture(held), _void(held)

        ends = _run(_each(make))
        assert [sorted(end) for end in ends] == [["done", "hold_ended"]] * ROUNDS
        taken = 7 * sum(capture == "done" for capture, _ in ends)
        assert (crowd.balance(payer), crowd.balance(payee)) == ((FUNDS - taken, 0), (taken, 0))

    def test_of_expiry_and_capture(self, crowd: Crowd) -> None:
        """Each hold ends about when both ask: the capture, or the debit that ends the overdue hold to have funds."""
        payers, payee = [crowd.wallet(7) for _ in range(ROUNDS)], crowd.wallet()
        holds = _ending_soon(crowd, payers, payee, 4)
        debits: list[AnyCommand] = [move(payer, payee, 7) for payer in payers]
        ends = _run(([_capture(held) for held in holds], debits))
        assert set(ends) <= {
            ("done", "insufficient_funds"),
            ("hold_ended", "done"),
            ("hold_ended", "insufficient_funds"),
        }
        moved = sum(7 for end in ends if "done" in end)
        assert crowd.balance(payee) == (moved, 0)
        assert sum(crowd.balance(payer)[0] for payer in payers) == 7 * ROUNDS - moved

    def test_of_the_job_s_expiry_and_capture(self, crowd: Crowd) -> None:
        """Each hold ends about when the capture asks: that, or the job that ends one overdue hold after the other."""
        payers, payee = [crowd.wallet(7) for _ in range(ROUNDS)], crowd.wallet()
        holds = _ending_soon(crowd, payers, payee, 2)
        captured: list[str] = []
        with ThreadPoolExecutor(1) as pool:
            capturing = pool.submit(lambda: captured.extend(_end(ask(_capture(held))) for held in holds))
            while not capturing.done():
                crowd.sql("SELECT ledger.expire_holds(1)")
            capturing.result()
        crowd.sql("SELECT ledger.expire_holds(1000)")  # what a late capture had locked, the job left for its next run
        assert set(captured) <= {"done", "hold_ended"}
        moved = 7 * captured.count("done")
        assert crowd.balance(payee) == (moved, 0)
        assert sum(crowd.balance(payer)[0] for payer in payers) == 7 * ROUNDS - moved
        assert {crowd.balance(payer)[1] for payer in payers} == {0}, "nothing is held any more"

    def test_of_closing_and_credit(self, crowd: Crowd) -> None:
        payer = crowd.wallet(FUNDS)
        targets = [crowd.wallet() for _ in range(ROUNDS)]
        rounds: Race = ([], [])
        for target in targets:
            rounds[0].append(Close(**common(), wallet=Wallet(target)))
            rounds[1].append(move(payer, target, 7))
        ends = _run(rounds)
        assert set(ends) <= {("done", "wallet_closed"), ("wallet_not_empty", "done")}
        credited = 7 * sum(credit == "done" for _, credit in ends)
        assert crowd.balance(payer) == (FUNDS - credited, 0)
        assert sum(crowd.balance(target)[0] for target in targets) == credited


class TestBothWays:
    def test_of_a_thousand_transfers_none_meets_a_deadlock(self, crowd: Crowd) -> None:
        wallets = crowd.wallet(FUNDS_BOTH_WAYS), crowd.wallet(FUNDS_BOTH_WAYS)
        deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        before = crowd.sql(deadlocks)

        def work(number: int) -> list[str]:
            source, target = wallets if number % 2 else wallets[::-1]
            return [_end(ask(move(source, target, 1))) for _ in range(250)]

        ends = at_once(4, work)
        assert {end for each in ends for end in each} == {"done"}
        assert [crowd.balance(wallet) for wallet in wallets] == [(FUNDS_BOTH_WAYS, 0)] * 2
        assert crowd.sql(deadlocks) == before


class TestKey:
    def test_has_one_effect_for_sixty_four_processes_at_once(self, crowd: Crowd) -> None:
        payer, payee, names = crowd.wallet(FUNDS), crowd.wallet(), [ids.new("ent") for _ in range(ROUNDS)]

        def work(_: int) -> list[tuple[bool, str]]:
            outcomes = [ask(move(payer, payee, 7, name)) for name in names]
            return [(outcome.replayed, json.dumps(asdict(outcome.completed()))) for outcome in outcomes]

        answers = at_once(PROCESSES, work)
        for told in zip(*answers, strict=True):  # by all of them under one key
            assert sorted(replayed for replayed, _ in told) == [False] + [True] * (PROCESSES - 1)
            assert len({transaction for _, transaction in told}) == 1
        assert (crowd.balance(payer), crowd.balance(payee)) == ((FUNDS - 7 * ROUNDS, 0), (7 * ROUNDS, 0))
