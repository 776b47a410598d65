"""Registration: nobody learns who has an account, and a code opens only what it was made for."""

import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from tests.faults.outage import until
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome, wrong

INVALID_CODE = (422, "invalid_code")
# What differs from request to request.
OWN_HEADERS = {"request-id", "date", "ratelimit", "x-amzn-trace-id", "x-amz-apigw-id", "x-amzn-requestid"}


@pytest.fixture(scope="module")
def desk(platform: Configuration) -> Iterator[Desk]:
    with closing(Desk(platform)) as desk:
        yield desk


class Mailbox:
    """What the mail server has received."""

    def __init__(self, platform: Configuration) -> None:
        self._client = Client(platform.ports.mail_web)

    def texts_to(self, email: str) -> list[str]:
        mails = self._client.request("GET", "/api/email").body
        return [str(mail["text"]) for mail in mails if any(to["address"] == email for to in mail["to"])]


@pytest.fixture
def newcomer(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway)


@pytest.fixture
def stranger(newcomer: Newcomer) -> Newcomer:
    """Somebody else, elsewhere, who uses the newcomer's address."""
    return Newcomer(newcomer.desk, newcomer.client.port, "a stranger's own choice", newcomer.email)


def face(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    """All that a client can compare."""
    return answer.status, answer.raw, {k: v for k, v in answer.headers.items() if k not in OWN_HEADERS}


class TestRegister:
    def test_a_taken_address_gets_the_same_answer_and_no_code(self, newcomer: Newcomer) -> None:
        first = newcomer.register()
        newcomer.verify(newcomer.code())
        second = newcomer.register()
        assert face(first) == face(second)
        assert first.status == 202
        assert len(newcomer.desk.codes_of(newcomer.email)) == 1

    def test_another_spelling_is_the_same_address(self, newcomer: Newcomer) -> None:
        newcomer.settle_in()
        known, newcomer.email = newcomer.email, f" {newcomer.email.upper()} "
        assert newcomer.register().status == 202
        assert len(newcomer.desk.codes_of(known)) == 1
        assert newcomer.log_in().status == 200

    def test_nothing_is_kept_in_clear(self, newcomer: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        (row,) = newcomer.desk.rows(
            "SELECT r.password_hash, r.code_hmac, e.data::text FROM identity.registration r JOIN outbox.event e "
            "ON e.subject = r.user_id WHERE r.email = :email",
            email=newcomer.email,
        )
        assert not any(secret in text for secret in (code, newcomer.password) for text in row)
        assert newcomer.email not in row[2]

    def test_a_mailbox_is_not_flooded(self, newcomer: Newcomer) -> None:
        answers = {newcomer.register().status for _ in range(6)}
        assert answers == {202}
        assert len(newcomer.desk.codes_of(newcomer.email)) == 5
        newcomer.desk.give_code(newcomer.email, "123456")
        assert outcome(newcomer.verify("123456")) == INVALID_CODE  # nor can the code be guessed that nobody got

    def test_a_mailbox_is_not_flooded_by_many_sources_either(self, newcomer: Newcomer) -> None:
        for _ in range(12):
            newcomer.client = newcomer.elsewhere()
            assert newcomer.register().status == 202
        assert len(newcomer.desk.codes_of(newcomer.email)) == 10

    def test_a_stranger_alone_does_not_use_up_the_mails_of_an_address(
        self, newcomer: Newcomer, stranger: Newcomer
    ) -> None:
        for _ in range(6):
            stranger.register()
        newcomer.settle_in()
        assert newcomer.log_in().status == 200

    def test_the_mail_says_which_registration_its_code_is_for(
        self, newcomer: Newcomer, platform: Configuration
    ) -> None:
        newcomer.register()
        ((made_at,),) = newcomer.desk.rows(
            "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD at HH24:MI:') FROM identity.registration "
            "WHERE email = :email",
            email=newcomer.email,
        )
        mailbox = Mailbox(platform)
        until(lambda: bool(mailbox.texts_to(newcomer.email)), "the mail arrives")
        (text,) = mailbox.texts_to(newcomer.email)
        assert newcomer.code() in text
        assert f"the registration made on {made_at}" in text
        assert "under a name that begins with Ne." in text

    @pytest.mark.parametrize(
        "password",
        [
            "é" * 6 + "ßöäüñç" * 5,
            "🦊🐙🦉🐝🐢🐳🦀🐌🦋🐞🐸🦔🐟🐠🐡🦈🐊🐅🐆",
            "seventy-three bytes " * 3 + "0123456789abc",
        ],
    )
    def test_any_good_password_opens_its_account(self, newcomer: Newcomer, password: str) -> None:
        newcomer.password = unicodedata.normalize("NFD", password)
        newcomer.settle_in()
        assert newcomer.log_in(unicodedata.normalize("NFC", password)).status == 200


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
        assert types == ["user.registered", "user.verified"]

    def test_a_guess_at_a_registration_of_a_taken_address_opens_nothing(self, newcomer: Newcomer) -> None:
        newcomer.settle_in()
        newcomer.password = "another person's choice"
        newcomer.register()
        newcomer.desk.give_code(newcomer.email, "123456")
        assert outcome(newcomer.verify("123456")) == INVALID_CODE  # no code went out, so none is good
        newcomer.desk.rows(
            "UPDATE identity.registration SET code_expires_at = clock_timestamp() + interval '1 minute' "
            "WHERE email = :email AND state = 'pending'",
            email=newcomer.email,
        )
        assert outcome(newcomer.verify("123456")) == INVALID_CODE
        assert newcomer.log_in("a quiet lake at dawn").status == 200

    def test_afterwards_neither_password_nor_code_stays_with_the_registrations(self, newcomer: Newcomer) -> None:
        newcomer.register()
        newcomer.settle_in()
        rows = newcomer.desk.rows(
            "SELECT state, password_hash, code_hmac FROM identity.registration WHERE email = :email ORDER BY id",
            email=newcomer.email,
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
        (tries,) = newcomer.desk.rows(
            "SELECT attempts FROM identity.registration WHERE email = :email", email=newcomer.email
        )
        assert tries == [5]

    def test_a_stranger_s_tries_leave_the_owner_s(self, newcomer: Newcomer, stranger: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        for _ in range(7):
            assert outcome(stranger.verify(wrong(code))) == INVALID_CODE
        assert outcome(stranger.verify(code)) == INVALID_CODE
        assert newcomer.verify(code).status == 200

    def test_a_code_bears_ten_tries_from_wherever(self, newcomer: Newcomer) -> None:
        newcomer.register()
        code = newcomer.code()
        for _ in range(10):
            newcomer.client = newcomer.elsewhere()
            assert outcome(newcomer.verify(wrong(code))) == INVALID_CODE
        newcomer.client = newcomer.elsewhere()
        assert outcome(newcomer.verify(code)) == INVALID_CODE

    def test_a_stale_code_is_wrong(self, newcomer: Newcomer) -> None:
        newcomer.register()
        newcomer.desk.rows(
            "UPDATE identity.registration SET code_expires_at = clock_timestamp() WHERE email = :email",
            email=newcomer.email,
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


class TestResendVerification:
    @pytest.fixture
    def resend(self, newcomer: Newcomer) -> Callable[[], Answer]:
        return lambda: newcomer.post("resend-verification", email=newcomer.email)

    def test_sends_a_new_code_after_a_minute(self, newcomer: Newcomer, resend: Callable[[], Answer]) -> None:
        newcomer.register()
        old = newcomer.code()
        assert resend().status == 202
        assert newcomer.code() == old  # too soon
        newcomer.desk.rows(
            "UPDATE identity.registration SET attempts = 5, code_sent_at = code_sent_at - interval '1 minute' "
            "WHERE email = :email",
            email=newcomer.email,
        )
        assert resend().status == 202
        assert len(newcomer.desk.codes_of(newcomer.email)) == 2
        if newcomer.code() != old:
            assert outcome(newcomer.verify(old)) == INVALID_CODE
        assert newcomer.verify(newcomer.code()).status == 200

    def test_sends_no_code_of_a_stranger_s_registration(
        self, newcomer: Newcomer, stranger: Newcomer, resend: Callable[[], Answer]
    ) -> None:
        newcomer.register()
        stranger.register()
        newcomer.desk.rows(
            "UPDATE identity.registration SET code_sent_at = code_sent_at - interval '1 hour' WHERE email = :email",
            email=newcomer.email,
        )
        own, foreign = newcomer.desk.codes_of(newcomer.email)
        assert resend().status == 202
        assert newcomer.desk.codes_of(newcomer.email) == [own, foreign]
        newcomer.register()
        assert newcomer.verify(newcomer.code()).status == 200
        assert newcomer.log_in().status == 200
        assert outcome(stranger.log_in()) == (401, "invalid_credentials")

    def test_a_taken_address_gets_no_code_for_a_later_registration(
        self, newcomer: Newcomer, resend: Callable[[], Answer]
    ) -> None:
        newcomer.settle_in()
        newcomer.register()
        newcomer.desk.rows(
            "UPDATE identity.registration SET code_sent_at = code_sent_at - interval '1 hour' WHERE email = :email",
            email=newcomer.email,
        )
        assert resend().status == 202
        assert len(newcomer.desk.codes_of(newcomer.email)) == 1

    def test_tells_nobody_who_is_known(self, newcomer: Newcomer, resend: Callable[[], Answer]) -> None:
        unknown = resend()
        newcomer.settle_in()
        assert face(resend()) == face(unknown)
        assert len(newcomer.desk.codes_of(newcomer.email)) == 1
