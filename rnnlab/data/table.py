"""A reader's CSV file: read as a whole, and a line says how it was read; or refused, with the line at fault."""

import re
from collections import Counter
from itertools import pairwise
from os import PathLike

import numpy as np
from torch import Tensor

from rnnlab.data import numerals
from rnnlab.data.csv_text import NONE, SEPARATORS, Row, decoded, split
from rnnlab.data.series import as_series, exact_series
from rnnlab.messages import few, quote, refused

FILLS = ("refuse", "hold", "line")
ONE_KIND = "rows of one kind, so delete that line if it is a total"
TOTAL = re.compile(
    r"\b(sub|grand ?)?total(e|es)?\b|\bsum(me|a)?\b|\bgesamt|\binsgesamt|\bsomme\b|\baverage|\bmean\b|\bmittel"
    r"|\bmoyenne|\bmedia\b|\bmax(\.|imum)?\b|\bmin(\.|imum)?\b|合计|总计|平均",
    re.IGNORECASE,
)


class Table:
    """The cells of a CSV file; all rows have the same length.

    text: the file's text, its bytes (UTF-8, or UTF-16 or UTF-32 with a byte order mark), or its Path.

    Cells are separated by comma, semicolon, tab or bar, whichever the first line has; without any there is one column.
    A header line is optional. If rows have several cells, empty lines between them are skipped. Raises ValueError, with
    the line, for anything else.
    """

    def __init__(self, text: str | bytes | PathLike):
        text, self.encoding = decoded(text)
        self.separator, rows = split(text)
        self.has_header = _is_header(rows)
        named = rows[0].cells if self.has_header else ("",) * len(rows[0].cells)
        self.rows = rows[self.has_header :]
        alone = {name for name, count in Counter(named).items() if count == 1}
        numbered = [f"{name} (column {i})".lstrip() for i, name in enumerate(named, 1)]
        self.names = [name if name and name in alone else long for name, long in zip(named, numbered, strict=True)]
        self._columns: dict[tuple[str, str], tuple[Tensor, str]] = {}

    @property
    def likely(self) -> str:
        """The last column whose first rows mostly look like numbers: the first column is often a date."""
        for i, name in reversed(list(enumerate(self.names))):
            if sum(numerals.is_like_number(row.cells[i]) for row in self.rows[:50]) > len(self.rows[:50]) / 2:
                return name
        return self.names[-1]

    def series(self, column: str | None = None, *, at_least: int = 2, gaps: str = "refuse") -> Tensor:
        """The numbers of a column, by default the `likely` one, as `exact_series` gives them, (rows,).

        gaps: "refuse" them, "hold" the number before, or draw a "line" to the next. Raises ValueError, with the line at
        fault, for a column that is not there, text, a number that can be read in two ways, a row that seems to be a
        total, a gap that may not be filled or has no number beside it to fill it from, or fewer than `at_least` rows.
        """
        return self._read(column, at_least, gaps)[0].clone()

    def understood(self, column: str | None = None, *, gaps: str = "refuse") -> str:
        """How it was read, in words: separator, decimal mark, encoding, column and rows."""
        series, mark = self._read(column, 2, gaps)
        between = f"{SEPARATORS[self.separator]}-separated" if self.separator in SEPARATORS else "one column"
        header = "" if self.has_header else ", no header line"
        name = self.likely if column is None else column
        return f"{between}, decimal {mark}, {self.encoding}{header}, column {quote(name)}, {len(series)} rows"

    def _read(self, column: str | None, at_least: int, gaps: str) -> tuple[Tensor, str]:
        column = self.likely if column is None else column
        if column not in self.names:
            raise ValueError(f"column is {quote(column)}; this file has {few(self.names, like=column)}")
        if gaps not in FILLS:
            raise refused(f"gaps is {quote(gaps)}", ", ".join(FILLS))
        if len(self.rows) < at_least:
            found = f"column {quote(column)} has {len(self.rows)} values"
            raise refused(found, f"{at_least} or more, to train and to test on")
        if (column, gaps) not in self._columns:
            self._refuse_totals()
            i = self.names.index(column)
            mark = self._decimal_mark(i)
            self._columns[column, gaps] = exact_series(self._filled(i, mark, gaps)), mark
        return self._columns[column, gaps]

    def _at(self, i: int, row: Row) -> str:
        return f"column {quote(self.names[i])} holds {quote(row.cells[i])} on line {row.line}"

    def _refuse_totals(self) -> None:
        """Refuse a footer, whose numbers do not belong to the series: it has words where other rows have digits."""
        last = self.rows[-1]
        for i in range(len(self.names)):
            wordy = [row for row in self.rows if _is_words(row.cells[i])]
            if len(wordy) > 0.1 * len(self.rows):
                continue
            for row in wordy:
                if i == 0 or row is last:
                    found = f"{self._at(i, row)}, but numbers elsewhere"
                    raise refused(found, f"{ONE_KIND}, a unit or a second header")
        labels = [row.cells[0] for row in self.rows]
        for row, label in zip(self.rows, labels, strict=True):
            if not label.isdigit() and TOTAL.search(label):
                raise refused(self._at(0, row), ONE_KIND)
        if len(self.names) > 1 and numerals.is_gap(labels[-1]):
            if sum(map(numerals.is_gap, labels)) < 0.1 * len(labels):
                raise refused(f"line {last.line} has nothing in column {quote(self.names[0])}", ONE_KIND)

    def _decimal_mark(self, i: int) -> str:
        """The decimal mark of column i: its own cells decide, or else other columns, or else what is usual."""
        cells = [row.cells[i] for row in self.rows]
        marks = numerals.marks(cells)
        if not marks:
            forms = numerals.FORMS
            mark = max(forms, key=lambda mark: sum(bool(forms[mark].fullmatch(cell)) for cell in cells))
            misfits = (not forms[mark].fullmatch(cell) and not numerals.is_gap(cell) for cell in cells)
            row = next(row for row, misfit in zip(self.rows, misfits, strict=True) if misfit)
            allowed = f"numbers, with a decimal {mark} at most: no unit, currency, bracket or space"
            raise refused(self._at(i, row), allowed)
        twofold = [row for row in self.rows if len(marks) == 2 and numerals.is_twofold(row.cells[i])]
        if self.separator == NONE and marks == {"comma"}:
            self._refuse_two_in_one()
        if not twofold:
            return min(marks, key=list(numerals.FORMS).index)
        # The first column may hold times, such as 12.30 for half past twelve.
        others = [numerals.marks(row.cells[j] for row in self.rows) for j in range(1, len(self.names)) if j != i]
        sure = set().union(*(found for found in others if len(found) == 1))
        if len(sure) == 1:
            return sure.pop()
        commas = any("," in row.cells[i] for row in twofold)
        numbers = sum(not numerals.is_gap(cell) for cell in cells)
        # A point is usual, but not beside 980 and 999, nor with semicolons, which go with decimal commas.
        if self.separator != ";" and not commas and len(twofold) == numbers:
            return "point"
        first, second = (numerals.value(twofold[0].cells[i], mark) for mark in numerals.FORMS)
        allowed = "numbers that can be read in only one way, so leave out the thousands separators"
        raise refused(f"{self._at(i, twofold[0])}, which may be {first:g} or {second:g}", allowed)

    def _refuse_two_in_one(self) -> None:
        """Refuse "1,4" below a header without a comma, if it may be two columns, one of which counts up."""
        parts = [row.cells[0].partition(",") for row in self.rows if "," in row.cells[0]]
        if not all(before.isdigit() for before, _, _ in parts):
            return  # a sign or a thousands separator: one number
        digits = {len(after) for _, _, after in parts}
        steps = {int(after[0]) - int(before[0]) for before, after in pairwise(parts)}
        if len(digits) > 1 or digits == {1} or steps == {1}:
            found = f"{self._at(0, self.rows[0])}, which may be one number or two"
            raise refused(found, "a header with one name per column, or a decimal point")

    def _filled(self, i: int, mark: str, gaps: str) -> np.ndarray:
        """The numbers of column i, (rows,)."""
        cells = (row.cells[i] for row in self.rows)
        numbers = np.array([np.nan if numerals.is_gap(cell) else numerals.value(cell, mark) for cell in cells])
        if np.isinf(numbers).any():
            raise refused(self._at(i, self.rows[np.isinf(numbers).argmax()]), "numbers that a computer can hold")
        known = np.isfinite(numbers)
        if known.all():
            return numbers
        if gaps == "refuse":
            count, line = int(np.sum(~known)), self.rows[known.argmin()].line
            where = f"a gap on line {line}" if count == 1 else f"{count} gaps, the first gap on line {line}"
            allowed = "a number in every row, so fill it, cut the file there, or choose how to fill gaps"
            raise refused(f"column {quote(self.names[i])} has {where}", allowed)
        places = np.arange(len(numbers))
        if not known[0] or (gaps == "line" and not known[-1]):
            line = self.rows[0 if not known[0] else -1].line
            found = f"column {quote(self.names[i])} has a gap on line {line} with no number beside it to fill it from"
            raise refused(found, "a number there, so cut the file")
        if gaps == "line":
            return np.interp(places, places[known], numbers[known])
        return numbers[np.maximum.accumulate(np.where(known, places, 0))]


