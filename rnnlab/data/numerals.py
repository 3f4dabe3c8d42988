"""Numbers as people and programs write them: a point or a comma before the decimals, marks between thousands."""

import re
from collections.abc import Iterable

GAPS = {"", "na", "n/a", "#n/a", "nan", "nat", "<na>", "null", "none", "-", "--", ".", "?"}  # instead of a number
_FORMS = {  # the decimal mark: a number, or one whose thousands are marked as well
    "point": r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?",
    "comma": r"[+-]?(?:\d+,?\d*|,\d+)(?:e[+-]?\d+)?|[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?",
}
FORMS = {mark: re.compile(form, re.ASCII | re.IGNORECASE) for mark, form in _FORMS.items()}

_LIKE_A_NUMBER = re.compile(
    r"[^\w.,]*(?:[A-Z]{3} ?)?[^\w.,]*\d[\d.,\s'’_]*(?:e[+-]?\d+)?[^\w]*\w{0,3}[^\w]*", re.IGNORECASE
)


def is_gap(cell: str) -> bool:
    """Whether a number is missing here."""
    return cell.lower() in GAPS


def is_number(cell: str) -> bool:
    """Whether the cell is a number, with either decimal mark."""
    return any(form.fullmatch(cell) for form in FORMS.values())


def is_like_number(cell: str) -> bool:
    """Whether it is a number apart from a unit, a currency, brackets, or spaces between thousands; a date is not."""
    return bool(_LIKE_A_NUMBER.fullmatch(cell))


def marks(cells: Iterable[str]) -> set[str]:
    """The decimal marks, "point" and "comma", with which every cell that is not a gap is a number."""
    cells = [cell for cell in cells if not is_gap(cell)]
    return {mark for mark, form in FORMS.items() if all(map(form.fullmatch, cells))}


def value(cell: str, mark: str) -> float:
    """The number that `cell` means with this decimal `mark`: "1,007" is 1007 or 1.007."""
    thousands, decimal = (",", ".") if mark == "point" else (".", ",")
    return float(cell.replace(thousands, "").replace(decimal, "."))


def is_twofold(cell: str) -> bool:
    """Whether the cell is one number with a decimal point and another with a decimal comma."""
    return len(marks([cell])) == 2 and not is_gap(cell) and value(cell, "point") != value(cell, "comma")
