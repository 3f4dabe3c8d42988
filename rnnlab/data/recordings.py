"""Real series: two recordings that ship with matplotlib."""

import numpy as np
from torch import Tensor

from rnnlab.data.series import as_series
from rnnlab.messages import quote


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
    Raises ValueError for any other name, or if this matplotlib came without its sample data.
    """
    if name not in RECORDINGS:
        raise ValueError(f"recording is {quote(name)}; allowed: {', '.join(RECORDINGS)}")
    try:
        return as_series(RECORDINGS[name]())
    except FileNotFoundError as error:
        raise ValueError(
            f"recording {name!r} is missing from this matplotlib ({error.filename}); the one from pip has it"
        ) from None
