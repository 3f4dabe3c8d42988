"""The text of a CSV file, split into rows with the same number of cells; or refused, with the line at fault."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from rnnlab.messages import quote, refused

BYTE_ORDER_MARKS = {  # the longer ones first: UTF-32's begins with UTF-16's
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SEPARATORS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
AS_UTF_8 = "save the file as 'CSV UTF-8'"
HEADER_AND_ROWS = "a header line, then one row of numbers per time step"
NONE = "\x1f"  # for one column: the csv module needs a separator, and no text has this one


class Row(NamedTuple):
    """One line of the file, or several if a quoted cell contains line ends."""

    line: int  # as an editor counts it, from 1
    cells: tuple[str, ...]


def decoded(text: str | bytes | PathLike) -> tuple[str, str]:
    """The text, and its encoding in words."""
    if not isinstance(text, str | bytes | bytearray | memoryview | PathLike):
        raise refused(f"text is of type {type(text).__name__}", "a file's text, its bytes or its Path")
    content = Path(text).read_bytes() if isinstance(text, PathLike) else text
    if isinstance(content, str):
        text, encoding = content, "text"
        if re.fullmatch(r"[^\n\r,;]*\.[A-Za-z]\w{1,7}", text):
            path = quote(text)
            raise refused(f"text is {path}, which seems to be a path", f"the file's text, or Path({path})")
    else:
        content = bytes(content)
        for begin, what in ((b"PK\x03\x04", "a workbook or archive"), (b"\x1f\x8b", "compressed")):
            if content.startswith(begin):
                raise refused(f"the file is {what}", "text, so save it as 'CSV UTF-8'")
        codec = next((name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
        encoding = codec.removesuffix("-sig").upper()
        try:
            text = content.decode(codec)
        except UnicodeDecodeError as error:
            line, byte = content[: error.start].count(10) + 1, error.object[error.start]
            found = f"line {line} is not {encoding}: {error.reason} (byte 0x{byte:02x})"
            raise refused(found, f"UTF-8, so {AS_UTF_8}") from None
    for sign, what in (("\0", "NUL"), ("\ufffd", "a character lost in decoding")):
        if sign in text:
            line = text[: text.index(sign)].count("\n") + 1
            raise refused(f"line {line} holds {what}, as if UTF-16 had been read as UTF-8", f"text, so {AS_UTF_8}")
    return text.removeprefix("\ufeff"), encoding


def split(text: str) -> tuple[str, list[Row]]:
    """The separator, and the rows that it gives, all with the same number of cells."""
    named = re.match(r"sep=([\t;|,])\r?\n", text)  # a line that tells spreadsheets the separator
    if named:
        text = "\n" + text[named.end() :]
    separator = named[1] if named else _separator(text)
    rows = list(_rows(text, separator))
    blank = [not any(row.cells) and len(row.cells) == 1 for row in rows]
    if all(blank):
        raise refused("the file is empty", HEADER_AND_ROWS)
    begin, end = blank.index(False), len(blank) - blank[::-1].index(False)
    rows = [row for row, empty in zip(rows[begin:end], blank[begin:end], strict=True) if separator == NONE or not empty]
    width = len(rows[0].cells)
    for line, cells in rows:
        if len(cells) < width:
            found = f"there is a gap on line {line}, which has {len(cells)} of {width} cells"
            raise refused(found, "the same number in every row")
        if len(cells) > width:
            commas = ", and quotes around numbers with a comma" if separator == "," else ""
            found = f"line {line} has {len(cells)} cells, line {rows[0].line} has {width}"
            raise refused(found, f"the same number in every row{commas}")
    kept = [i for i in range(width) if any(cells[i] for _, cells in rows)]  # lines may end in separators
    if not kept:
        raise refused("the file has no words and no numbers", HEADER_AND_ROWS)
    return separator, [Row(line, tuple(cells[i] for i in kept)) for line, cells in rows]


def _separator(text: str) -> str:
    """The separator in the first line; of several the one that gives every row the same number of cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    found = [mark for mark in SEPARATORS if mark in re.sub(r'"[^"]*"', "", first)] or [NONE]
    if len(found) == 1:
        return found[0]
    even = [mark for mark in found if len({len(row.cells) for row in _rows(text, mark) if any(row.cells)}) == 1]
    return (even or found)[0]


def _rows(text: str, separator: str) -> Iterator[Row]:
    text = text.replace("\u2212", "-")  # a real minus
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, tuple(map(str.strip, cells)) or ("",))
            line = reader.line_num + 1
    except csv.Error as error:
        words = str(error).replace(f"'{NONE}' expected", "the line's end expected")
        raise refused(f"line {line} is not CSV: {words}", "quotes that are closed, and only at a cell's end") from None
