"""A database with our schema and nothing in it, for whoever looks at the SQL itself."""

from collections.abc import Iterator

import pg8000.native
import pytest

from local.configuration import Configuration
from local.secrets import superuser_password
from local.services.postgres import SUPERUSER, connect
from tests.integration.outbox_desk import own_database

DATABASE = "sql_test"


@pytest.fixture(scope="session")
def schema(platform: Configuration) -> Iterator[pg8000.native.Connection]:
    """Its superuser: extensions are made by nobody else."""
    with own_database(platform, DATABASE):
        port, password = platform.ports.postgres, superuser_password(platform)
        connection = connect(platform, port, SUPERUSER, password, DATABASE)
        yield connection
        connection.close()
