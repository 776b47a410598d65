"""Currency conversion: rates that an admin loads, quotes that hold for a minute, conversions that use one up."""

from functions.transaction.conversion import store
from functions.transaction.conversion.schemas import ConvertRequest, QuoteRequest, RateRequest
from paycore import ids
from paycore.caller import Caller
from paycore.database import Connection
from paycore.errors import QuoteNotFound, all_errors
from paycore.events.exchange_rate import ExchangeRateLoaded
from paycore.idempotency import Answer, answer_once
from paycore.ledger.commands import Convert, Wallet
from paycore.ledger.outcome import Outcome
from paycore.ledger.path_ids import wallet_id_of
from paycore.ledger.post import post_now
from paycore.ledger.spending import asked_by, limited_as
from paycore.money import EXPONENTS
from paycore.origin import Origin
from paycore.outbox import stage_event
from paycore.request_key import RequestKey

QUOTE_LIFE_S = 60


def load_rate(caller: Caller, wanted: RateRequest, key: RequestKey | None, origin: Origin) -> Answer:
    """A new rate of a pair, once per key; quotes that were made before keep theirs."""
    rate_id = ids.new("rate")

    def work(connection: Connection) -> Answer:
        pair = {"source_currency": wanted.source_currency, "target_currency": wanted.target_currency}
        values = {**pair, "rate": wanted.rate, "rate_id": rate_id, "loaded_by": caller.user_id}
        row = store.load_rate(connection, values)
        event = ExchangeRateLoaded(
            **pair, rate_id=rate_id, rate=row.rate, actor_id=caller.user_id, reason=wanted.reason
        )
        stage_event(
            connection,
            event,
            subject=rate_id,
            partition_key=f"{wanted.source_currency}_{wanted.target_currency}",
            request_id=origin.request_id,
            network=origin.network,
        )
        return Answer(
            201,
            {"object": "exchange_rate", "id": rate_id, "created_at": row.loaded_at, **pair, "rate": row.rate},
        )

    return answer_once(key, work)


def quote(caller: Caller, wanted: QuoteRequest, key: RequestKey | None) -> Answer:
    """What `amount` of one currency gives in another, for 60 s.

    Raises RateNotAvailable, ConversionTooSmall or AmountOutOfRange.
    """
    facts = {
        **wanted.model_dump(),
        "quote_id": ids.new("quo"),
        "owner_id": caller.user_id,
        "source_exponent": EXPONENTS[wanted.source_currency],
        "target_exponent": EXPONENTS[wanted.target_currency],
        "life_s": QUOTE_LIFE_S,
    }

    def work(connection: Connection) -> Answer:
        answer = store.make_quote(connection, facts)
        if "refusal" in answer:
            raise all_errors()[answer["refusal"]["code"]]
        return Answer(201, {"object": "quote", **answer["quote"]})

    return answer_once(key, work)


def convert(caller: Caller, wanted: ConvertRequest, key: RequestKey, *, dry_run: bool) -> Outcome:
    """Uses a quote up, between two wallets of the caller's; raises QuoteNotFound or WalletNotFound."""
    if not ids.is_id("quo", wanted.quote_id):
        raise QuoteNotFound
    return post_now(
        Convert(
            **asked_by(caller, key, dry_run=dry_run),
            quote_id=wanted.quote_id,
            source=Wallet(wallet_id_of(wanted.source_wallet_id), owned_by=caller.user_id),
            target=Wallet(wallet_id_of(wanted.target_wallet_id), owned_by=caller.user_id),
            **wanted.terms(),
            **limited_as(caller),
        )
    )
