"""The servers of a local system, one module each and all of one shape."""

from local.configuration import Configuration
from local.services.base import Service
from local.services.documents import Documents
from local.services.kafka import Kafka
from local.services.mail import Mail
from local.services.ministack import MiniStack
from local.services.pgbouncer import PgBouncer
from local.services.postgres import Postgres
from local.services.redis import Redis


def chains(configuration: Configuration) -> list[list[Service]]:
    """Every server; a chain starts in its order, all chains at once, the slowest first."""
    kinds: tuple[tuple[type[Service], ...], ...] = (
        (Kafka,),
        (Postgres, PgBouncer),
        (Mail,),
        (MiniStack,),
        (Documents,),
        (Redis,),
    )
    return [[kind(configuration) for kind in chain] for chain in kinds]
