import matplotlib.cbook
import pytest
import torch

from rnnlab.data.recordings import RECORDINGS, recording
from rnnlab.data.table import columns, read_csv

GOOD = "day,price\n" + "\n".join(f"{i},{i % 7}.5" for i in range(120))


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_is_a_long_finite_series(name):
    series = recording(name)
    assert len(series) >= 1000 and series.isfinite().all() and series.std() > 0


def test_an_unknown_recording_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'whale song'; allowed: neuron voltage, stock price"):
        recording("whale song")


def test_a_matplotlib_without_its_sample_data_is_said_so(monkeypatch):
    monkeypatch.setattr(matplotlib.cbook, "get_sample_data", lambda name, asfileobj: "/nowhere/membrane.dat")
    with pytest.raises(ValueError, match=r"missing from this matplotlib .*membrane\.dat.*pip has it"):
        recording("neuron voltage")


def test_a_column_is_read_by_name_and_by_default_the_last():
    assert read_csv(GOOD)[:3].tolist() == [0.5, 1.5, 2.5]
    assert torch.equal(read_csv(GOOD, "day"), torch.arange(120.0))
    assert columns(GOOD) == ["day", "price"]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", None, "the file is empty"),
        (GOOD, "cost", "column is 'cost'; this file has day, price"),
        (GOOD.replace("5,5.5", "5,high"), None, "holds 'high' on line 7"),
        (GOOD.replace("5,5.5", "5,"), None, "gap on line 7"),
        (GOOD.replace("5,5.5", "5"), None, "gap on line 7"),
        (GOOD.replace("5,5.5", "5,nan"), None, "gap on line 7"),
        (GOOD[:200], None, "allowed: 100 or more"),
    ],
)
def test_a_file_that_cannot_serve_is_refused_with_the_place(text, column, message):
    with pytest.raises(ValueError, match=message):
        read_csv(text, column)
