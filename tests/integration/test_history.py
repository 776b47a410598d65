"""A person's history: what each filter narrows it to, and how far a page looks."""

from functions.transaction.store import LOOKS_MAX
from local.story import Person
from tests.integration.factor import claims
from tests.integration.money import fund, get, go_on, held, moved, open_wallet, transfer
from tests.integration.paying import Backstage
from tests.integration.people import Town

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

    def test_of_somebody_else_is_an_admin_s(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 100)
        sent = moved(payer, payee.wallet_id, 30, external_id="order-9")
        path = f"/v1/transactions?owner_id={claims(str(payer.client.token))['sub']}&kind=transfer"
        (row,) = get(admin, path).body["data"]
        assert (row["id"], row["external_id"], len(row["legs"])) == (sent, "order-9", 2)
        assert get(admin, "/v1/transactions?owner_id=usr_nobody").body["data"] == []
        assert (get(payee, path).status, get(payee, path).body["code"]) == (403, "forbidden")
        assert get(payer, path).status == 403


class TestTimeline:
    """What became of a movement."""

    def test_has_all_that_went_on_with_it_and_then_itself(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 100)
        hold_id = held(payer, payee.wallet_id, 50)
        first, second = (go_on(payee, hold_id, "capture", amount=10, final=False).body["id"] for _ in range(2))
        voided = go_on(payee, hold_id, "void").body["id"]
        back = go_on(payee, first, "reverse", reason="test").body["id"]
        told = get(payer, f"/v1/transactions/{hold_id}/timeline").body
        rows = [(row["id"], row["kind"], row["status"]) for row in told["data"]]
        assert rows == [
            (voided, "void", "completed"),
            (second, "capture", "completed"),
            (first, "capture", "reversed"),
            (hold_id, "hold", "voided"),
        ]
        assert [row["id"] for row in get(payee, f"/v1/transactions/{first}/timeline").body["data"]] == [back, first]
        assert get(admin, f"/v1/transactions/{hold_id}/timeline").body["data"][1]["legs"] != told["data"][1]["legs"]

    def test_goes_on_page_by_page(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 100)
        hold_id = held(payer, payee.wallet_id, 50)
        parts = [go_on(payee, hold_id, "capture", amount=1, final=False).body["id"] for _ in range(3)]
        path, seen, cursor = f"/v1/transactions/{hold_id}/timeline", [], None
        while True:
            page = get(payer, f"{path}?limit=2" + (f"&cursor={cursor}" if cursor else "")).body
            seen += [row["id"] for row in page["data"]]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break
        assert seen == [*reversed(parts), hold_id]
        assert get(payer, f"/v1/transactions/{parts[0]}/timeline?limit=2&cursor={cursor}x").status == 400

    def test_of_a_stranger_is_that_of_an_absent_one(
        self, payer: Person, payee: Person, admin: Person, town: Town
    ) -> None:
        fund(admin, payer.wallet_id, 100)
        sent = moved(payer, payee.wallet_id, 30)
        failed = transfer(payer, payee.wallet_id, 500)
        assert failed.status == 422
        (row,) = get(payer, "/v1/transactions?status=failed").body["data"]
        stranger = town.person("EUR")
        for who, transaction_id in (
            (stranger, sent),
            (stranger, "tx_" + "0" * 26),
            (stranger, "x"),
            (payee, row["id"]),
        ):
            answer = get(who, f"/v1/transactions/{transaction_id}/timeline")
            assert (answer.status, answer.body["code"]) == (404, "transaction_not_found")
        assert [each["id"] for each in get(payer, f"/v1/transactions/{row['id']}/timeline").body["data"]] == [row["id"]]


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
