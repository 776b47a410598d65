"""Registration: nobody learns who has an account, and a code opens only what it was made for."""

import unicodedata
from collections.abc import Callable

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.faults.outage import until
from tests.integration.desk import Desk
from tests.integration.mailbox import Mailbox
from tests.integration.newcomer import Newcomer, outcome

INVALID_CODE = (422, "invalid_code")
# What differs from request to request.
OWN_HEADERS = {"request-id", "date", "ratelimit", "x-amzn-trace-id", "x-amz-apigw-id", "x-amzn-requestid"}


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
            "ON e.subject = r.user_id WHERE r.email_hmac = :hmac",
            hmac=newcomer.email_hmac,
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
            "WHERE email_hmac = :hmac",
            hmac=newcomer.email_hmac,
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
            "UPDATE identity.registration SET code_sent_at = code_sent_at - interval '1 minute' "
            "WHERE email_hmac = :hmac",
            hmac=newcomer.email_hmac,
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
            "UPDATE identity.registration SET code_sent_at = code_sent_at - interval '1 hour' WHERE email_hmac = :hmac",
            hmac=newcomer.email_hmac,
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
            "UPDATE identity.registration SET code_sent_at = code_sent_at - interval '1 hour' WHERE email_hmac = :hmac",
            hmac=newcomer.email_hmac,
        )
        assert resend().status == 202
        assert len(newcomer.desk.codes_of(newcomer.email)) == 1

    def test_tells_nobody_who_is_known(self, newcomer: Newcomer, resend: Callable[[], Answer]) -> None:
        unknown = resend()
        newcomer.settle_in()
        assert face(resend()) == face(unknown)
        assert len(newcomer.desk.codes_of(newcomer.email)) == 1
