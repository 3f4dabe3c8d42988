"""One symbol, then noise, then the question which it was: how long can a state hold what it has seen?"""

import torch
from torch import Tensor

SYMBOLS = 4
CHANNELS = SYMBOLS + 1  # the symbols, one-hot, and the noise


def recall(n: int, lag: int, *, noise: float = 0.5, seed: int = 0) -> tuple[Tensor, Tensor]:
    """n sequences (n, lag + 1, CHANNELS) and the symbol each begins with, (n,).

    The symbol stands at the first step only; at each of the `lag` steps after it the last channel holds Gaussian noise
    of standard deviation `noise`. The answer is due at the last step. Guessing is right once in SYMBOLS. Raises ValueError
    for a lag below 1 or a negative noise.
    """
    if lag < 1:
        raise ValueError(f"lag is {lag}; allowed: 1 or more")
    if not noise >= 0:
        raise ValueError(f"noise is {noise}; allowed: 0 or more")
    generator = torch.Generator().manual_seed(seed)
    symbol = torch.randint(SYMBOLS, (n,), generator=generator)
    x = torch.zeros(n, lag + 1, CHANNELS)
    x[torch.arange(n), 0, symbol] = 1.0
    x[:, 1:, SYMBOLS] = noise * torch.randn(n, lag, generator=generator)
    return x, symbol
