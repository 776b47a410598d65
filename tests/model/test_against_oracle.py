"""The ledger and the oracle, side by side: random sequences of every operation, bad input included.

MODEL_SEQUENCES and MODEL_STEPS say how many and how long (`make prove` sets them); a failure prints how to repeat it.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from local.configuration import Configuration
from tests.model.audit import audit
from tests.model.machine import LedgerMachine
from tests.model.real import Real, real_ledger
from tests.model.scene import Scene

SEQUENCES = int(os.environ.get("MODEL_SEQUENCES", "300"))
STEPS = int(os.environ.get("MODEL_STEPS", "50"))
# Every refusal that the ledger knows. So many steps as a round of `make prove` has meet each of them.
REFUSALS = frozenset(
    [
        "already_reversed",
        "balance_out_of_range",
        "bulk_refused",
        "capture_exceeds_hold",
        "currency_mismatch",
        "duplicate_external_id",
        "hold_ended",
        "idempotency_key_reused",
        "insufficient_funds",
        "invalid_state",
        "limit_exceeded",
        "not_a_hold",
        "not_reversible",
        "quote_expired",
        "quote_not_found",
        "quote_used",
        "rate_limited",
        "recipient_unknown",
        "reversal_exceeds_remaining",
        "reversal_is_whole",
        "same_wallet",
        "transaction_not_found",
        "version_conflict",
        "wallet_closed",
        "wallet_frozen",
        "wallet_not_empty",
        "wallet_not_found",
    ]
)
STEPS_MEET_ALL = 40_000
SETTINGS = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=False,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.fixture(scope="module")
def real(platform: Configuration) -> Iterator[Real]:
    """The real ledger, in a database of its own."""
    with real_ledger(platform) as made:
        yield made


class TestLedger:
    def test_says_and_does_what_the_oracle_does(self, real: Real) -> None:
        LedgerMachine.real = real
        run_state_machine_as_test(LedgerMachine, settings=SETTINGS)
        audit(real.sql)
        for (operation, outcome), times in sorted(Scene.outcomes.items()):
            print(f"{operation:20}{outcome:30}{times:8}")
        if SEQUENCES * STEPS >= STEPS_MEET_ALL:
            missed = REFUSALS - {outcome for _, outcome in Scene.outcomes}
            assert not missed, "no sequence met these refusals"
