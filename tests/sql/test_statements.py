"""What the functions send is seen, so that the end of the run can judge it (tests/pinning.py)."""

import pytest

from local.configuration import Configuration
from local.secrets import database_logins
from local.services.postgres import DATABASE, connect
from tests.pinning import expect_nothing_pins, sent


class TestWhatIsSentThroughThePooler:
    @pytest.mark.parametrize(("role", "function"), [("app_rw", "upper"), ("app_job", "initcap")])
    def test_is_seen(self, platform: Configuration, role: str, function: str) -> None:
        password = database_logins(platform)[role]
        connection = connect(platform, platform.ports.pgbouncer, role, password, DATABASE)
        try:
            connection.run(f"SELECT {function}('paycore')")
        finally:
            connection.close()
        assert f"SELECT {function}($1)" in sent(platform)

    def test_fails_the_run_when_it_would_pin(self, platform: Configuration) -> None:
        expect_nothing_pins(platform)  # what was sent so far must not be forgotten with what this test sends
        password = database_logins(platform)["app_rw"]
        connection = connect(platform, platform.ports.pgbouncer, "app_rw", password, DATABASE)
        try:
            connection.run("SELECT set_config('application_name', 'pinned', true)")
            connection.run("BEGIN")
            connection.run("SET LOCAL work_mem = '1MB'")
            connection.run("ROLLBACK")
        finally:
            connection.close()
        with pytest.raises(AssertionError, match=r"(?s)SET LOCAL.*set_config|set_config.*SET LOCAL"):
            expect_nothing_pins(platform)
