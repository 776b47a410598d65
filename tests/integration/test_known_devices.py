"""Devices that show the token of an earlier session are known: their sign-ins are told to nobody, all others are."""

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.devices import sign_in, token_of, told
from tests.integration.money import get
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.patience import until


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account."""
    return Newcomer(desk, platform.ports.gateway).settle_in()


class TestSignIn:
    def test_a_known_device_keeps_its_token_and_is_told_to_nobody(self, anna: Newcomer) -> None:
        token = token_of(anna)
        assert token.startswith("dev_")
        assert len(token) == len("dev_") + 43
        assert token_of(anna, device_token=token) == token
        assert told(anna) == [True, False]

    def test_its_notice_goes_out_for_new_devices_alone(self, anna: Newcomer) -> None:
        token = token_of(anna)
        sign_in(anna, device_token=token)
        anna.client.token = sign_in(anna).body["access_token"]
        person = Person("Anna", anna.email, anna.password, anna.client)

        def mails(answer: Answer) -> list[str]:
            sent = [each for each in answer.body["data"] if (each["channel"], each["status"]) == ("email", "sent")]
            return [each["event_type"] for each in sent if each["event_type"] == "user.logged_in"]

        # events of a person come in order: the third sign-in's notice is there, so the second has none
        until(lambda: get(person, "/v1/notifications?limit=100"), lambda answer: len(mails(answer)) == 2)

    @pytest.mark.parametrize(
        "shown",
        [
            "",
            "x",
            "dev_" + "A" * 43,
            "dev_\u00e4",
            "\U0001f600" * 50,
            "null",
            "'; DROP TABLE identity.known_device; --",
        ],
        ids=["empty", "short", "unknown", "no ASCII", "astral", "null", "SQL"],
    )
    def test_what_is_no_known_token_begins_a_new_device(self, anna: Newcomer, shown: str) -> None:
        token = token_of(anna)
        given = token_of(anna, device_token=shown)
        assert given not in (shown, token)
        assert told(anna) == [True, True]
        assert token_of(anna, device_token=token) == token

    def test_a_token_of_another_account_is_unknown(self, anna: Newcomer, platform: Configuration, desk: Desk) -> None:
        ben = Newcomer(desk, platform.ports.gateway).settle_in()
        foreign = token_of(ben)
        assert token_of(anna, device_token=foreign) != foreign
        assert told(anna) == [True]
        assert token_of(ben, device_token=foreign) == foreign

    @pytest.mark.parametrize(
        "shown", [7, True, [], {}, "A" * 201, "s3cret\u0000", "s3cret\ud800"],
        ids=["number", "boolean", "list", "object", "too long", "NUL", "surrogate"],
    )  # fmt: skip
    def test_what_is_no_text_is_refused_without_an_echo(self, anna: Newcomer, shown: object) -> None:
        answer = anna.post("login", email=anna.email, password=anna.password, device_token=shown)
        assert outcome(answer) == (422, "invalid_request")
        assert b"s3cret" not in answer.raw

    def test_a_wrong_password_looks_at_no_device(self, anna: Newcomer) -> None:
        token = token_of(anna)
        seen = "SELECT digest, last_seen_at FROM identity.known_device WHERE user_id = :id"
        before = anna.desk.rows(seen, id=anna.user_id)
        answers = [
            anna.post("login", email=anna.email, password="not the password at all", **more)
            for more in ({}, {"device_token": token}, {"device_token": "dev_" + "A" * 43})
        ]
        bodies = [{name: value for name, value in each.body.items() if name != "request_id"} for each in answers]
        assert [outcome(each) for each in answers] == [(401, "invalid_credentials")] * 3
        assert bodies[0] == bodies[1] == bodies[2]
        assert anna.desk.rows(seen, id=anna.user_id) == before

    def test_the_token_itself_is_nowhere(self, anna: Newcomer) -> None:
        token = token_of(anna)
        ((row,),) = anna.desk.rows("SELECT d::text FROM identity.known_device d WHERE user_id = :id", id=anna.user_id)
        assert token.removeprefix("dev_") not in row
        assert token not in str(anna.desk.events_of(anna.user_id))

    def test_refreshing_needs_none_and_gives_none(self, anna: Newcomer) -> None:
        answer = anna.refresh(str(sign_in(anna).body["refresh_token"]))
        assert answer.status == 200
        assert "device_token" not in answer.body


class TestGuesses:
    """Whoever guesses from elsewhere must not be able to keep an owner out."""

    LOCKED = (429, "rate_limited")

    def guess(self, who: Newcomer, times: int, **more: str) -> list[tuple[int, str]]:
        answers = []
        for _ in range(times):
            who.client = who.elsewhere()
            answers.append(outcome(who.post("login", email=who.email, password="not the right one", **more)))
        return answers

    def test_from_elsewhere_do_not_lock_a_known_device_out(self, anna: Newcomer, platform: Configuration) -> None:
        token = token_of(anna)
        stranger = Newcomer(anna.desk, platform.ports.gateway).settle_in()
        assert self.guess(anna, 6) == [(401, "invalid_credentials")] * 5 + [self.LOCKED]
        for shown in (None, token_of(stranger), "dev_" + "A" * 43):
            more = {} if shown is None else {"device_token": shown}
            answer = anna.post("login", email=anna.email, password=anna.password, **more)
            assert outcome(answer) == self.LOCKED
        assert sign_in(anna, device_token=token).body["device_token"] == token
        assert outcome(anna.log_in()) == self.LOCKED, "that forgives nobody's guesses"

    def test_with_a_stolen_token_are_five_more(self, anna: Newcomer) -> None:
        token = token_of(anna)
        answers = self.guess(anna, 6, device_token=token)
        assert answers == [(401, "invalid_credentials")] * 5 + [self.LOCKED]
        answer = anna.post("login", email=anna.email, password=anna.password, device_token=token)
        assert outcome(answer) == self.LOCKED
        assert anna.log_in().status == 200, "others have tries of their own"
        anna.desk.change_counter("sign-in-device", "window_started_at = window_started_at - interval '15 minutes'")
        assert self.guess(anna, 6, device_token=token)[-1] == self.LOCKED
        answer = anna.post("login", email=anna.email, password=anna.password, device_token=token)
        assert 15 * 60 < int(answer.headers["retry-after"]) <= 30 * 60, "and wait longer each time"

    def test_with_a_device_that_was_forgotten_count_for_the_account(self, anna: Newcomer) -> None:
        token = token_of(anna)
        anna.desk.rows(
            "UPDATE identity.known_device SET last_seen_at = now() - interval '91 days' WHERE user_id = :id",
            id=anna.user_id,
        )
        self.guess(anna, 5, device_token=token)
        assert outcome(anna.log_in()) == self.LOCKED

    def test_from_outside_do_not_stop_who_is_in(self, anna: Newcomer) -> None:
        anna.client.token = sign_in(anna).body["access_token"]
        client = anna.client
        self.guess(anna, 5)
        anna.client = client
        changed = anna.post("password/change", current_password=anna.password, new_password="a stormy sea by night")
        assert changed.status == 200, changed.raw
