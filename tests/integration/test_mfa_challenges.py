"""Whoever has the password and stops at the second factor leaves a record, and the owner hears of it."""

from dataclasses import dataclass
from typing import Any

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.devices import sign_in, told
from tests.integration.documents import written
from tests.integration.factor import Phone, enrolled, let_time_pass
from tests.integration.mailbox import Mailbox
from tests.integration.newcomer import Newcomer
from tests.integration.patience import until

WARNING = "Somebody gave your password on a new device"
SIGNED_IN = "Somebody signed in to your account on a new device"


@dataclass
class Owner:
    """Somebody with a second factor and a device that is known."""

    who: Newcomer
    phone: Phone
    device: str

    def ask(self, **more: str) -> Answer:
        """The password is right, from a place of its own."""
        self.who.client = self.who.elsewhere()
        answer = self.who.post("login", email=self.who.email, password=self.who.password, **more)
        assert answer.body["object"] == "mfa_challenge", answer.raw
        return answer

    def pass_on(self, asked: Answer) -> None:
        """Shows a code that was not used yet."""
        let_time_pass(self.who.desk, self.who.user_id)
        shown = {"mfa_token": asked.body["mfa_token"], "code": self.phone.code()}
        assert self.who.post("login/mfa", **shown).status == 200

    @property
    def challenges(self) -> list[tuple[bool, bool]]:
        """Of each, oldest first: whether the device was new, and whether the owner was told."""
        events = self.who.desk.events_of(self.who.user_id)
        return [(data["new_device"], data["owner_told"]) for kind, data in events if kind == "user.mfa_challenged"]


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Owner:
    who = Newcomer(desk, platform.ports.gateway).settle_in()
    signed_in = sign_in(who).body
    who.client.token = signed_in["access_token"]
    return Owner(who, enrolled(who)[0], signed_in["device_token"])


class TestChallenge:
    def test_leaves_whose_account_from_where_and_by_which_request(self, anna: Owner, records: Any) -> None:
        who = anna.who
        for more in ({}, {"device_token": anna.device}):
            request_id = anna.ask(**more).headers["request-id"]
            (record,) = written(records, {"action": "user.mfa_challenged", "request_id": request_id})
            assert (record["resource"], record["actor"]) == (who.user_id, None), "nobody knows who it was"
            assert record["network"] == who.client.address.rpartition(".")[0] + ".0/24"
            assert record["data"]["new_device"] is not bool(more)
            assert [secret for secret in (anna.device, who.email, who.password) if secret in str(record)] == []

    def test_on_a_new_device_is_told_once_a_day(self, anna: Owner, platform: Configuration) -> None:
        for _ in range(4):
            anna.ask()
        assert anna.challenges == [(True, True)] + [(True, False)] * 3
        mailbox = Mailbox(platform)
        until(lambda: mailbox.texts_to(anna.who.email), lambda texts: any(text.startswith(WARNING) for text in texts))
        anna.who.desk.change_counter("challenge-notice", "window_started_at = window_started_at - interval '1 day'")
        anna.ask()
        assert anna.challenges[-1] == (True, True)

    def test_on_a_known_device_is_not_told(self, anna: Owner) -> None:
        anna.pass_on(anna.ask(device_token=anna.device))
        assert anna.challenges == [(False, False)]
        assert told(anna.who)[-1] is False

    def test_that_is_passed_is_told_by_one_mail(self, anna: Owner, platform: Configuration) -> None:
        first, second = anna.ask(), anna.ask()
        anna.pass_on(first)  # told before
        anna.pass_on(second)  # not told before, so its sign-in is
        mailbox = Mailbox(platform)

        def mails() -> list[str]:
            texts = mailbox.texts_to(anna.who.email)
            return sorted(begin for text in texts for begin in (WARNING, SIGNED_IN) if text.startswith(begin))

        # one is of the sign-in before there was a factor; events of a person come in order
        until(mails, lambda sent: sent == sorted([SIGNED_IN, WARNING, SIGNED_IN]))

    def test_after_one_that_was_passed_is_told_again(self, anna: Owner) -> None:
        anna.pass_on(anna.ask())
        anna.ask()
        assert anna.challenges == [(True, True)] * 2
