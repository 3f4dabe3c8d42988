"""How fast is BPTT by hand? Claim: README, "Measured". Run: `make bench`, or `python benchmarks/bptt.py`.

A training step (forward, cross-entropy, backward, one fused Adam update) of a reader of MNIST-shaped sequences, T 28,
input 28, hidden 64, ten classes: with `RNNLayer`, with nn.RNN, and the bare matmuls of that step, which nothing can
beat. Then the gated cell: a step of the memory lab's reader, 5 inputs and 32 units, batch 32, over a lag of 50 and of
200, with `GRULayer` and with nn.GRU. In every round they take turns of a few steps, on one thread, as the book trains.
nn.RNN returns its last state as h_n, ours as h_T. Figures are medians over rounds of the ratio within a round. Prints
one JSON line last.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import nn
from tqdm import trange

from rnnlab.cells import GRULayer, RNNLayer

T, INPUT_SIZE, HIDDEN_SIZE, CLASSES = 28, 28, 64, 10
LAGS, RECALL_INPUTS, RECALL_UNITS, RECALL_BATCH = (50, 200), 5, 32, 32
ROUNDS, STEPS = 60, 4


class Reader(nn.Module):
    """A recurrent layer, and W_hq on its last state."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer, self.W_hq = layer, nn.Linear(layer.hidden_size, CLASSES)

    def forward(self, x):
        _, last = self.layer(x)
        return self.W_hq(last.view(len(x), -1))


def training_step(model, x, y):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)

    def step():
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def bare_matmuls(batch: int):
    """The step's matmuls and nothing else, each in its fastest orientation and into an existing buffer."""
    x, d = torch.randn(T * batch, INPUT_SIZE), torch.randn(T, batch, HIDDEN_SIZE)
    h, a = torch.randn(T, batch, HIDDEN_SIZE), torch.empty(T * batch, HIDDEN_SIZE)
    W_xh, W_hh, W_hq = (torch.randn(n, HIDDEN_SIZE) for n in (INPUT_SIZE, HIDDEN_SIZE, CLASSES))
    one, q = torch.empty(batch, HIDDEN_SIZE), torch.empty(batch, CLASSES)
    gradients = [torch.empty_like(W) for W in (W_xh, W_hh, W_hq)]

    def step():
        torch.mm(x, W_xh, out=a)
        for t in range(T):
            torch.mm(h[t], W_hh.T, out=one)
        torch.mm(h[-1], W_hq.T, out=q)
        torch.mm(q, W_hq, out=one)
        for t in range(1, T):
            torch.mm(d[t], W_hh, out=one)
        torch.mm(x.T, d.flatten(0, 1), out=gradients[0])
        torch.mm(h.flatten(0, 1).T, d.flatten(0, 1), out=gradients[1])
        torch.mm(q.T, h[-1], out=gradients[2])

    return step


def pair() -> tuple[Reader, Reader]:
    """The same network twice: on our layer, and on nn.RNN."""
    ours, theirs = Reader(RNNLayer(INPUT_SIZE, HIDDEN_SIZE)), Reader(nn.RNN(INPUT_SIZE, HIDDEN_SIZE, batch_first=True))
    with torch.no_grad():
        theirs.layer.weight_ih_l0.copy_(ours.layer.W_xh)
        theirs.layer.weight_hh_l0.copy_(ours.layer.W_hh)
        theirs.layer.bias_ih_l0.copy_(ours.layer.b_h)
        theirs.layer.bias_hh_l0.zero_()
    theirs.W_hq.load_state_dict(ours.W_hq.state_dict())
    return ours, theirs


def gated_pair() -> tuple[Reader, Reader]:
    """The same, with a GRU."""
    ours, theirs = (
        Reader(layer)
        for layer in (GRULayer(RECALL_INPUTS, RECALL_UNITS), nn.GRU(RECALL_INPUTS, RECALL_UNITS, batch_first=True))
    )
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def turns(steps: list[Callable], name: str) -> list[list[float]]:
    """ROUNDS times the seconds that each of `steps` took for STEPS of them."""
    rounds = []
    for number in trange(-5, ROUNDS, desc=name, file=sys.stderr):  # the first five warm all of them up
        seconds = []
        for step in steps:
            began = time.perf_counter()
            for _ in range(STEPS):
                step()
            seconds.append(time.perf_counter() - began)
        if number >= 0:
            rounds.append(seconds)
    return rounds


def gradient_error(x, y) -> float:
    """The largest difference from nn.RNN's float32 gradients, as a share of each gradient's norm."""
    ours, theirs = pair()
    for model in (ours, theirs):
        nn.functional.cross_entropy(model(x), y).backward()
    names = (("W_xh", "weight_ih_l0"), ("W_hh", "weight_hh_l0"), ("b_h", "bias_ih_l0"))
    grads = [(getattr(ours.layer, a).grad, getattr(theirs.layer, b).grad) for a, b in names]
    return max(float((a - b).norm() / b.norm()) for a, b in grads)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    figures, errors = {}, []
    for batch in (32, 128, 512):
        x, y = torch.randn(batch, T, INPUT_SIZE), torch.randint(CLASSES, (batch,))
        errors.append(gradient_error(x, y))
        ours, theirs = pair()
        steps = [training_step(ours, x, y), training_step(theirs, x, y), bare_matmuls(batch)]
        rounds = turns(steps, f"batch {batch}")
        figures[f"speedup_{batch}"] = statistics.median(b / a for a, b, _ in rounds)
        figures[f"times_bare_matmul_{batch}"] = statistics.median(a / c for a, _, c in rounds)
        figures[f"ours_ms_{batch}"] = 1000 / STEPS * statistics.median(a for a, _, _ in rounds)
    for lag in LAGS:
        x, y = torch.randn(RECALL_BATCH, lag + 1, RECALL_INPUTS), torch.randint(CLASSES, (RECALL_BATCH,))
        rounds = turns([training_step(model, x, y) for model in gated_pair()], f"GRU, lag {lag}")
        figures[f"gru_speedup_lag_{lag}"] = statistics.median(b / a for a, b in rounds)
        figures[f"gru_ours_ms_lag_{lag}"] = 1000 / STEPS * statistics.median(a for a, _ in rounds)
    figures = {name: round(value, 3) for name, value in figures.items()} | {
        "max_grad_error": float(f"{max(errors):.1e}")
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
