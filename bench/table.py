"""The one form in which every benchmark reports: a measured value beside its baseline and what was promised."""

import math
from dataclasses import dataclass
from typing import Literal

WIDTHS = (52, 16, 11, 7, 11, 7)
HEADINGS = ("", "measured", "baseline", "ratio", "promised", "")


@dataclass(frozen=True)
class Promise:
    """A bound on the value, or on its ratio to the baseline."""

    sign: Literal[">=", "<="]
    bound: float
    of: Literal["value", "ratio"] = "value"

    def __str__(self) -> str:
        return f"{self.sign} {_number(self.bound)}{' x' if self.of == 'ratio' else ''}"

    def kept(self, row: "Row") -> bool:
        """Whether the row is within the bound."""
        measured = row.value if self.of == "value" else row.ratio
        return measured >= self.bound if self.sign == ">=" else measured <= self.bound


@dataclass(frozen=True)
class Row:
    """One line: `value` in `unit`; `baseline` in the same unit, from the same run."""

    name: str
    value: float
    unit: str = "/s"
    baseline: float | None = None
    promise: Promise | None = None

    @property
    def ratio(self) -> float:
        """How many times the baseline; not a number where there is none."""
        return self.value / self.baseline if self.baseline else math.nan

    def __str__(self) -> str:
        return _line(
            self.name,
            f"{_number(self.value)} {self.unit}",
            "" if self.baseline is None else _number(self.baseline),
            "" if math.isnan(self.ratio) else f"{self.ratio:.2f}",
            str(self.promise or ""),
            "" if self.promise is None else ("kept" if self.promise.kept(self) else "MISSED"),
        )


def print_headings() -> None:
    """The first line of the table."""
    print(_line(*HEADINGS))


def print_row(row: Row) -> float:
    """Prints the row at once, so that a long run shows its progress; returns the value."""
    print(row, flush=True)
    return row.value


def _line(*cells: str) -> str:
    first, *rest = cells
    return (
        first.ljust(WIDTHS[0]) + "".join(cell.rjust(width) for cell, width in zip(rest, WIDTHS[1:], strict=True))
    ).rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"
