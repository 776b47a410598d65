"""Ids, money, field types, request keys: the values that everything is made of."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from paycore import ids
from paycore.errors import InvalidIdempotencyKey
from paycore.fields import AmountMinor, Currency, FreeText, Instant, Metadata, StrictModel, holds_card_number
from paycore.invariants import BrokenInvariant
from paycore.money import EXPONENTS, Money
from paycore.request_key import clean_key, fingerprint


class TestIds:
    def test_are_in_the_order_of_their_making(self) -> None:
        early = ids.show("tx", UUID(int=(1 << 80) | (7 << 76)))
        late = ids.show("tx", UUID(int=(2 << 80) | (7 << 76)))
        assert early < late < ids.new("tx")

    def test_accept_their_own_form(self) -> None:
        made = ids.new("wal")
        assert ids.check("wal", made) == made

    @pytest.mark.parametrize(
        "text",
        [
            "", "wal_", "wal", "tx_" + "0" * 26, "WAL_" + "A" * 26, "wal_" + "0" * 27, "wal_" + "0" * 25,
            "wal_8" + "0" * 25, "wal_" + "u" * 26, "wal_" + " " * 26, "wal_" + "0" * 26 + "\n", "wal_' OR 1=1 --",
            "wal_" + "٣" * 26,
        ],
    )  # fmt: skip
    def test_refuse_everything_else(self, text: str) -> None:
        with pytest.raises(ids.MalformedId):
            ids.check("wal", text)


class TestMoney:
    @pytest.mark.parametrize(
        ("money", "shown"),
        [
            (Money(1250, "EUR"), "12.50 EUR"),
            (Money(-5, "EUR"), "-0.05 EUR"),
            (Money(1250, "JPY"), "1250 JPY"),
            (Money(1250, "KWD"), "1.250 KWD"),
            (Money(1250, "CLF"), "0.1250 CLF"),
        ],
    )
    def test_is_shown_with_the_decimals_of_its_currency(self, money: Money, shown: str) -> None:
        assert str(money) == shown

    @pytest.mark.parametrize(
        ("amount", "currency"), [(True, "EUR"), (1.0, "EUR"), ("1", "EUR"), (1, "eur"), (1, "XXX"), (10**15 + 1, "EUR")]
    )
    def test_refuses_what_is_no_money(self, amount: object, currency: str) -> None:
        with pytest.raises(BrokenInvariant):
            Money(amount, currency)  # type: ignore[arg-type]

    @pytest.mark.parametrize(("exponent", "count"), [(0, 17), (3, 7), (4, 2)])
    def test_knows_the_decimals_of_iso_4217(self, exponent: int, count: int) -> None:
        assert list(EXPONENTS.values()).count(exponent) == count


class Body(StrictModel):
    amount: AmountMinor = 1
    currency: Currency = "EUR"
    description: FreeText | None = None
    metadata: Metadata = Field(default_factory=dict)


class TestFields:
    @pytest.mark.parametrize(
        "values",
        [
            {"amount": True}, {"amount": "100"}, {"amount": 1.0}, {"amount": 1e2}, {"amount": 0}, {"amount": -1},
            {"amount": 10**15 + 1}, {"amount": None}, {"currency": "usd"}, {"currency": "USDD"}, {"currency": "USD\n"},
            {"currency": "XXX"}, {"currency": "XAU"}, {"description": ""}, {"description": "x" * 501},
            {"description": "a\r\nb"}, {"description": "\x1b[31m"}, {"description": "card 4242 4242 4242 4242"},
            {"description": "4242-4242-4242-4242"}, {"metadata": {"k": "4242424242424242"}}, {"metadata": {"": "x"}},
            {"metadata": {"k" * 41: "x"}}, {"metadata": {"k": "x" * 501}}, {"metadata": {"k": 1}},
            {"metadata": {"4242424242424242": "x"}}, {"metadata": {"4242_4242_4242_4242": "x"}},
            {"description": " "}, {"description": "\u00a0\u2003"}, {"description": "\u200b\u2060"},
            {"description": "a\u202eb"}, {"description": "a\u2066b"}, {"description": "a\u200fb"},
            {"description": "a\u2028b"}, {"description": "a\u2029b"}, {"description": "a\u0085b"},
            {"description": "a\u009bb"}, {"description": "a\x7fb"},
            {"metadata": {f"k{n}": "x" for n in range(51)}}, {"metadata": {"$ne": "x"}}, {"is_admin": True},
        ],
    )  # fmt: skip
    def test_refuse(self, values: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            Body(**values)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "description", ["Caf\u00e9 \u20ac 5", "\U0001f469\u200d\U0001f4bb at work", "\u05e9\u05dc\u05d5\u05dd", " x "]
    )
    def test_accept_text_of_any_script(self, description: str) -> None:
        assert Body(description=description).description == description

    @pytest.mark.parametrize("amount", [1, 10**15])
    def test_accept_the_borders(self, amount: int) -> None:
        assert Body(amount=amount).amount == amount

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("4242424242424242", True), ("4242424242424241", False), ("378282246310005", True), ("A4242424242424242", False),
            ("4242424242424242B", False), ("order 1234567890123456", False), ("9999999999999995", False),
            ("\uff14\uff12" * 8, True), ("\u0664\u0662" * 8, True), ("4242\u00a04242\u00a04242\u00a04242", True),
            ("4242  4242  4242  4242", True), ("4242.4242.4242.4242", True), ("4242 - 4242 - 4242 - 4242", True),
            ("4242\u20114242\u20114242\u20114242", True), ("4242\u200b4242\u200b4242\u200b4242", True),
            ("no. 12 4242424242424242", True), ("4242424242424242 12", True), ("\u0661" * 16, False),
            ("a" * 500, False), ("1 " * 250, False), ("4242424242424242" * 2, False), ("4242, 4242, 4242, 4242", False),
            ("2026-11-24 10:30 to 2026-11-25 10:30", False), ("+49 151 2345678", False),
        ],
    )  # fmt: skip
    def test_know_a_card_number(self, text: str, found: bool) -> None:
        assert holds_card_number(text) is found


class TestInstant:
    READ = TypeAdapter(Instant)

    @pytest.mark.parametrize(
        "text",
        ["2026-02-01T09:30:00Z", "2026-02-01t09:30:00z", "2026-02-01T09:30:00.123456+05:30", "0001-01-01T00:00:00Z"],
    )
    def test_is_rfc_3339(self, text: str) -> None:
        read = self.READ.validate_python(text)
        assert (read, read.utcoffset()) == (datetime.fromisoformat(text.upper()), timedelta(0))

    @pytest.mark.parametrize(
        "text",
        [
            "", "2026-02-01", "2026-02-01T09:30:00", "2026-02-01T09:30Z", "2026-02-30T09:30:00Z", "2026-W05-1T09:30:00Z",
            "2026-02-01 09:30:00Z", "2026-02-01T09:30:00,5Z", "2026-02-01T09:30:00.1234567Z", "2026-02-01T09:30:00+0100",
            "٢026-02-01T09:30:00Z", "2026-02-01T09:30:00Z\n", " 2026-02-01T09:30:00Z", "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00", "1700000000", 1700000000,
        ],
    )  # fmt: skip
    def test_is_nothing_else(self, text: object) -> None:
        with pytest.raises(ValidationError):
            self.READ.validate_python(text)


class TestRequestKey:
    @pytest.mark.parametrize(
        ("header", "key"), [("k", "k"), ('"k-1"', "k-1"), ('"a,b"', "a,b"), ("x" * 255, "x" * 255)]
    )
    def test_accepts(self, header: str, key: str) -> None:
        assert clean_key(header) == key

    @pytest.mark.parametrize(
        "header", ["", "x" * 256, "a b", "a, b", "a,a", '"a","b"', 'a"b', '"a\\"', "ü", "a\tb", "\x7f"]
    )
    def test_refuses(self, header: str) -> None:
        with pytest.raises(InvalidIdempotencyKey):
            clean_key(header)

    def test_fingerprints_do_not_run_together(self) -> None:
        assert fingerprint("POST", "/a", "b", "c") != fingerprint("POST", "/ab", "", "c")
