"""What is over leaves the tables in time: changes of addresses, codes, challenges, counters, sessions, registrations."""

import secrets

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.factor import enrolled
from tests.integration.newcomer import Newcomer
from tests.integration.paying import Backstage

OF_USER = "user_id = :id"
OF_SESSION = "session_id IN (SELECT id FROM identity.session WHERE user_id = :id)"
# How long a table keeps what has expired.
KINDS = {"email_change": "7 days", "one_time_code": "1 day", "mfa_challenge": "1 day"}
BACKLOG = 2_500  # more than two batches


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with a session."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


def fill(anna: Newcomer) -> None:
    """A row in each of the tables."""
    wish = {"email": f"new.{anna.email}", "current_password": anna.password}
    assert anna.client.request("POST", "/v1/auth/email/change", wish).status == 202
    assert anna.post("password/forgot", email=anna.email).status == 202
    enrolled(anna)
    assert anna.log_in().body["object"] == "mfa_challenge"


def kept(desk: Desk, table: str, whose: str, user_id: str) -> int:
    ((rows,),) = desk.rows(f"SELECT count(*) FROM identity.{table} WHERE {whose}", id=user_id)  # noqa: S608
    return int(rows)


class TestWhatIsOver:
    @pytest.mark.parametrize("table", KINDS)
    def test_is_forgotten_in_time_and_not_before(
        self, anna: Newcomer, desk: Desk, backstage: Backstage, table: str
    ) -> None:
        fill(anna)
        assert kept(desk, table, OF_USER, anna.user_id) > 0
        for early, is_kept in (("1 minute", True), ("-1 minute", False)):
            backstage.sql(
                f"UPDATE identity.{table} "  # noqa: S608  # our own constants
                "SET expires_at = now() - CAST(:kept_for AS interval) + CAST(:early AS interval) WHERE user_id = :id",
                id=anna.user_id, kept_for=KINDS[table], early=early,
            )  # fmt: skip
            backstage.invoke("user-erase_accounts")
            assert (kept(desk, table, OF_USER, anna.user_id) > 0) == is_kept

    @pytest.mark.parametrize("column", ["ended_at", "ends_at"])
    def test_session_goes_with_its_tokens_a_month_after_its_end(
        self, anna: Newcomer, desk: Desk, backstage: Backstage, column: str
    ) -> None:
        anna.refresh(anna.sign_in())
        reason = ", end_reason = 'owner'" if column == "ended_at" else ""
        ended = (
            f"UPDATE identity.session SET {column} = now() - interval '30 days' + CAST(:early AS interval){reason} "  # noqa: S608  # our own constants
            "WHERE id = (SELECT max(id) FROM identity.session WHERE user_id = :id)"
        )
        for early, sessions, tokens in (("1 minute", 2, 3), ("-1 minute", 1, 1)):
            backstage.sql(ended, id=anna.user_id, early=early)
            backstage.invoke("user-erase_accounts")
            assert kept(desk, "session", OF_USER, anna.user_id) == sessions
            assert kept(desk, "refresh_token", OF_SESSION, anna.user_id) == tokens

    def test_counter_is_forgotten_a_day_after_its_window_began(self, desk: Desk, backstage: Backstage) -> None:
        mark = secrets.token_hex(8)
        backstage.sql(
            "INSERT INTO identity.attempt (subject, taken, window_started_at) VALUES "
            "(:mark || ':over', 1, now() - interval '1 day 1 minute'), "
            "(:mark || ':kept', 1, now() - interval '23 hours 59 minutes')",
            mark=mark,
        )
        backstage.invoke("user-erase_accounts")
        left = desk.rows("SELECT subject FROM identity.attempt WHERE subject LIKE :mark || ':%'", mark=mark)
        assert left == [[f"{mark}:kept"]]


class TestBacklog:
    def test_is_done_in_one_hour(self, desk: Desk, backstage: Backstage) -> None:
        mark = secrets.token_hex(8)
        backstage.sql(
            "INSERT INTO identity.attempt (subject, taken, window_started_at) "
            "SELECT :mark || ':' || n, 1, now() - interval '2 days' FROM generate_series(1, CAST(:rows AS int)) n",
            mark=mark, rows=BACKLOG,
        )  # fmt: skip
        backstage.sql(
            "INSERT INTO identity.registration (id, user_id, kind, state, email_hmac, sealed_data, locale, roles, "
            "                                   code_sent_at, code_expires_at) "
            "SELECT 'reg_' || :mark || n, 'usr_' || :mark || n, 'self', 'superseded', :mark, 'k1.', 'en', '{user}', "
            "       now() - interval '8 days', now() - interval '8 days' "
            "  FROM generate_series(1, CAST(:rows AS int)) n",
            mark=mark, rows=BACKLOG,
        )  # fmt: skip
        backstage.invoke("user-erase_accounts")
        assert desk.rows("SELECT FROM identity.attempt WHERE subject LIKE :mark || ':%'", mark=mark) == []
        assert desk.rows("SELECT FROM identity.registration WHERE email_hmac = :mark", mark=mark) == []