def read_csv(
    text: str | bytes | PathLike, column: str | None = None, *, at_least: int = 100, gaps: str = "refuse"
) -> Tensor:
    """One column of a CSV file as a series, shape (rows,): see `Table` and `Table.series`."""
    return as_series(Table(text).series(column, at_least=at_least, gaps=gaps))


def columns(text: str | bytes | PathLike) -> list[str]:
    """The names of a CSV file's columns; those without a name, or with a name that occurs twice, are numbered."""
    return Table(text).names


def _is_header(rows: list[Row]) -> bool:
    """Whether the first row names the columns: it has words where there are numbers below.

    Names may be numbers too: years from left to right, or the numbers that pandas gives its columns. Then the cells
    beside them decide. Raises ValueError if nothing does.
    """
    first = rows[0].cells
    columns_below = ((row.cells[i] for row in rows[1:]) for i in range(len(first)))
    below = [next((cell for cell in cells if not numerals.is_gap(cell)), "") for cells in columns_below]
    numeric = [name for name, cell in zip(first, below, strict=True) if numerals.is_number(cell)]
    numbers = [name for name in numeric if numerals.is_number(name)]
    if not numeric or any(not numerals.is_gap(name) and not numerals.is_number(name) for name in numeric):
        return True
    for name, cell in zip(first, below, strict=True):
        if re.search(r"\d", cell) and not numerals.is_number(cell):  # a date or a time: does the first row have one?
            return not re.search(r"\d", name)
    if first[0] == "" and below[0] == "0":
        return True  # an index without a name, as pandas writes it
    if len(numbers) > 1 and all(re.fullmatch(r"(19|20)\d\d", name) for name in numbers) and sorted(numbers) == numbers:
        return True
    counted = numbers == [str(i) for i in range(len(numbers))] and any("." in cell for cell in below)
    if len(numbers) > 1 and counted:
        found = f"line {rows[0].line} holds {few(numbers, like='')}, which may be names or numbers"
        raise refused(found, "names with a letter in them")
    return False


def _is_words(cell: str) -> bool:
    """Whether the cell has no digit and is not a gap."""
    return not cell[-1:].isdigit() and not re.search(r"\d", cell) and not numerals.is_gap(cell)
