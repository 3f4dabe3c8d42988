"""Sequences as tensors: the noisy sine, windows over any series, one split in time."""

from decimal import Decimal
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from rnnlab.messages import quote, refused, whole

LARGEST = 1e15  # its square still fits a float32
WIDEST = 1e150  # its square still fits a float64
EXACT = 2**53  # above it a float64 skips whole numbers


def _unfit(fault: str, allowed: str = "a 1-D run of numbers") -> ValueError:
    return refused(f"series {fault}", allowed)


def _too_long() -> ValueError:
    fault = f"holds a whole number beyond {EXACT}, whose last digits would be lost"
    return _unfit(fault, "smaller numbers, so subtract the first value")


def noisy_sine(length: int = 1000, noise: float = 0.2, *, seed: int = 0) -> Tensor:
    """The article's series x_i = sin(0.01 i) + noise * N(0, 1), shape (length,), float32, on the CPU.

    `noise` is the standard deviation, 0 or more; 0 gives the clean sine. One `seed` draws the same
    standard normal numbers whatever `noise` is, so a series changes smoothly as noise grows.
    The draw never touches torch's global generator. Raises ValueError for bad arguments.
    """
    length = whole("length", length)
    if length < 2:
        raise ValueError(f"length is {length}; allowed: 2 or more values")
    if not 0 <= noise <= LARGEST:
        raise ValueError(f"noise is {noise}; allowed: a standard deviation of 0 to {LARGEST:g}")
    kind = {"dtype": torch.float32, "device": "cpu"}  # whatever default a reader has set
    draw = torch.randn(length, generator=torch.Generator().manual_seed(seed), **kind)
    return torch.sin(0.01 * torch.arange(length, **kind)) + noise * draw


def as_series(values: Any) -> Tensor:
    """A 1-D run of real numbers (list, array, tensor, pandas Series with any index) as a new tensor, (length,).

    float32, on the CPU; float64 if a float32 would round small differences away, as for a meter that reads about 1e9.
    Raises ValueError, naming the first offending position, for text, dates, complex numbers, gaps (NaN, None, masked),
    numbers too large to be kept, a shape that is not 1-D, fewer than 2 values, or a series that never changes.
    """
    series = exact_series(values)
    short, steps = series.float(), series.diff().abs().numpy()
    # One jump must not hide that the other steps are small: nine of ten are larger than this one.
    step = np.quantile(steps[steps > 0], 0.1)
    return short if (short.double() - series).abs().max() <= 1e-3 * step else series


def exact_series(values: Any) -> Tensor:
    """Like `as_series`, but always float64, (length,), so that it can be cut and centred before it is rounded."""
    series = torch.from_numpy(np.array(_numbers(values), np.float64, order="C"))
    if series.ndim != 1:
        raise _unfit(f"has shape {tuple(series.shape)}", "one dimension, such as one column of a table")
    if len(series) < 2:
        raise _unfit(f"has {len(series)} value(s)", "2 or more")
    gaps = series.isnan().nonzero().flatten().tolist()
    if gaps:
        fault = f"has {len(gaps)} gap(s), the first at position {gaps[0]}"
        raise _unfit(fault, "finite numbers, so fill or cut them")
    far = (series.abs() > WIDEST).nonzero().flatten().tolist()
    if far:
        raise _unfit(f"is {series[far[0]]:g} at position {far[0]}", f"finite numbers, -{WIDEST:g} to {WIDEST:g}")
    if (series == series[0]).all():
        raise _unfit(f"is {float(series[0])} at every position", "a series that changes")
    return series


def _numbers(values: Any) -> np.ndarray:
    """The values as an array of numbers, NaN for a gap."""
    try:
        if isinstance(values, Tensor):
            values = values.detach().cpu()
            values = (values.double() if values.is_floating_point() else values).numpy()
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise _unfit(f"holds something that is not a number ({error})") from None
    if array.dtype.kind == "O":
        array = np.array([_real(value, place) for place, value in enumerate(array.flat)]).reshape(array.shape)
    elif array.dtype.kind in "iu" and array.size and max(int(array.max()), -int(array.min())) > EXACT:
        raise _too_long()
    elif array.dtype.kind not in "biuf":
        fault = f"holds something that is not a number (its type is {array.dtype})"
        raise _unfit(fault, "a 1-D run of real numbers")
    return np.where(np.ma.getmaskarray(values), np.nan, array) if np.ma.isMaskedArray(values) else array


