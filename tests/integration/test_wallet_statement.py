"""A wallet's past through the public door: the balance at an instant, and statements that add up."""

import csv
import hashlib
import io
import json
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration import money
from tests.integration.patience import until

MICROSECOND = timedelta(microseconds=1)


def _get(person: Person, path: str, accept: str = "application/json") -> Answer:
    return person.client.request("GET", path, headers={"Accept": accept})


def _refusal(answer: Answer) -> tuple[int, str, str | None]:
    return answer.status, answer.body["code"], answer.body.get("param")


def _text(instant: datetime) -> str:
    return quote(instant.astimezone(UTC).isoformat())


def _at(person: Person, instant: datetime) -> Answer:
    """The balance at an instant, as soon as that is long enough ago to be asked for."""
    path = f"/v1/wallets/{person.wallet_id}/balance?at={_text(instant)}"
    return until(lambda: _get(person, path), lambda answer: answer.status != 400)


def _statement(
    person: Person, begin: datetime, end: datetime, accept: str = "application/json", wallet: str | None = None
) -> Answer:
    path = f"/v1/wallets/{wallet or person.wallet_id}/statement?from={_text(begin)}&to={_text(end)}"
    return until(lambda: _get(person, path, accept), lambda answer: answer.status != 400)


def _instants(person: Person) -> list[datetime]:
    """When the wallet's movements were posted, oldest first."""
    entries = _get(person, f"/v1/wallets/{person.wallet_id}/entries").body["data"]
    return [datetime.fromisoformat(entry["posted_at"]) for entry in reversed(entries)]


@pytest.fixture
def moved(payer: Person, payee: Person, admin: Person) -> list[datetime]:
    """The instants at which the payer got 500, paid 200 under a spreadsheet's formula, got 50."""
    money.fund(admin, payer.wallet_id, 500)
    money.moved(payer, payee.wallet_id, 200, description='=HYPERLINK("x"), "y"', external_id=f"+{secrets.token_hex(8)}")
    money.fund(admin, payer.wallet_id, 50)
    return _instants(payer)


class TestBalanceAt:
    def test_is_what_the_last_entry_until_then_left(self, payer: Person, moved: list[datetime]) -> None:
        asked = [moved[0] - MICROSECOND, moved[0], moved[1] - MICROSECOND, moved[1], moved[2]]
        assert _at(payer, asked[-1]).status == 200
        assert [_at(payer, instant).body["posted"] for instant in asked] == [0, 500, 500, 300, 350]
        body = _at(payer, moved[1]).body
        assert body == {
            "object": "balance",
            "wallet_id": payer.wallet_id,
            "currency": "EUR",
            "posted": 300,
            "as_of": moved[1].isoformat(timespec="microseconds").replace("+00:00", "Z"),
        }

    def test_of_a_striped_wallet_is_the_sum_of_its_stripes(self, payer: Person, payee: Person, admin: Person) -> None:
        body = {"stripes": 8, "reason": "busy"}
        assert admin.client.request("POST", f"/v1/wallets/{payer.wallet_id}/stripe", body).status == 200
        for amount in (100, 200, 300, 400):
            money.fund(admin, payer.wallet_id, amount)
        money.moved(payer, payee.wallet_id, 950)
        instants = _instants(payer)
        assert _at(payer, instants[-1]).body["posted"] == 50
        assert [_at(payer, instant).body["posted"] for instant in instants] == [100, 300, 600, 1000, 50]

    @pytest.mark.parametrize(
        "at", ["2100-01-01T00:00:00Z", "yesterday", "2026-01-01", "2026-13-01T00:00:00Z", "1767225600"]
    )
    def test_refuses_the_future_and_what_is_no_instant(self, payer: Person, at: str) -> None:
        path = f"/v1/wallets/{payer.wallet_id}/balance?at={at}"
        assert _refusal(_get(payer, path)) == (400, "invalid_parameter", "at")

    def test_refuses_what_is_not_settled_yet(self, payer: Person) -> None:
        now = _get(payer, f"/v1/wallets/{payer.wallet_id}/balance").body["as_of"]
        path = f"/v1/wallets/{payer.wallet_id}/balance?at={now}"
        assert _refusal(_get(payer, path)) == (400, "invalid_parameter", "at")

    def test_is_its_owner_s_alone(self, payer: Person, payee: Person, admin: Person) -> None:
        path = f"/v1/wallets/{payer.wallet_id}/balance?at=2026-01-01T00:00:00Z"
        assert _refusal(_get(payee, path))[:2] == (404, "wallet_not_found")
        assert _get(admin, path).body["posted"] == 0


