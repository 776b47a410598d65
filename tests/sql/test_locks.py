"""The ledger locks in one order; without the words that make it, the test of that order is red."""

from collections.abc import Iterator

import pg8000.native
import pytest

from local.configuration import REPOSITORY, Configuration
from tests.sql.conftest import DATABASE
from tests.sql.locks import LockDesk
from tests.sql.orders import ORDERS

SQL = REPOSITORY / "functions" / "migrate" / "sql"


@pytest.fixture(scope="module")
def desk(platform: Configuration, schema: pg8000.native.Connection) -> Iterator[LockDesk]:  # noqa: ARG001  # makes the database
    made = LockDesk(platform, DATABASE)
    with made.wallets():
        yield made


class TestLocks:
    @pytest.mark.parametrize("name", ORDERS)
    def test_are_taken_in_the_order(self, desk: LockDesk, name: str) -> None:
        assert desk.takes_in_order(ORDERS[name])

    @pytest.mark.parametrize("name", ORDERS)
    def test_are_not_without_its_words(self, desk: LockDesk, schema: pg8000.native.Connection, name: str) -> None:
        order = ORDERS[name]
        original = (SQL / order.function).read_text(encoding="utf-8")
        assert original.count(order.rule) == 1
        schema.run(original.replace(order.rule, order.without))
        try:
            assert not desk.takes_in_order(order)
        finally:
            schema.run(original)
