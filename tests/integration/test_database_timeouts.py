"""How long a statement may take: each role's server ends it, and the socket waits at least as long."""

import pytest

from local.configuration import Configuration
from local.services.postgres import DATABASE, OWNER
from paycore.database import transaction
from paycore.errors import Busy, PaymentError
from tests.integration.outbox_desk import as_function

# The seconds are the condition itself: longer than an API function waits for anything.
LONG = "SELECT pg_sleep(2.6)"


def _outcome(platform: Configuration, monkeypatch: pytest.MonkeyPatch, user: str) -> type[PaymentError] | None:
    with as_function(platform, monkeypatch, user, DATABASE):
        try:
            with transaction() as connection:
                connection.exec_driver_sql(LONG)
        except PaymentError as refusal:
            return type(refusal)
    return None


class TestStatement:
    @pytest.mark.parametrize("user", [OWNER, "app_job"], ids=["migration", "job"])
    def test_of_more_than_an_api_s_time_ends_well(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch, user: str
    ) -> None:
        assert _outcome(platform, monkeypatch, user) is None

    def test_of_an_api_is_ended_by_the_server_before_the_socket_gives_up(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert _outcome(platform, monkeypatch, "app_rw") is Busy
