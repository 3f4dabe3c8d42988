"""Which cell remembers longest, in equal time and with equal parameters? Claim: README, "Measured". About 8 minutes.

Every cell has about 4,900 weights and SECONDS of training. It is timed first to turn these into steps: a slow cell gets
fewer. The tasks: recall at four lags (guessing: 25 %); latest, 10 marks in 30 steps; and latest followed by a lag of
50. Every cell has the learning rate that suited it best when we tried 0.001 to 0.03. Five seeds; cells take turns.
Prints a table of medians, and one JSON line last.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import nn
from tqdm import tqdm

from rnnlab.cells import RNNLayer
from rnnlab.data.recall import CHANNELS, SYMBOLS, latest, recall
from rnnlab.networks import Reader, build, remember
from rnnlab.train import train

SECONDS, SEEDS, BATCH = 2.0, range(5), 32
TASKS = {
    **{f"lag_{lag}": partial(recall, lag=lag) for lag in (20, 50, 100, 200)},
    "latest": partial(latest, marked=10, window=30),
    "latest_then_lag_50": partial(latest, marked=10, window=30, lag=50),
}


def begin(start: Callable) -> Callable:
    """A function that gives an RNNLayer a W_hh as `start` draws it, and biases of 0."""

    def set_start(rnn: RNNLayer) -> None:
        start(rnn.W_hh)
        nn.init.zeros_(rnn.b_h)

    return set_start


CELLS = {  # key in networks.CELLS, units, how it begins, learning rate for recall and for latest
    "RNN, PyTorch's start": ("tanh", 64, lambda rnn: None, 0.003, 0.003),
    "RNN, orthogonal": ("tanh", 64, begin(nn.init.orthogonal_), 0.003, 0.003),
    "ReLU RNN, identity": ("relu", 64, begin(nn.init.eye_), 0.003, 0.01),
    "LSTM, PyTorch's start": ("lstm", 32, lambda rnn: None, 0.01, 0.01),
    "LSTM, biases 6 and -5": ("lstm", 32, lambda rnn: remember(rnn, 6, -5), 0.03, 0.03),
    "GRU, PyTorch's start": ("gru", 37, lambda rnn: None, 0.01, 0.01),
    "GRU, bias 5": ("gru", 37, lambda rnn: remember(rnn, 5), 0.02, 0.03),
}


def steps_of(cell: str, task: str, steps: int, seed: int) -> tuple[float, float]:
    """The seconds that a training of so many steps takes, and the accuracy on 500 other sequences."""
    name, n, start, *rates = CELLS[cell]
    x, y = TASKS[task](BATCH * steps, seed=seed)
    torch.manual_seed(seed)  # nn.init.orthogonal_ draws from it
    model = build(lambda: Reader(name, n, input_size=CHANNELS, classes=SYMBOLS), seed=seed)
    start(model.rnn)
    arguments = {"epochs": 1, "batch_size": BATCH, "lr": rates[task.startswith("latest")], "clip": 1.0, "seed": seed}
    began = time.perf_counter()
    for _ in train(model, x, y, loss=nn.functional.cross_entropy, **arguments):
        pass
    seconds = time.perf_counter() - began
    x, y = TASKS[task](500, seed=1000)
    with torch.no_grad():
        return seconds, (model(x).argmax(1) == y).float().mean().item()


def main() -> None:
    torch.set_num_threads(1)
    for name, n, *_ in CELLS.values():
        weights = sum(weight.numel() for weight in Reader(name, n, input_size=CHANNELS, classes=SYMBOLS).parameters())
        assert 4500 < weights < 5300, (name, weights)
    figures, rows = {}, []
    turns = tqdm(total=len(TASKS) * len(SEEDS) * len(CELLS), file=sys.stderr)
    for task in TASKS:
        speed = {cell: statistics.median(steps_of(cell, task, 20, seed)[0] for seed in SEEDS) / 20 for cell in CELLS}
        steps = {cell: max(20, round(SECONDS / speed[cell])) for cell in CELLS}
        runs = {cell: [] for cell in CELLS}
        for seed in SEEDS:
            for cell in CELLS:
                runs[cell].append(steps_of(cell, task, steps[cell], seed))
                turns.update()
        for cell, found in runs.items():
            seconds, reached = zip(*found, strict=True)
            figures.setdefault(cell, {})[task] = round(statistics.median(reached), 3)
            spread = f"{min(reached):.2f} to {max(reached):.2f}"
            rows.append(
                f"{task:18} {cell:22} {figures[cell][task]:.2f} ({spread})"
                f" in {statistics.median(seconds):.1f} s, {steps[cell]} steps"
            )
    turns.close()
    print(*rows, sep="\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