class TestStatement:
    def test_adds_up(self, payer: Person, moved: list[datetime]) -> None:
        answer = _statement(payer, moved[1], moved[2] + MICROSECOND)
        body = answer.body
        assert (answer.status, body["object"], body["wallet_id"]) == (200, "statement", payer.wallet_id)
        assert (body["opening"], body["closing"], body["total_in"], body["total_out"]) == (500, 350, 50, 200)
        rows = [(row["kind"], row["amount"], row["balance_after"]) for row in body["rows"]]
        assert rows == [("transfer", -200, 300), ("funds_added", 50, 350)]

    def test_ends_before_its_end(self, payer: Person, moved: list[datetime]) -> None:
        body = _statement(payer, moved[0], moved[2]).body
        assert (body["opening"], body["closing"], len(body["rows"])) == (0, 300, 2)

    def test_hides_the_other_side_s_own_note(self, payee: Person, moved: list[datetime]) -> None:
        body = _statement(payee, moved[0], moved[2]).body
        (row,) = body["rows"]
        assert (row["amount"], row["external_id"]) == (200, None)
        (entry,) = _get(payee, f"/v1/wallets/{payee.wallet_id}/entries").body["data"]
        assert (entry["description"], entry["external_id"]) == ('=HYPERLINK("x"), "y"', None)

    def test_of_a_striped_wallet_has_one_row_for_each_movement(
        self, payer: Person, payee: Person, admin: Person
    ) -> None:
        body = {"stripes": 8, "reason": "busy"}
        assert admin.client.request("POST", f"/v1/wallets/{payer.wallet_id}/stripe", body).status == 200
        for amount in (100, 200, 300, 400):
            money.fund(admin, payer.wallet_id, amount)
        money.moved(payer, payee.wallet_id, 950)
        instants = _instants(payer)
        body = _statement(payer, instants[1], instants[-1] + MICROSECOND).body
        assert (body["opening"], body["closing"]) == (100, 50)
        rows = [(row["amount"], row["balance_after"]) for row in body["rows"]]
        assert rows == [(200, 300), (300, 600), (400, 1000), (-950, 50)]

    def test_as_csv_is_a_table_that_computes_nothing(self, payer: Person, moved: list[datetime]) -> None:
        answer = _statement(payer, moved[0], moved[2], "text/csv")
        assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
        assert answer.headers["content-disposition"].startswith('attachment; filename="statement-wal_')
        assert answer.raw.count(b"\r\n") == 5
        lines = list(csv.DictReader(io.StringIO(answer.raw.decode(), newline="")))
        assert [line["kind"] for line in lines] == ["opening", "funds_added", "transfer", "closing"]
        assert [line["amount"] for line in lines] == ["", "5.00", "-2.00", ""]
        assert [line["balance_after"] for line in lines] == ["0.00", "5.00", "3.00", "3.00"]
        assert lines[2]["description"] == '\'=HYPERLINK("x"), "y"'
        assert lines[2]["external_id"].startswith("'+")

    def test_as_pdf_is_the_same_bytes_twice(self, payer: Person, moved: list[datetime]) -> None:
        first, again = (_statement(payer, moved[0], moved[2], "application/pdf") for _ in range(2))
        assert (first.status, first.headers["content-type"]) == (200, "application/pdf")
        assert first.raw.startswith(b"%PDF-")
        assert first.raw.rstrip().endswith(b"%%EOF")
        assert first.raw == again.raw

    def test_has_one_fingerprint_for_everybody(
        self, payer: Person, payee: Person, admin: Person, moved: list[datetime]
    ) -> None:
        body = _statement(payer, moved[0], moved[2]).body
        told = body.pop("sha256")
        for row in body["rows"]:
            del row["external_id"]
        canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert told == hashlib.sha256(canonical.encode()).hexdigest()
        assert told.encode() in _statement(payer, moved[0], moved[2], "application/pdf").raw
        assert told != _statement(payer, moved[0], moved[1]).body["sha256"]
        seen = [_statement(each, moved[0], moved[2], wallet=payee.wallet_id).body for each in (payee, admin)]
        assert [row["external_id"] is None for each in seen for row in each["rows"]] == [True, False]
        assert seen[0]["sha256"] == seen[1]["sha256"]

    def test_as_pdf_shows_any_script(self, payer: Person, payee: Person, admin: Person) -> None:
        money.fund(admin, payer.wallet_id, 1)
        money.moved(payer, payee.wallet_id, 1, description="Zażółć Привет 日本語 مرحبا 🎉")
        instants = _instants(payer)
        answer = _statement(payer, instants[0], instants[-1] + MICROSECOND, "application/pdf")
        assert answer.raw.startswith(b"%PDF-")

    def test_refused_to_a_reader_of_pdf_is_still_a_problem(self, payer: Person) -> None:
        answer = _get(payer, f"/v1/wallets/{payer.wallet_id}/statement", "application/pdf")
        assert answer.headers["content-type"] == "application/problem+json"
        assert _refusal(answer) == (400, "invalid_parameter", "from")

    @pytest.mark.parametrize(
        ("begin", "end", "param"),
        [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "from"),
            ("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z", "from"),
            ("2025-01-01T00:00:00Z", "2026-01-02T00:00:01Z", "to"),
            ("2026-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "to"),
            ("2026-01-01", "2026-02-01T00:00:00Z", "from"),
        ],
    )
    def test_refuses_a_period_that_is_none_or_too_long(self, payer: Person, begin: str, end: str, param: str) -> None:
        path = f"/v1/wallets/{payer.wallet_id}/statement?from={begin}&to={end}"
        assert _refusal(_get(payer, path)) == (400, "invalid_parameter", param)

    def test_is_its_owner_s_alone(self, payer: Person, payee: Person) -> None:
        path = f"/v1/wallets/{payer.wallet_id}/statement?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z"
        assert _refusal(_get(payee, path))[:2] == (404, "wallet_not_found")
        assert _get(payer, path).body["rows"] == []
