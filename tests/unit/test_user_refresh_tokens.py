"""What a presented refresh token is worth, and how its successor is made."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from functions.user import refresh_tokens
from functions.user.refresh_tokens import GRACE_S, Verdict, judge
from functions.user.store.sessions import TokenState

FRESH = TokenState(
    position=3,
    successor_key=None,
    is_alive=True,
    is_expired=False,
    rotated_ago_s=None,
    successor_is_used=False,
    successor_expires_at=None,
)
ROTATED = replace(FRESH, successor_key="k1", rotated_ago_s=1.0, successor_expires_at=datetime(2026, 5, 1, tzinfo=UTC))


class TestJudge:
    @pytest.mark.parametrize(
        ("state", "verdict"),
        [
            (FRESH, Verdict.ROTATE),
            (replace(FRESH, is_expired=True), Verdict.REFUSE),
            (replace(FRESH, is_alive=False), Verdict.REFUSE),
            (ROTATED, Verdict.REPEAT),
            (replace(ROTATED, rotated_ago_s=float(GRACE_S)), Verdict.REPEAT),
            (replace(ROTATED, rotated_ago_s=GRACE_S + 0.001), Verdict.END_FAMILY),
            (replace(ROTATED, successor_is_used=True), Verdict.END_FAMILY),
            (replace(ROTATED, rotated_ago_s=1e6, is_expired=True), Verdict.END_FAMILY),
            (replace(ROTATED, rotated_ago_s=1e6, is_alive=False), Verdict.REFUSE),
            (replace(ROTATED, is_alive=False), Verdict.REFUSE),
        ],
    )
    def test_every_state_has_its_verdict(self, state: TokenState, verdict: Verdict) -> None:
        assert judge(state) is verdict


@pytest.mark.usefixtures("key_rings")
class TestSuccessor:
    def test_is_the_same_for_the_same_exchange(self) -> None:
        assert refresh_tokens.successor("ses_1", 1, "t", "k1") == refresh_tokens.successor("ses_1", 1, "t", "k1")

    def test_is_another_for_every_other_one(self) -> None:
        exchanges = [("ses_1", 1, "t", "k1"), ("ses_2", 1, "t", "k1"), ("ses_1", 2, "t", "k1"), ("ses_1", 1, "u", "k1"),
                     ("ses_1", 1, "t", "k2")]  # fmt: skip
        made = {refresh_tokens.successor(*exchange) for exchange in exchanges}
        assert len(made) == len(exchanges)
        assert {len(token) for token in made} == {len(refresh_tokens.new_token())}

    def test_a_token_is_long_and_its_digest_is_not_it(self) -> None:
        token = refresh_tokens.new_token()
        assert len(token) == 43
        assert token != refresh_tokens.new_token()
        assert len(refresh_tokens.digest(token)) == 32
