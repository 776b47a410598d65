"""Nobody's wrong recovery codes use up the owner's: who is kept from the phone's codes has another way in."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.configuration import Configuration
from local.http_client import Client
from tests.integration.desk import Desk
from tests.integration.factor import mfa
from tests.integration.newcomer import outcome, wrong
from tests.integration.test_mfa_sign_in import INVALID_CODE, LIMITED, Careful, careful

GUESS = "abcde-fghjk"


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Careful:
    return careful(platform, desk)


def _enter(anna: Careful, recovery_code: str) -> dict[str, Any]:
    """A session of the owner's."""
    entered = anna.show(anna.challenge(), recovery_code, anna.who.elsewhere())
    assert entered.status == 200, entered.raw
    body: dict[str, Any] = entered.body
    return body


def _guess(anna: Careful, place: Client) -> None:
    """As whoever has the password does until there is nothing left to try."""
    token = anna.challenge()
    tried = [outcome(anna.show(token, guess, place)) for guess in [GUESS] * 6 + [wrong(anna.fresh_code())] * 6]
    assert tried == ([INVALID_CODE] * 5 + [LIMITED]) * 2


class TestAtASignIn:
    def test_those_of_one_place_keep_nobody_out_elsewhere(self, anna: Careful) -> None:
        _guess(anna, anna.who.elsewhere())
        place = anna.who.elsewhere()
        assert outcome(anna.show(anna.challenge(), anna.fresh_code(), place)) == LIMITED, "of the phone"
        assert anna.show(anna.challenge(), anna.codes[0], place).status == 200

    def test_they_keep_no_known_device_out_wherever_it_is(self, anna: Careful) -> None:
        device, place = _enter(anna, anna.codes[0])["device_token"], anna.who.elsewhere()
        _guess(anna, place)
        assert outcome(anna.show(anna.challenge(), anna.codes[1], place)) == LIMITED
        shown = {"email": anna.who.email, "password": anna.who.password, "device_token": device}
        token = anna.who.elsewhere().request("POST", "/v1/auth/login", shown).body["mfa_token"]
        assert anna.show(token, anna.codes[1], place).status == 200

    def test_a_known_device_has_five_and_nobody_elses(self, anna: Careful) -> None:
        shown = {"email": anna.who.email, "password": anna.who.password}
        shown["device_token"] = _enter(anna, anna.codes[0])["device_token"]
        token = anna.who.elsewhere().request("POST", "/v1/auth/login", shown).body["mfa_token"]
        tried = [outcome(anna.show(token, GUESS, anna.who.elsewhere())) for _ in range(6)]
        assert tried == [INVALID_CODE] * 5 + [LIMITED]
        assert anna.show(anna.challenge(), anna.codes[1], anna.who.elsewhere()).status == 200

    def test_at_the_same_moment_those_of_a_place_are_five(self, anna: Careful) -> None:
        token, place = anna.challenge(), anna.who.elsewhere()
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda guess: anna.show(token, guess, place), [GUESS] * 12))
        assert sorted(answer.status for answer in answers) == [422] * 5 + [429] * 7

    def test_the_right_one_forgives_those_of_its_place(self, anna: Careful) -> None:
        place = anna.who.elsewhere()
        for code in anna.codes[:2]:
            token = anna.challenge()
            assert [outcome(anna.show(token, GUESS, place)) for _ in range(4)] == [INVALID_CODE] * 4
            assert anna.show(token, code, place).status == 200


class TestInASession:
    def test_those_of_a_stolen_token_keep_nobody_out_elsewhere(self, anna: Careful) -> None:
        stolen, own = anna.who.elsewhere(), anna.who.elsewhere()
        stolen.token, own.token = (_enter(anna, code)["access_token"] for code in anna.codes[:2])
        tried = [outcome(mfa(stolen, "step-up", code=GUESS)) for _ in range(6)]
        assert tried == [INVALID_CODE] * 5 + [LIMITED]
        stolen.address = anna.who.elsewhere().address
        assert outcome(mfa(stolen, "step-up", code=anna.codes[2])) == LIMITED, "from wherever"
        assert mfa(own, "step-up", code=anna.codes[2]).status == 200
        _enter(anna, anna.codes[3])
