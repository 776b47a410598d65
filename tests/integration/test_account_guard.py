"""What a stolen session or password is not enough for, and requests that meet a change of the account half-way."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.devices import sign_in, token_of, told
from tests.integration.factor import enrolled, started, step_up
from tests.integration.newcomer import Newcomer, outcome

STEP_UP = (403, "step_up_required")
ENDED = (401, "session_revoked")
NEW_PASSWORD = "a stormy sea by night"


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


def _change_email(anna: Newcomer) -> Answer:
    email = f"other.{secrets.token_hex(6)}@example.com"
    return anna.post("email/change", email=email, current_password=anna.password)


def _change_password(anna: Newcomer) -> Answer:
    return anna.post("password/change", current_password=anna.password, new_password=NEW_PASSWORD)


def _export(anna: Newcomer) -> Answer:
    return anna.client.request("GET", "/v1/users/me/export")


def _confirming_email(anna: Newcomer) -> Callable[[], Answer]:
    """With the right code."""
    assert _change_email(anna).status == 202
    code = anna.desk.email_codes_of(anna.user_id)[-1]
    return lambda: anna.post("email/confirm", code=code)


def _renewing_codes(anna: Newcomer) -> Callable[[], Answer]:
    """Just after showing the second factor."""
    phone, _ = enrolled(anna)
    step_up(anna, phone, anna.desk)
    return lambda: anna.post("mfa/recovery-codes")


@contextmanager
def locked(platform: Configuration, user_id: str) -> Iterator[Desk]:
    """A transaction that holds the account, and commits at the end."""
    with closing(Desk(platform)) as holder:
        holder.rows("BEGIN")
        holder.rows("SELECT FROM identity.user WHERE id = :id FOR UPDATE", id=user_id)
        yield holder
        holder.rows("COMMIT")


def meanwhile(platform: Configuration, desk: Desk, user_id: str, ask: Callable[[], Answer], *changes: str) -> Answer:
    """The answer to a request that waits for the account while it is changed."""
    with ThreadPoolExecutor(1) as pool:
        with locked(platform, user_id) as holder:
            asked = pool.submit(ask)
            while not desk.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
                assert not asked.done(), asked.result().raw
            for change in changes:
                holder.rows(change, id=user_id)
        return asked.result()


class TestSecondFactor:
    @pytest.mark.parametrize(("change", "done"), [(_change_email, 202), (_change_password, 200), (_export, 200)])
    def test_is_asked_for_where_there_is_one(
        self, anna: Newcomer, desk: Desk, change: Callable[[Newcomer], Answer], done: int
    ) -> None:
        phone, _ = enrolled(anna)
        for _ in range(6):  # more than there are attempts: none is used up
            assert outcome(change(anna)) == STEP_UP
        step_up(anna, phone, desk)
        assert change(anna).status == done

    def test_that_became_active_meanwhile_is_asked_for(
        self, anna: Newcomer, platform: Configuration, desk: Desk
    ) -> None:
        started(anna)
        answer = meanwhile(
            platform,
            desk,
            anna.user_id,
            lambda: anna.client.request("DELETE", "/v1/users/me"),
            "UPDATE identity.second_factor SET activated_at = clock_timestamp(), last_step = 0 WHERE user_id = :id",
        )
        assert outcome(answer) == STEP_UP


class TestMeanwhile:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE identity.user SET status = 'disabled' WHERE id = :id",
            "UPDATE identity.session SET ended_at = clock_timestamp(), end_reason = 'owner' WHERE user_id = :id",
        ],
        ids=["disabled", "session ended"],
    )
    @pytest.mark.parametrize(
        "prepare",
        [
            lambda anna: lambda: _change_email(anna),
            _confirming_email,
            lambda anna: lambda: _change_password(anna),
            lambda anna: lambda: anna.client.request("PATCH", "/v1/users/me", {"full_name": "A Thief"}),
            lambda anna: lambda: _export(anna),
            lambda anna: lambda: anna.post("mfa/enroll", password=anna.password),
            _renewing_codes,
            lambda anna: lambda: anna.client.request("DELETE", "/v1/users/me"),
        ],
        ids=[
            "change of e-mail",
            "its code",
            "change of password",
            "profile",
            "export",
            "enrolment",
            "recovery codes",
            "closing",
        ],
    )
    def test_nothing_is_done_for_who_has_just_lost_the_right(
        self,
        anna: Newcomer,
        platform: Configuration,
        desk: Desk,
        prepare: Callable[[Newcomer], Callable[[], Answer]],
        change: str,
    ) -> None:
        assert outcome(meanwhile(platform, desk, anna.user_id, prepare(anna), change)) == ENDED
        ((sessions,),) = desk.rows("SELECT count(*) FROM identity.session WHERE user_id = :id", id=anna.user_id)
        assert sessions == 1, "none takes the place of the one that ended"


class TestEndedSession:
    def test_takes_its_device_with_it(self, anna: Newcomer) -> None:
        own, stolen = token_of(anna), sign_in(anna).body
        anna.client.token = sign_in(anna, device_token=own).body["access_token"]
        assert anna.client.request("DELETE", f"/v1/users/me/sessions/{stolen['session_id']}").status == 204
        assert token_of(anna, device_token=stolen["device_token"]) != stolen["device_token"]
        assert told(anna)[-1] is True
        assert token_of(anna, device_token=own) == own

    def test_of_all_sessions_takes_all_devices(self, anna: Newcomer) -> None:
        own = token_of(anna)
        anna.client.token = sign_in(anna, device_token=own).body["access_token"]
        assert anna.post("logout-all").status == 204
        assert token_of(anna, device_token=own) != own


class TestLookUp:
    def test_by_an_address_is_on_record(self, admin: Person, anna: Newcomer) -> None:
        assert admin.client.request("GET", f"/v1/users?email={anna.email}").status == 200
        assert admin.client.request("GET", "/v1/users?limit=1").status == 200
        viewed = [kind for kind, _ in anna.desk.events_of(anna.user_id) if kind == "user.viewed"]
        assert viewed == ["user.viewed"]
