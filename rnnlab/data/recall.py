"""Two memory tasks: hold the one symbol seen (`recall`); hold the latest marked symbol, and no other (`latest`)."""

import torch
from torch import Tensor

from rnnlab.messages import at_least_one

SYMBOLS = 4
KIND = {"dtype": torch.float32, "device": "cpu"}  # whatever default a reader has set
CHANNELS = SYMBOLS + 1  # the symbols, one-hot; recall's noise, or latest's mark


def recall(n: int, lag: int, *, noise: float = 0.5, seed: int = 0) -> tuple[Tensor, Tensor]:
    """n sequences (n, lag + 1, CHANNELS) and the symbol each begins with, (n,).

    The symbol appears at the first step only; at each of the `lag` steps after it the last channel holds Gaussian noise
    of standard deviation `noise`. The answer is due at the last step. Guessing is right one time in SYMBOLS. Raises
    ValueError for an n or a lag below 1, or a noise that is negative or above 1e15.
    """
    at_least_one(n=n, lag=lag)
    if not 0 <= noise <= 1e15:  # its square still fits a float32
        raise ValueError(f"noise is {noise}; allowed: 0 to 1e15")
    generator = torch.Generator().manual_seed(seed)
    symbol = torch.randint(SYMBOLS, (n,), generator=generator, device="cpu")
    x = torch.zeros(n, lag + 1, CHANNELS, **KIND)
    x[torch.arange(n, device="cpu"), 0, symbol] = 1.0
    x[:, 1:, SYMBOLS] = noise * torch.randn(n, lag, generator=generator, **KIND)
    return x, symbol


def latest(n: int, *, marked: int = 4, window: int = 10, lag: int = 4, seed: int = 0) -> tuple[Tensor, Tensor]:
    """n sequences (n, window + lag, CHANNELS) of random symbols, and the one marked last in each, (n,).

    Of the first `window` steps, `marked` steps carry a 1 in the last channel; `lag` unmarked steps follow. Raises
    ValueError unless n is 1 or more, marked is 1 to window, and lag is 0 or more.
    """
    at_least_one(n=n)
    if lag < 0:
        raise ValueError(f"lag is {lag}; allowed: 0 or more")
    if not 1 <= marked <= window:
        raise ValueError(f"marked is {marked}; allowed: 1 to {window}, the window")
    generator = torch.Generator().manual_seed(seed)
    symbols = torch.randint(SYMBOLS, (n, window + lag), generator=generator, device="cpu")
    places = torch.rand(n, window, generator=generator, **KIND).argsort(1)[:, :marked]
    mark = torch.zeros(n, window + lag, **KIND).scatter(1, places, 1.0)
    x = torch.cat([torch.nn.functional.one_hot(symbols, SYMBOLS).float(), mark.unsqueeze(-1)], -1)
    return x, symbols.gather(1, places.max(1, keepdim=True).values)[:, 0]