def _real(value: Any, place: int) -> float:
    """A Python object as a number; NaN if it says that there is none."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):  # pandas', which need not be installed
        return np.nan
    if isinstance(value, int) and abs(value) > EXACT:
        raise _too_long()
    if not isinstance(value, Real | Decimal | np.bool_):
        raise _unfit(f"holds something that is not a number, {quote(value)}, at position {place}")
    try:
        return float(value)
    except (OverflowError, ValueError):  # a fraction of huge parts, a signalling NaN
        return np.inf


def windows(series: Tensor, tau: int) -> tuple[Tensor, Tensor]:
    """Each `tau` consecutive values, and the value that follows them.

    series (length,) -> inputs (length - tau, tau), targets (length - tau,):
    inputs[i] = series[i : i + tau] and targets[i] = series[i + tau]: views of the series, which change with it.
    Raises ValueError unless 1 <= tau < length.
    """
    if not isinstance(series, Tensor):
        raise _unfit(f"is of type {type(series).__name__}", "a tensor, so give it to as_series first")
    if series.ndim != 1:
        raise _unfit(f"has shape {tuple(series.shape)}", "one dimension")
    tau = whole("tau", tau)
    if not 1 <= tau < len(series):
        raise ValueError(f"tau is {tau}; allowed: 1 to {len(series) - 1} for a series of {len(series)} values")
    return series.unfold(0, tau, 1)[:-1], series[tau:]


class Split(NamedTuple):
    """Windows split by the time of their target: the past trains, the future tests."""

    train_inputs: Tensor  # (n_train - tau, tau)
    train_targets: Tensor  # (n_train - tau,)
    test_inputs: Tensor  # (length - n_train, tau)
    test_targets: Tensor  # (length - n_train,)


def split_in_time(series: Tensor, tau: int, n_train: int = 600) -> Split:
    """One series, one split: targets before position `n_train` train, the others test.

    The first test windows reach back into the training values, which are by then the known past.
    Raises ValueError unless tau < n_train < length.
    """
    inputs, targets = windows(series, tau)
    n_train = whole("n_train", n_train)
    if not tau < n_train < len(series):
        allowed = f"{tau + 1} to {len(series) - 1} for tau {tau} and {len(series)} values"
        raise ValueError(f"n_train is {n_train}; allowed: {allowed}")
    cut = n_train - int(tau)
    return Split(inputs[:cut], targets[:cut], inputs[cut:], targets[cut:])


def standardise(series: Tensor, n_train: int) -> Tensor:
    """`series` in units of its first `n_train` values, float32: their mean becomes 0, their spread 1.

    Only the training part is measured: the test must not leak into what the network is given. It accepts what
    `as_series` accepts, and centres before it rounds. Raises ValueError for what `as_series` refuses, unless
    2 <= n_train <= length, if those first values are all the same, or if others lie more than 1e15 spreads away.
    """
    exact, n_train = exact_series(series), whole("n_train", n_train)
    if not 2 <= n_train <= len(exact):
        raise ValueError(f"n_train is {n_train}; allowed: 2 to {len(exact)} for a series of {len(exact)} values")
    exact = exact - exact[:n_train].mean()
    size = exact[:n_train].abs().max()  # divide first: squaring a huge or tiny number overflows or underflows
    spread = size * (exact[:n_train] / size).std()
    if (exact[:n_train] == exact[0]).all():
        raise _unfit(f"does not change in its first {n_train} values", "a training part that varies")
    scaled = exact / spread
    if not scaled.abs().max() <= LARGEST:
        times = f"{scaled.abs().max():.0e}"
        raise _unfit(f"reaches {times} times the spread of its first {n_train} values", f"{LARGEST:g}")
    return scaled.float().to(series.device if isinstance(series, Tensor) else "cpu")
