"""Signing in with a second factor: two steps, each code once, and guesses that lead nowhere."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from tests.integration.desk import Desk
from tests.integration.factor import Phone, changes_of, claims, enrolled, let_time_pass, mfa
from tests.integration.newcomer import Newcomer, outcome, wrong

INVALID_CODE = (422, "invalid_code")
INVALID_TOKEN = (401, "invalid_token")
LIMITED = (429, "rate_limited")
NEW_PASSWORD = "a stormy sea by night"


@dataclass
class Careful:
    """Somebody with a second factor."""

    who: Newcomer
    phone: Phone
    codes: list[str]

    def challenge(self) -> str:
        """The password was right."""
        answer = self.who.log_in()
        assert answer.body["object"] == "mfa_challenge", answer.raw
        return str(answer.body["mfa_token"])

    def show(self, token: str, code: str, client: Client | None = None) -> Answer:
        body = {"mfa_token": token, "code": code}
        return (client or self.who.client).request("POST", "/v1/auth/login/mfa", body)

    def fresh_code(self) -> str:
        """A code of the phone that was not used yet."""
        let_time_pass(self.who.desk, self.who.user_id)
        return self.phone.code()


def careful(platform: Configuration, desk: Desk) -> Careful:
    who = Newcomer(desk, platform.ports.gateway).settle_in()
    who.sign_in()
    made = Careful(who, *enrolled(who))
    who.client.token = None
    return made


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Careful:
    return careful(platform, desk)


class TestSignIn:
    def test_asks_for_a_code_and_begins_a_session_with_it(self, anna: Careful) -> None:
        asked = anna.who.log_in()
        assert (asked.status, asked.body["methods"]) == (200, ["totp", "recovery_code"])
        assert asked.body.keys() == {"object", "mfa_token", "methods", "expires_in"}
        assert asked.body["expires_in"] == 300
        signed_in = anna.show(asked.body["mfa_token"], anna.fresh_code())
        assert (signed_in.status, signed_in.body["object"]) == (200, "session")
        said = claims(signed_in.body["access_token"])
        assert said["amr"] == ["pwd", "otp"]
        anna.who.client.token = signed_in.body["access_token"]
        assert mfa(anna.who.client, "recovery-codes").status == 200  # the factor was just shown
        refreshed = claims(anna.who.refresh(signed_in.body["refresh_token"]).body["access_token"])
        assert (refreshed["amr"], refreshed["auth_time"]) == (said["amr"], said["auth_time"])

    def test_without_a_factor_tokens_say_so(self, platform: Configuration, desk: Desk) -> None:
        who = Newcomer(desk, platform.ports.gateway).settle_in()
        who.sign_in()
        assert claims(str(who.client.token))["amr"] == ["pwd"]

    def test_the_challenge_is_no_access_token(self, anna: Careful) -> None:
        anna.who.client.token = anna.challenge()
        assert outcome(anna.who.me()) == INVALID_TOKEN

    def test_a_new_password_shows_no_factor(self, anna: Careful) -> None:
        anna.who.client.token = anna.show(anna.challenge(), anna.fresh_code()).body["access_token"]
        body = {"current_password": anna.who.password, "new_password": NEW_PASSWORD}
        changed = anna.who.client.request("POST", "/v1/auth/password/change", body)
        anna.who.client.token = changed.body["access_token"]
        assert claims(str(anna.who.client.token))["amr"] == ["pwd"]
        assert outcome(mfa(anna.who.client, "disable")) == (403, "step_up_required")


class TestChallenge:
    def test_works_once(self, anna: Careful) -> None:
        token = anna.challenge()
        assert anna.show(token, anna.fresh_code()).status == 200
        assert outcome(anna.show(token, anna.fresh_code())) == INVALID_TOKEN

    def test_survives_a_wrong_code(self, anna: Careful) -> None:
        token, code = anna.challenge(), anna.fresh_code()
        assert outcome(anna.show(token, wrong(code))) == INVALID_CODE
        assert anna.show(token, code).status == 200

    @pytest.mark.parametrize("token", ["x", "A" * 43])
    def test_unknown_is_refused(self, anna: Careful, token: str) -> None:
        assert outcome(anna.show(token, anna.fresh_code())) == INVALID_TOKEN

    @pytest.mark.parametrize("why", ["over", "disabled", "forgotten password"])
    def test_ends(self, anna: Careful, desk: Desk, why: str) -> None:
        token = anna.challenge()
        if why == "over":
            desk.rows("UPDATE identity.mfa_challenge SET expires_at = now() WHERE user_id = :id", id=anna.who.user_id)
        elif why == "disabled":
            desk.rows("UPDATE identity.user SET status = 'disabled' WHERE id = :id", id=anna.who.user_id)
        else:
            anna.who.post("password/forgot", email=anna.who.email)
            code = desk.reset_codes_of(anna.who.user_id)[-1]
            reset = anna.who.post("password/reset", email=anna.who.email, code=code, new_password=NEW_PASSWORD)
            assert reset.status == 200
            assert anna.who.log_in(NEW_PASSWORD).body["object"] == "mfa_challenge"  # no way round the factor
        assert outcome(anna.show(token, anna.fresh_code())) == INVALID_TOKEN


class TestCode:
    def test_works_once_in_whichever_challenge(self, anna: Careful) -> None:
        first, second, code = anna.challenge(), anna.challenge(), anna.fresh_code()
        assert anna.show(first, code).status == 200
        assert outcome(anna.show(second, code)) == INVALID_CODE

    def test_at_the_same_moment_works_once(self, anna: Careful) -> None:
        tokens = [anna.challenge() for _ in range(4)]
        code = anna.fresh_code()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda token: anna.show(token, code), tokens))
        assert sorted(answer.status for answer in answers) == [200, 422, 422, 422]

    def test_of_somebody_else_is_refused(self, anna: Careful, platform: Configuration, desk: Desk) -> None:
        other = careful(platform, desk)
        token = anna.challenge()
        assert outcome(anna.show(token, other.fresh_code())) == INVALID_CODE
        assert outcome(anna.show(token, other.codes[0])) == INVALID_CODE

    @pytest.mark.parametrize("code", ["12345", "1234567", "٣٣٣٣٣٣", "12345 ", "", 123456, "abcde", "ABCDE-FGHJK"])
    def test_has_a_form(self, anna: Careful, code: object) -> None:
        answer = anna.who.client.request("POST", "/v1/auth/login/mfa", {"mfa_token": "x", "code": code})
        assert outcome(answer) == (422, "invalid_request")

    def test_for_recovery_works_once(self, anna: Careful, desk: Desk) -> None:
        assert anna.show(anna.challenge(), anna.codes[3]).status == 200
        assert outcome(anna.show(anna.challenge(), anna.codes[3])) == INVALID_CODE
        assert anna.show(anna.challenge(), anna.codes[4]).status == 200
        assert changes_of(desk, anna.who.user_id) == ["enabled", "code_used", "code_used"]


class TestGuesses:
    def test_from_many_places_are_five_in_all(self, anna: Careful) -> None:
        token, code = anna.challenge(), anna.fresh_code()
        for _ in range(5):
            assert outcome(anna.show(token, wrong(code), anna.who.elsewhere())) == INVALID_CODE
        refused = anna.show(token, code, anna.who.elsewhere())
        assert outcome(refused) == LIMITED
        assert 0 < int(refused.headers["retry-after"]) <= 900
        assert anna.show(token, anna.codes[0], anna.who.elsewhere()).status == 200  # the owner has another way

    def test_wait_longer_each_time(self, anna: Careful) -> None:
        desk, code = anna.who.desk, anna.fresh_code()
        for minutes in (15, 30, 60):
            assert outcome(anna.show(anna.challenge(), wrong(code), anna.who.elsewhere())) == INVALID_CODE
            desk.change_counter("factor-account", "taken = 5")
            refused = anna.show(anna.challenge(), code, anna.who.elsewhere())
            assert (minutes - 1) * 60 < int(refused.headers["retry-after"]) <= minutes * 60
            desk.change_counter("factor-account", f"window_started_at = window_started_at - interval '{minutes} min'")
        assert anna.show(anna.challenge(), anna.fresh_code(), anna.who.elsewhere()).status == 200

    def test_at_the_same_moment_are_five_in_all(self, anna: Careful) -> None:
        token, code = anna.challenge(), anna.fresh_code()
        places = [anna.who.elsewhere() for _ in range(12)]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda place: anna.show(token, wrong(code), place), places))
        assert sorted(answer.status for answer in answers) == [422] * 5 + [429] * 7

    def test_from_one_place_are_twenty_on_all_accounts(self, platform: Configuration, desk: Desk) -> None:
        people = [careful(platform, desk) for _ in range(3)]
        tokens = [each.challenge() for each in people]
        place = people[0].who.elsewhere()
        answers = [
            each.show(token, guess, place)
            for each, token in zip(people, tokens, strict=True)
            for guess in [wrong(each.fresh_code())] * 5 + ["abcde-fghjk"] * 5
        ]
        assert [answer.status for answer in answers] == [422] * 20 + [429] * 10
        assert people[2].show(tokens[2], people[2].fresh_code()).status == 200  # from where its owner is
