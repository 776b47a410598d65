"""Verification: a code opens only what it was made for, and not for long."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome, wrong

INVALID_CODE = (422, "invalid_code")
LONG = "[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}"


@pytest.fixture
def newcomer(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway)


@pytest.fixture
def stranger(newcomer: Newcomer) -> Newcomer:
    """Somebody else, elsewhere, who uses the newcomer's address."""
    return Newcomer(newcomer.desk, newcomer.client.port, "a stranger's own choice", newcomer.email)


class TestVerifyEmail:
    def test_a_code_brings_its_own_password_to_life_and_no_other(self, newcomer: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        newcomer.password = "another person's choice"
        newcomer.register()
        assert newcomer.verify(code).status == 200
        assert outcome(newcomer.log_in()) == (401, "invalid_credentials")
        assert newcomer.log_in("a quiet lake at dawn").status == 200

    def test_the_first_verified_registration_wins(self, newcomer: Newcomer) -> None:
        newcomer.register()
        newcomer.register()
        first, second = newcomer.desk.codes_of(newcomer.email)
        assert newcomer.verify(second).status == 200
        assert outcome(newcomer.verify(first)) == INVALID_CODE
        assert outcome(newcomer.verify(second)) == INVALID_CODE

    def test_two_codes_at_the_same_moment_make_one_account(self, newcomer: Newcomer) -> None:
        newcomer.register()
        newcomer.register()
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(newcomer.verify, newcomer.desk.codes_of(newcomer.email)))
        assert sorted(answer.status for answer in answers) == [200, 422]
        types = [kind for kind, _ in newcomer.desk.events_of(newcomer.user_id)]
        assert types[:2] == ["user.registered", "user.verified"]
        # where the other looked only after the first had won, its code was a wrong one
        assert types[2:] in ([], ["user.authentication_failed"])

    def test_a_guess_at_a_registration_of_a_taken_address_opens_nothing(self, newcomer: Newcomer) -> None:
        newcomer.settle_in()
        newcomer.password = "another person's choice"
        newcomer.register()
        newcomer.desk.give_code(newcomer.email, "123456")
        assert outcome(newcomer.verify("123456")) == INVALID_CODE  # no code went out, so none is good
        newcomer.desk.rows(
            "UPDATE identity.registration SET code_expires_at = clock_timestamp() + interval '1 minute' "
            "WHERE email_hmac = :hmac AND state = 'pending'",
            hmac=newcomer.email_hmac,
        )
        assert outcome(newcomer.verify("123456")) == INVALID_CODE
        assert newcomer.log_in("a quiet lake at dawn").status == 200

    def test_afterwards_neither_password_nor_code_stays_with_the_registrations(self, newcomer: Newcomer) -> None:
        newcomer.register()
        newcomer.settle_in()
        rows = newcomer.desk.rows(
            "SELECT state, password_hash, code_hmac FROM identity.registration WHERE email_hmac = :hmac ORDER BY id",
            hmac=newcomer.email_hmac,
        )
        assert rows == [["superseded", None, None], ["verified", None, None]]

    def test_four_wrong_tries_leave_the_right_one(self, newcomer: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        for _ in range(4):
            assert outcome(newcomer.verify(wrong(code))) == INVALID_CODE
        assert newcomer.verify(code).status == 200

    def test_after_five_wrong_tries_the_right_code_is_wrong(self, newcomer: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        with ThreadPoolExecutor(8) as pool:  # at the same moment, which must not help
            answers = list(pool.map(newcomer.verify, [wrong(code)] * 8))
        assert {outcome(answer) for answer in answers} == {INVALID_CODE}
        assert outcome(newcomer.verify(code)) == INVALID_CODE

    def test_a_stranger_s_tries_leave_the_owner_s(self, newcomer: Newcomer, stranger: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        for _ in range(7):
            assert outcome(stranger.verify(wrong(code))) == INVALID_CODE
        assert outcome(stranger.verify(code)) == INVALID_CODE
        assert newcomer.verify(code).status == 200

    def test_tries_from_many_places_spoil_no_code(self, newcomer: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        for _ in range(12):
            newcomer.client = newcomer.elsewhere()
            assert outcome(newcomer.verify(wrong(code))) == INVALID_CODE
        assert newcomer.verify(code).status == 200

    def test_a_code_is_beyond_guessing(self, newcomer: Newcomer) -> None:
        newcomer.register()
        assert re.fullmatch(LONG, newcomer.code())

    def test_a_stale_code_is_wrong(self, newcomer: Newcomer) -> None:
        newcomer.register()
        newcomer.desk.rows(
            "UPDATE identity.registration SET code_expires_at = clock_timestamp() WHERE email_hmac = :hmac",
            hmac=newcomer.email_hmac,
        )
        assert outcome(newcomer.verify(newcomer.code())) == INVALID_CODE

    def test_a_code_for_another_address_is_wrong(self, newcomer: Newcomer, platform: Configuration) -> None:
        newcomer.register()
        other = Newcomer(newcomer.desk, platform.ports.gateway)
        other.register()
        assert outcome(newcomer.verify(other.code())) == INVALID_CODE

    def test_a_source_that_guesses_has_to_wait(self, newcomer: Newcomer) -> None:
        answers = [newcomer.verify("000000") for _ in range(21)]
        assert [answer.status for answer in answers] == [422] * 20 + [429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 15 * 60
