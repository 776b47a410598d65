"""Every event by its public name: what a reader of Kafka or of the outbox may meet."""

from paycore.events import (
    account,
    api_key,
    authentication,
    exchange_rate,
    ledger,
    payment,
    payment_method,
    phone,
    schedule,
    second_factor,
    session,
    spending_limit,
    transaction,
    user,
    wallet,
)
from paycore.events.envelope import EventData

_SUBJECTS = (
    user,
    session,
    authentication,
    second_factor,
    phone,
    api_key,
    account,
    wallet,
    transaction,
    schedule,
    spending_limit,
    exchange_rate,
    payment,
    payment_method,
    ledger,
)


def event_types() -> dict[str, type[EventData]]:
    """The data classes of all subjects by type; what only serves others as a base has none."""
    classes = [kind for subject in _SUBJECTS for kind in vars(subject).values() if isinstance(kind, type)]
    return {kind.TYPE: kind for kind in classes if issubclass(kind, EventData) and "TYPE" in vars(kind)}
