"""Events about rates of exchange."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_TRANSACTION, EventData


@dataclass(frozen=True, kw_only=True)
class ExchangeRateLoaded(EventData):
    """An admin loaded a rate: units of the target for one unit of the source, as decimal text."""

    TYPE = "exchange_rate.loaded"
    TOPIC = TOPIC_TRANSACTION

    rate_id: str
    source_currency: str
    target_currency: str
    rate: str
    actor_id: str
    reason: str
