"""Sequences as tensors: the noisy sine, windows over any series, one split in time."""

from typing import NamedTuple

import torch
from torch import Tensor

LARGEST = 1e15  # a float32 holds its square, too


def noisy_sine(length: int = 1000, noise: float = 0.2, *, seed: int = 0) -> Tensor:
    """The article's series x_i = sin(0.01 i) + noise * N(0, 1), shape (length,), float32.

    `noise` is the standard deviation, 0 or more; 0 gives the clean sine. One `seed` draws the same
    standard normal numbers whatever `noise` is, so a series changes smoothly as noise grows.
    The draw never touches torch's global generator. Raises ValueError for bad arguments.
    """
    if length < 2:
        raise ValueError(f"length is {length}; allowed: 2 or more values")
    if not 0 <= noise <= LARGEST:
        raise ValueError(f"noise is {noise}; allowed: a finite standard deviation, 0 or more, {LARGEST:g} at most")
    generator = torch.Generator().manual_seed(seed)
    return torch.sin(0.01 * torch.arange(length)) + noise * torch.randn(length, generator=generator)


def as_series(values) -> Tensor:
    """Any 1-D run of numbers (list, array, tensor) as a float32 tensor of shape (length,).

    Raises ValueError, naming the first offending position, for text, gaps (NaN), infinities, a
    shape that is not 1-D, fewer than 2 values, or a series that never changes.
    """
    try:
        series = torch.as_tensor(values).detach().to("cpu", torch.float32)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"series holds something that is not a number ({error}); allowed: a 1-D run of numbers"
        ) from None
    if series.ndim != 1:
        raise ValueError(
            f"series has shape {tuple(series.shape)}; allowed: one dimension, such as one column of a table"
        )
    if len(series) < 2:
        raise ValueError(f"series has {len(series)} value(s); allowed: 2 or more")
    gaps = (~series.isfinite()).nonzero().flatten()
    if len(gaps):
        raise ValueError(
            f"series has {len(gaps)} gap(s) or infinite value(s), the first at position {int(gaps[0])}; allowed: finite numbers, so fill or cut them"
        )
    if (series == series[0]).all():
        raise ValueError(f"series is {float(series[0])} at every position; allowed: a series that changes")
    return series


def windows(series: Tensor, tau: int) -> tuple[Tensor, Tensor]:
    """Each `tau` consecutive values, and the value that follows them.

    series (length,) -> inputs (length - tau, tau), targets (length - tau,):
    inputs[i] = series[i : i + tau] and targets[i] = series[i + tau].
    Raises ValueError unless 1 <= tau < length.
    """
    if series.ndim != 1:
        raise ValueError(f"series has shape {tuple(series.shape)}; allowed: one dimension")
    if not 1 <= tau < len(series):
        raise ValueError(f"tau is {tau}; allowed: 1 to {len(series) - 1} for a series of {len(series)} values")
    return series.unfold(0, tau, 1)[:-1], series[tau:]


class Split(NamedTuple):
    """Windows parted by the time of their target: the past trains, the future tests."""

    train_inputs: Tensor  # (n_train - tau, tau)
    train_targets: Tensor  # (n_train - tau,)
    test_inputs: Tensor  # (length - n_train, tau)
    test_targets: Tensor  # (length - n_train,)


def split_in_time(series: Tensor, tau: int, n_train: int = 600) -> Split:
    """One series, one split: targets before position `n_train` train, the others test.

    The first test windows reach back into the training values: at that time they are the known past.
    Raises ValueError unless tau < n_train < length.
    """
    inputs, targets = windows(series, tau)
    if not tau < n_train < len(series):
        raise ValueError(
            f"n_train is {n_train}; allowed: {tau + 1} to {len(series) - 1} for tau {tau} and {len(series)} values"
        )
    cut = n_train - tau
    return Split(inputs[:cut], targets[:cut], inputs[cut:], targets[cut:])


def standardise(series: Tensor, n_train: int) -> Tensor:
    """`series` in units of its first `n_train` values: their mean becomes 0, their spread 1.

    Only the training part is measured: the test must not leak into what the network is given. Raises ValueError
    unless 2 <= n_train <= length, when those values are all the same, and when others lie more than 1e15 spreads away.
    """
    if not 2 <= n_train <= len(series):
        raise ValueError(f"n_train is {n_train}; allowed: 2 to {len(series)} for a series of {len(series)} values")
    past = series[:n_train].double()  # the square of a large or a tiny float32 is none
    if past.std() == 0:
        raise ValueError(f"series does not change in its first {n_train} values; allowed: a training part that varies")
    scaled = (series.double() - past.mean()) / past.std()
    if scaled.abs().max() > LARGEST:
        raise ValueError(
            f"series goes {scaled.abs().max():.0e} times as far as it varies in its first {n_train} values; allowed: {LARGEST:g}"
        )
    return scaled.to(series.dtype)
