"""Whoever registers an address learns from nothing that follows whether it has an account: as much is done for both."""

from typing import Any

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.mailbox import Mailbox
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.patience import until

COUNTED = "SELECT count(*) FROM identity.attempt WHERE subject LIKE 'code:%'"


@pytest.fixture(params=[True, False], ids=["taken", "free"])
def registered(request: pytest.FixtureRequest, platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody whose address a stranger has registered."""
    made = Newcomer(desk, platform.ports.gateway)
    if request.param:
        made.settle_in()
    stranger = Newcomer(desk, platform.ports.gateway, "a stranger's own choice", made.email)
    assert stranger.register().status == 202
    return made


def _has_code(text: str) -> bool:
    return text.startswith("Your code is")


def _staged(who: Newcomer) -> list[list[Any]]:
    """The events of the registration that waits, and whether their codes lived, oldest first."""
    return who.desk.rows(
        "SELECT event.event_id, CAST(event.data->>'expires_at' AS timestamptz) > event.created_at "
        "  FROM outbox.event AS event JOIN identity.registration AS r ON r.id = event.data->>'registration_id' "
        " WHERE event.type = 'user.registered' AND r.email_hmac = :hmac AND r.state = 'pending' ORDER BY event.id",
        hmac=who.email_hmac,
    )


class TestRegistration:
    def test_gets_a_new_code_which_nobody_gets_where_the_address_is_taken(
        self, registered: Newcomer, platform: Configuration, records: Any
    ) -> None:
        is_taken = len(registered.desk.codes_of(registered.email)) == 1 and not _staged(registered)[0][1]
        aged = (
            "UPDATE identity.registration SET code_sent_at = code_sent_at - interval '1 minute' "
            "WHERE email_hmac = :hmac AND state = 'pending' RETURNING code_hmac"
        )
        before = registered.desk.rows(aged, hmac=registered.email_hmac)
        assert registered.post("resend-verification", email=registered.email).status == 202
        assert registered.desk.rows(aged, hmac=registered.email_hmac) != before
        staged = _staged(registered)
        assert [lived for _, lived in staged] == [not is_taken] * 2
        notices = records.database["notifications"]
        for event_id, lived in staged:
            written(notices, {"event_id": event_id, "channel": "email", "status": "sent" if lived else "failed"})
        mailbox = Mailbox(platform)
        until(lambda: mailbox.texts_to(registered.email), lambda texts: sum(map(_has_code, texts)) == 2 - is_taken)

    def test_counts_a_wrong_code(self, registered: Newcomer) -> None:
        ((before,),) = registered.desk.rows(COUNTED)
        assert outcome(registered.verify("abcde-fghjk")) == (422, "invalid_code")
        assert registered.desk.rows(COUNTED) == [[before + 1]]
