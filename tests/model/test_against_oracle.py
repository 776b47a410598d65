"""The ledger and the oracle, side by side: random sequences of every operation, bad input included.

MODEL_SEQUENCES and MODEL_STEPS say how many and how long (`make prove` sets them), MODEL_PROCESSES how many at a time. A
failure prints the shortest example and the seed that repeats it, of the same number of processes.
"""

import os
import random

from local.configuration import Configuration
from tests.model.side_by_side import run_side_by_side

SEQUENCES = int(os.environ.get("MODEL_SEQUENCES", "300"))
STEPS = int(os.environ.get("MODEL_STEPS", "50"))
PROCESSES = int(os.environ.get("MODEL_PROCESSES", "2"))
SEED = int(os.environ.get("PROOF_SEED") or random.randrange(2**32))
# Every refusal that the ledger knows. So many steps as a round of `make prove` has meet each of them.
REFUSALS = frozenset(
    [
        "already_reversed",
        "balance_condition_failed",
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
        "step_up_required",
        "transaction_not_found",
        "version_conflict",
        "wallet_closed",
        "wallet_frozen",
        "wallet_not_empty",
        "wallet_not_found",
    ]
)
# And what else the services do or refuse.
OUTCOMES = frozenset(
    [
        ("claim", "done"),
        ("claim of the job", "done"),
        ("crossing", "announced"),
        ("independent bulk by body", "died"),
        ("independent bulk by body", "done"),
        ("atomic bulk by body", "done"),
        ("atomic bulk by body", "rate_limited"),
        ("make a schedule", "too_many_schedules"),
        ("occurrence", "completed"),
        ("occurrence", "failed"),
        ("occurrence", "postponed"),
        ("occurrence", "skipped"),
        ("pay an address", "rate_limited"),
        ("resume a schedule", "done"),
        ("statement", "done"),
        ("watch a balance", "too_many_balance_rules"),
    ]
)
STEPS_MEET_ALL = 40_000


class TestLedger:
    def test_says_and_does_what_the_oracle_does(self, platform: Configuration) -> None:
        print(f"PROOF_SEED={SEED}")
        outcomes = run_side_by_side(platform, PROCESSES, SEQUENCES, STEPS, SEED)
        for (operation, outcome), times in sorted(outcomes.items()):
            print(f"{operation:20}{outcome:30}{times:8}")
        if SEQUENCES * STEPS >= STEPS_MEET_ALL:
            missed = REFUSALS - {outcome for _, outcome in outcomes}
            assert not missed, "no sequence met these refusals"
            assert not OUTCOMES - outcomes.keys(), "no sequence met these"
