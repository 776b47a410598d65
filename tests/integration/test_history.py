"""A person's history: what each filter narrows it to, and how far a page looks."""

from functions.transaction.store import LOOKS_MAX
from local.story import Person
from tests.integration.money import fund, get, go_on, moved, open_wallet, transfer
from tests.integration.paying import Backstage

# Refused transfers, newer than all that was made before: they have no entries, so they are whole as they stand.
_REFUSED = """
INSERT INTO ledger.transaction (id, kind, status, currency, amount_minor, source_account_id, source_owner_id, actor_id,
    failure, request_id, requested_at)
SELECT ledger.first_id('tx', clock_timestamp()) || lpad(n::text, 16, '0'), 'transfer', 'failed', 'EUR', n, CAST(:wallet AS text), CAST(:owner AS text),
       CAST(:owner AS text), '{"code": "insufficient_funds", "short_by": 1}', 'req_history', clock_timestamp()
  FROM generate_series(1, :count) n
"""


class TestFilter:
    def test_narrows_to_what_it_names(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 100)
        sent = moved(payer, payee.wallet_id, 30, external_id="order-9")
        assert transfer(payer, payee.wallet_id, 500).body["short_by"] == 430

        def kinds(query: str) -> list[tuple[str, str]]:
            rows = get(payer, f"/v1/transactions?{query}").body["data"]
            return [(row["kind"], row["status"]) for row in rows]

        done, failed, funded = ("transfer", "completed"), ("transfer", "failed"), ("funds_added", "completed")
        assert kinds("currency=EUR") == kinds(f"wallet_id={payer.wallet_id}") == [failed, done, funded]
        assert kinds("kind=transfer") == [failed, done]
        assert kinds("status=completed") == [done, funded]
        assert kinds("external_id=order-9") == kinds(f"wallet_id={payee.wallet_id}&status=completed") == [done]
        assert kinds("currency=USD") == kinds("kind=payment") == []
        shown = get(payee, "/v1/transactions").body["data"]
        assert [row["id"] for row in shown] == [sent]

    def test_tells_what_went_from_what_came(self, payer: Person, payee: Person, admin: Person) -> None:
        second = open_wallet(payer, "EUR", name="second")
        fund(admin, payer.wallet_id, 100)
        funded = get(payer, "/v1/transactions").body["data"][0]["id"]
        sent, own = moved(payer, payee.wallet_id, 30), moved(payer, second, 20)
        parts = [{"target_wallet_id": wallet, "amount": 5} for wallet in (payee.wallet_id, second)]
        split = transfer(payer, None, 10, splits=parts).body["id"]
        back = go_on(payee, sent, "reverse", reason="test").body["id"]

        def ids(who: Person, query: str) -> list[str]:
            return [row["id"] for row in get(who, f"/v1/transactions?{query}").body["data"]]

        assert ids(payer, "direction=out") == [split, own, sent]
        assert ids(payer, "direction=in") == [back, own, funded]
        assert ids(payer, f"direction=in&wallet_id={second}") == [split, own]
        assert ids(payer, f"direction=out&wallet_id={second}") == []
        assert ids(payee, "direction=in") == [split, sent]
        assert ids(payee, "direction=out") == [back]
        assert get(payer, "/v1/transactions?direction=up").status == 400


class TestLongHistory:
    def test_is_looked_through_page_by_page(
        self, payer: Person, payee: Person, admin: Person, backstage: Backstage
    ) -> None:
        """What is looked for lies below more than one page looks at."""
        fund(admin, payer.wallet_id, 100)
        sent = moved(payer, payee.wallet_id, 30)
        owner = get(payer, f"/v1/wallets/{payer.wallet_id}").body["owner_id"]
        backstage.sql(_REFUSED, wallet=payer.wallet_id, owner=owner, count=LOOKS_MAX + 1)

        query = "/v1/transactions?status=completed&kind=transfer"
        first = get(payer, query).body
        assert (first["data"], first["has_more"]) == ([], True)
        second = get(payer, f"{query}&cursor={first['next_cursor']}").body
        assert ([row["id"] for row in second["data"]], second["has_more"]) == ([sent], False)

    def test_shows_a_whole_page_of_what_matches(self, payer: Person, backstage: Backstage) -> None:
        owner = get(payer, f"/v1/wallets/{payer.wallet_id}").body["owner_id"]
        backstage.sql(_REFUSED, wallet=payer.wallet_id, owner=owner, count=LOOKS_MAX)
        amounts, cursor = [], ""
        for _ in range(3):
            page = get(payer, f"/v1/transactions?limit=40{cursor}").body
            amounts += [row["amount"] for row in page["data"]]
            cursor = f"&cursor={page['next_cursor']}"
        assert amounts == list(range(LOOKS_MAX, LOOKS_MAX - 120, -1))
