"""Real series: two recordings that ship with matplotlib, and a column of the reader's own CSV file."""

import csv
import io

import numpy as np
import torch
from torch import Tensor

from rnnlab.data import as_series


def _neuron_voltage() -> np.ndarray:
    # Every fourth of the 4,000 samples in which it fires steadily: about 37 values from spike to spike.
    return np.fromfile(_sample_file("membrane.dat"), np.float32)[2000:6000:4]


def _stock_price() -> np.ndarray:
    return np.load(_sample_file("goog.npz"))["price_data"]["adj_close"]


RECORDINGS = {"neuron voltage": _neuron_voltage, "stock price": _stock_price}


def _sample_file(name: str) -> str:
    from matplotlib.cbook import get_sample_data

    return get_sample_data(name, asfileobj=False)


def recording(name: str) -> Tensor:
    """A real series, shape (length,), float32, raw units.

    "neuron voltage": the membrane potential of a firing neuron (1,000 values, matplotlib's `membrane.dat`);
    "stock price": Google's daily adjusted close, 2004 to 2008 (1,047 values, matplotlib's `goog.npz`).
    Raises ValueError for another name, or where this matplotlib came without its sample data.
    """
    if name not in RECORDINGS:
        raise ValueError(f"recording is {name!r}; allowed: {', '.join(RECORDINGS)}")
    try:
        return as_series(RECORDINGS[name]())
    except FileNotFoundError as error:
        raise ValueError(
            f"recording {name!r} is missing from this matplotlib ({error.filename}); the one from pip has it"
        ) from None


def read_csv(text: str, column: str | None = None, *, at_least: int = 100) -> Tensor:
    """One column of a CSV file's `text` as a series, shape (rows,), float32.

    `text` is comma separated with a header line, as `Path(...).read_text()` gives it; `column` names
    the column, by default the last one. Raises ValueError, with the line at fault, for a column
    that is not there, text or a gap where a number should be, or fewer than `at_least` rows.
    """
    names, rows = columns(text), list(csv.DictReader(io.StringIO(text, newline=None)))
    column = names[-1] if column is None else column
    if column not in names:
        raise ValueError(f"column is {column!r}; this file has {', '.join(names)}")
    values = []
    for line, row in enumerate(rows, start=2):
        cell = (row[column] or "").strip()
        if not cell:
            raise ValueError(
                f"column {column!r} has a gap on line {line}; allowed: a number in every row, so fill it or cut the file there"
            )
        try:
            values.append(float(cell))
        except ValueError:
            raise ValueError(
                f"column {column!r} holds {cell!r} on line {line}; allowed: numbers, with a decimal point"
            ) from None
    if len(values) < at_least:
        raise ValueError(
            f"column {column!r} has {len(values)} values; allowed: {at_least} or more, to train and to test on"
        )
    return as_series(torch.tensor(values))


def columns(text: str) -> list[str]:
    """The column names in the header line of a CSV file's `text`; raises ValueError when it is empty."""
    names = next(csv.reader(io.StringIO(text, newline=None)), [])
    if not names:
        raise ValueError("the file is empty; allowed: a header line, then one row of numbers a time step")
    return names
