"""How long a statement may be, through the public door."""

from datetime import UTC, datetime, timedelta

from local.story import Person
from tests.integration.test_wallet_statement import MICROSECOND, _funds, _get, _refusal, _statement, _text


class TestLimits:
    def test_of_a_period_is_366_days(self, payer: Person) -> None:
        end = datetime.now(UTC) - timedelta(minutes=1)
        assert _statement(payer, end - timedelta(days=366), end).status == 200
        path = f"/v1/wallets/{payer.wallet_id}/statement?from={_text(end - timedelta(days=366) - MICROSECOND)}"
        assert _refusal(_get(payer, f"{path}&to={_text(end)}")) == (400, "invalid_parameter", "to")

    def test_of_rows_is_ten_thousand(self, payer: Person, payee: Person, admin: Person) -> None:
        _funds(admin, payer.wallet_id, "add", 20_000)
        item = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id, "amount": 1}
        body = {"mode": "independent", "items": [{**item, "currency": "EUR"}] * 1000}
        for number in range(10):
            made = payer.client.request("POST", "/v1/transactions/bulk", body, key=f"bulk-{number}")
            assert made.status == 201, made.raw
        (last,) = _get(payee, f"/v1/wallets/{payee.wallet_id}/entries?limit=1").body["data"]
        begin, end = (datetime.fromisoformat(last["posted_at"]) + timedelta(days=days) for days in (-1, 0))
        full = _statement(payee, begin, end + MICROSECOND, "text/csv")
        around = 3  # a header, the opening and the closing balance
        assert (full.status, len(full.raw.splitlines())) == (200, 10_000 + around)
        too_many = _statement(payer, begin, end + MICROSECOND)  # the same 10,000 and what it got before
        assert (*_refusal(too_many), too_many.body["rows_max"]) == (422, "statement_too_large", None, 10_000)
