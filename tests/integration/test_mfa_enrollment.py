"""A second factor is enrolled by its owner, told of everything that happens to it, and kept sealed."""

from urllib.parse import parse_qs, urlsplit

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.factor import Phone, changes_of, enrolled, let_time_pass, mfa, started, step_up
from tests.integration.newcomer import Newcomer, outcome, wrong

INVALID_CODE = (422, "invalid_code")
STEP_UP = (403, "step_up_required")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


def _state(who: Newcomer) -> Answer:
    return who.client.request("GET", "/v1/auth/mfa")


class TestEnroll:
    def test_gives_the_seed_as_uri_and_picture(self, anna: Newcomer) -> None:
        answer = mfa(anna.client, "enroll", password=anna.password)
        body = answer.body
        uri = urlsplit(body["otpauth_uri"])
        assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
        assert parse_qs(uri.query) == {"secret": [body["secret"]], "issuer": ["Paycore"]}
        assert len(body["secret"]) == 32
        assert body["qr_code_svg"].startswith("<svg")
        assert answer.headers["cache-control"] == "no-store"

    def test_changes_nothing_before_the_first_code(self, anna: Newcomer) -> None:
        started(anna)
        assert _state(anna).body == {
            "object": "mfa", "enabled": False, "enabled_at": None, "recovery_codes_left": 0, "reset_at": None,
        }  # fmt: skip
        assert anna.log_in().body["object"] == "session"
        assert outcome(mfa(anna.client, "step-up", code="123456")) == (409, "mfa_not_enrolled")

    def test_needs_the_password_and_counts_guesses(self, anna: Newcomer) -> None:
        for _ in range(5):
            refused = mfa(anna.client, "enroll", password="not the right one")
            assert outcome(refused) == (401, "invalid_credentials")
        assert outcome(mfa(anna.client, "enroll", password=anna.password)) == (429, "rate_limited")

    def test_once_more_replaces_a_seed_that_waits_and_none_that_works(self, anna: Newcomer) -> None:
        old, new = started(anna), started(anna)
        assert outcome(mfa(anna.client, "confirm", code=old.code())) == INVALID_CODE
        assert mfa(anna.client, "confirm", code=new.code()).status == 200
        assert outcome(mfa(anna.client, "enroll", password=anna.password)) == (409, "mfa_enrolled")
        assert outcome(mfa(anna.client, "confirm", code=new.code())) == (409, "mfa_enrolled")


class TestConfirm:
    def test_shows_ten_codes_and_ends_all_other_sessions(self, anna: Newcomer) -> None:
        mine = anna.client.token
        anna.sign_in()
        assert anna.me().body["mfa_enabled"] is False
        other, anna.client.token = anna.client.token, mine
        _, codes = enrolled(anna)
        assert len(set(codes)) == 10
        assert anna.me().body["mfa_enabled"] is True
        assert (_state(anna).body["enabled"], _state(anna).body["recovery_codes_left"]) == (True, 10)
        anna.client.token = other
        assert outcome(anna.me()) == (401, "session_revoked")

    def test_needs_a_code_and_counts_guesses(self, anna: Newcomer) -> None:
        phone = started(anna)
        for _ in range(5):
            assert outcome(mfa(anna.client, "confirm", code=wrong(phone.code()))) == INVALID_CODE
        assert outcome(mfa(anna.client, "confirm", code=phone.code())) == (429, "rate_limited")

    def test_without_a_seed_is_refused(self, anna: Newcomer) -> None:
        assert outcome(mfa(anna.client, "confirm", code="123456")) == (409, "mfa_not_enrolled")

    def test_keeps_nothing_in_clear(self, anna: Newcomer, platform: Configuration) -> None:
        seed = mfa(anna.client, "enroll", password=anna.password).body["secret"]
        codes = mfa(anna.client, "confirm", code=Phone(seed).code()).body["codes"]
        mfa(anna.client, "step-up", code=codes[0])
        kept = anna.desk.rows(
            "SELECT f::text FROM identity.second_factor f WHERE user_id = :id UNION ALL "
            "SELECT c::text FROM identity.recovery_code c WHERE user_id = :id UNION ALL "
            "SELECT e.data::text FROM outbox.event e WHERE partition_key = :id",
            id=anna.user_id,
        )
        logs = [log.read_text(errors="replace") for log in (platform.home / "logs").iterdir() if log.is_file()]
        text = "\n".join([*(row[0] for row in kept), *logs])
        assert changes_of(anna.desk, anna.user_id) == ["enabled", "code_used"]
        assert anna.user_id in text
        assert not [secret for secret in (seed, *codes) if secret in text]


class TestStepUpRoutes:
    @pytest.mark.parametrize("what", ["recovery-codes", "disable"])
    def test_say_how_long_ago_the_factor_may_have_been_shown(self, anna: Newcomer, what: str) -> None:
        enrolled(anna)
        refused = mfa(anna.client, what)
        assert outcome(refused) == STEP_UP
        assert refused.body["max_age"] == 300
        # API Gateway shows a function's WWW-Authenticate under this name
        challenge = refused.headers["x-amzn-remapped-www-authenticate"]
        assert challenge == 'Bearer error="insufficient_user_authentication", max_age="300"'

    def test_new_recovery_codes_make_the_old_ones_void(self, anna: Newcomer, desk: Desk) -> None:
        phone, old = enrolled(anna)
        step_up(anna, phone, desk)
        renewed = mfa(anna.client, "recovery-codes")
        new = renewed.body["codes"]
        assert not set(old) & set(new)
        assert outcome(mfa(anna.client, "step-up", code=old[0])) == INVALID_CODE
        assert mfa(anna.client, "step-up", code=new[0]).status == 200
        assert _state(anna).body["recovery_codes_left"] == 9
        assert changes_of(desk, anna.user_id) == ["enabled", "codes_renewed", "code_used"]

    def test_disabling_ends_it_and_all_other_sessions(self, anna: Newcomer, desk: Desk) -> None:
        phone, codes = enrolled(anna)
        step_up(anna, phone, desk)
        mine = anna.client.token
        let_time_pass(desk, anna.user_id)
        token = anna.log_in().body["mfa_token"]
        other = anna.post("login/mfa", mfa_token=token, code=phone.code()).body["access_token"]
        assert mfa(anna.client, "disable").body["enabled"] is False
        assert anna.me().body["mfa_enabled"] is False
        (session,) = anna.client.request("GET", "/v1/users/me/sessions").body["data"]
        assert session["amr"] == ["pwd"], "nor has this one shown any"
        anna.client.token = other
        assert outcome(anna.me()) == (401, "session_revoked")
        anna.client.token = mine
        assert outcome(mfa(anna.client, "step-up", code=codes[0])) == (409, "mfa_not_enrolled")
        assert outcome(mfa(anna.client, "disable")) == (409, "mfa_not_enrolled")
        assert anna.log_in().body["object"] == "session"
        assert changes_of(desk, anna.user_id) == ["enabled", "disabled"]
