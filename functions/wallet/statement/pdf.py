"""A statement as PDF, A4, drawn line by line: the same statement gives the same bytes."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from functions.wallet.statement.forms import fingerprint
from functions.wallet.statement.make_statement import Statement
from paycore.money import decimal

_FONTS = Path(__file__).parent / "fonts"
_PLAIN, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_MISSING = "\N{WHITE SQUARE}"
_NOTE = f"{_MISSING} stands for a character that this document's typeface does not have."

_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT, _BOTTOM = 42.0, _WIDTH - 42.0, 56.0
_LINE = 15.0
_DESCRIPTION_X, _KIND_X, _AMOUNT_X = 252.0, 152.0, 460.0  # the last is where amounts end
_INK, _PALE, _RULE = "#1b2733", "#667482", "#c9d1d8"


def pdf_form(statement: Statement, holder: str) -> bytes:
    """The document. `holder`: the full name of the wallet's owner, or who may not know it: the id."""
    for name in (_PLAIN, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))
    return _Document(statement, holder).draw()


class _Document:
    """One drawing: a canvas and how far down it is."""

    def __init__(self, statement: Statement, holder: str) -> None:
        self._statement, self._holder = statement, holder
        self._bytes = io.BytesIO()
        self._canvas = Canvas(self._bytes, pagesize=A4, invariant=1, pageCompression=1)
        self._canvas.setTitle("Account statement")
        self._page = 0
        self._y = 0.0
        self._lacks_glyph = False
        self._foot = f"SHA-256 of the statement as JSON: {fingerprint(statement)}"
        self._canvas.setSubject(self._foot)

    def draw(self) -> bytes:
        """All pages."""
        self._open_page()
        self._summary()
        self._columns()
        for row in self._statement.rows:
            if self._y < _BOTTOM + 2 * _LINE:
                self._close_page()
                self._open_page()
                self._columns()
            self._movement(row)
        self._closing()
        self._close_page()
        self._canvas.save()
        return self._bytes.getvalue()

    def _open_page(self) -> None:
        self._page += 1
        self._y = _HEIGHT - 56
        self._text(_LEFT, "Account statement", size=16 if self._page == 1 else 10, font=_BOLD)
        self._right(_RIGHT, "Paycore", size=10, font=_BOLD, ink=_PALE)
        self._y -= 26

    def _close_page(self) -> None:
        self._y = 34
        if self._lacks_glyph:
            self._text(_LEFT, _NOTE, size=7, ink=_PALE)
        self._right(_RIGHT, f"{self._statement.wallet_id} · page {self._page}", size=7, ink=_PALE)
        self._y -= 11
        self._text(_LEFT, self._foot, size=7, ink=_PALE)
        self._lacks_glyph = False
        self._canvas.showPage()

    def _summary(self) -> None:
        own = self._statement
        money = {
            "Opening balance": own.opening,
            "Money in": own.total(+1),
            "Money out": -own.total(-1),
            "Closing balance": own.closing,
        }
        facts = {
            "Account holder": self._holder,
            "Wallet": own.wallet_name or f"{own.currency} wallet",
            "Wallet id": own.wallet_id,
            "Period (UTC)": f"{own.from_at:%Y-%m-%d %H:%M} to {own.to_at:%Y-%m-%d %H:%M}",
        }
        for (name, fact), (label, amount) in zip(facts.items(), money.items(), strict=True):
            self._text(_LEFT, name, size=8, ink=_PALE)
            self._text(_LEFT + 88, self._fitting(fact, 205, 8, _PLAIN), size=8)
            self._text(350, label, size=8, ink=_PALE)
            font = _BOLD if "balance" in label else _PLAIN
            self._right(_RIGHT, f"{decimal(amount, own.currency)} {own.currency}", size=8, font=font)
            self._y -= _LINE
        self._y -= _LINE

    def _columns(self) -> None:
        titles = ((_LEFT, "Date (UTC)"), (_KIND_X, "Movement"), (_DESCRIPTION_X, "Description"))
        for x, title in titles:
            self._text(x, title, size=8, font=_BOLD)
        self._right(_AMOUNT_X, "Amount", size=8, font=_BOLD)
        self._right(_RIGHT, "Balance", size=8, font=_BOLD)
        self._y -= 5
        self._rule(_INK)
        self._y -= 12

    def _movement(self, row: dict[str, Any]) -> None:
        currency = self._statement.currency
        self._text(_LEFT, f"{row['posted_at'][:10]} {row['posted_at'][11:19]}", size=8)
        self._text(_KIND_X, row["kind"].replace("_", " ").capitalize(), size=8)
        amount = decimal(row["amount"], currency)
        room = _AMOUNT_X - _width(amount, _PLAIN, 8) - _DESCRIPTION_X - 8
        self._text(_DESCRIPTION_X, self._fitting(row["description"] or "", room, 8, _PLAIN), size=8)
        self._right(_AMOUNT_X, amount, size=8)
        self._right(_RIGHT, decimal(row["balance_after"], currency), size=8)
        self._y -= 5
        self._rule(_RULE)
        self._y -= _LINE - 5

    def _closing(self) -> None:
        own = self._statement
        if not own.rows:
            self._text(_LEFT, "No movements in this period.", size=8, ink=_PALE)
            self._y -= _LINE
        self._text(_LEFT, "Closing balance", size=8, font=_BOLD)
        self._right(_RIGHT, f"{decimal(own.closing, own.currency)} {own.currency}", size=8, font=_BOLD)

    def _text(self, x: float, text: str, *, size: float, font: str = _PLAIN, ink: str = _INK) -> None:
        self._canvas.setFillColor(ink)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, self._y, self._shown(text, font))

    def _right(self, x: float, text: str, *, size: float, font: str = _PLAIN, ink: str = _INK) -> None:
        self._text(x - _width(text, font, size), text, size=size, font=font, ink=ink)

    def _rule(self, ink: str) -> None:
        self._canvas.setStrokeColor(ink)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(_LEFT, self._y, _RIGHT, self._y)

    def _fitting(self, text: str, room: float, size: float, font: str) -> str:
        """The beginning of the text that fits, with an ellipsis where some is left out."""
        text = self._shown(text, font)
        if _width(text, font, size) <= room:
            return text
        room -= _width("…", font, size)
        for place, character in enumerate(text):
            room -= _width(character, font, size)
            if room < 0:
                return f"{text[:place].rstrip()}…"
        return text

    def _shown(self, text: str, font: str) -> str:
        """The text with a square for each character that the typeface lacks; the foot of the page says so."""
        if text.isascii():
            return text
        shown = "".join(_glyphs(text, pdfmetrics.getFont(font).face.charToGlyph))
        self._lacks_glyph = self._lacks_glyph or shown != text
        return shown


def _width(text: str, font: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, font, size))


def _glyphs(text: str, known: dict[int, int]) -> Iterator[str]:
    yield from (each if ord(each) in known else _MISSING for each in text)
