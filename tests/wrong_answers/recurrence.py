"""Wrong answers to chapter 1, each with what its check must say of it."""

import numpy as np
import torch

from rnnlab.check import recurrence as check


def neuron(step):
    def answer(xs, w, w_h, b):
        hs, h = [], 0.0
        for x in xs:
            h = step(x, h, w, w_h, b)
            hs.append(h)
        return hs

    return answer


def batch_loop(step, dim=1):
    def answer(x, W_xh, W_hh, b_h):
        h, out = x.new_zeros(len(x), len(b_h)), []
        for t in range(x.shape[1]):
            h = step(x[:, t], h, W_xh, W_hh, b_h)
            out.append(h)
        return torch.stack(out, dim=dim)

    return answer


def right_step(x, h, W_xh, W_hh, b_h):
    return torch.tanh(x @ W_xh.T + h @ W_hh.T + b_h)


def ends(layer, pieces):
    return [layer(piece)[0][:, -1] for piece in pieces]


def keeps_its_state(xs, w, w_h, b, kept=[0.0]):  # noqa: B006  (the mistake)
    hs = []
    for x in xs:
        kept[0] = np.tanh(w * x + w_h * kept[0] + b)
        hs.append(kept[0])
    return hs


def keeps_its_list(xs, w, w_h, b, hs=[]):  # noqa: B006
    h = 0.0
    for x in xs:
        h = np.tanh(w * x + w_h * h + b)
        hs.append(h)
    return hs


FIRST = torch.tensor([[1.0], [0.0], [0.0]])
SHIFT = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])

WRONG = [
    (check.neuron, lambda xs, w, w_h, b: [np.tanh(w * x + b) for x in xs], "w_h . h is missing"),
    (check.neuron, neuron(lambda x, h, w, w_h, b: np.tanh(w_h * x + w * h + b)), "swapped"),
    (check.neuron, neuron(lambda x, h, w, w_h, b: np.tanh(w * x + b) + w_h * h), "outside tanh"),
    (check.neuron, neuron(lambda x, h, w, w_h, b: 1 / (1 + np.exp(-(w * x + w_h * h + b)))), "the sigmoid"),
    (check.neuron, neuron(lambda x, h, w, w_h, b: w * x + w_h * h + b), "nothing bends"),
    (check.neuron, lambda xs, w, w_h, b: np.tanh(w * xs[-1] + b), "a list of numbers is wanted"),
    (check.neuron, lambda xs, w, w_h, b: xs[1:], "return them all"),
    (check.neuron, lambda xs, w, w_h, b: None, "a return is missing"),
    (check.neuron, neuron(lambda x, h, w, w_h, b: np.tanh(w * x + w_h * h)), "yours is 0.66"),
    (check.neuron, keeps_its_state, "a call remembers the calls before it"),
    (check.neuron, keeps_its_list, "a call remembers the calls before it"),
    (check.neuron, lambda xs, w, w_h, b: {"h": xs}, "what you return is a dict of length 1; numbers are wanted"),
    (check.switch, {"w": 8, "w_h": 1, "b": -4}, "it forgets"),
    (check.switch, {"w": 2, "w_h": 8, "b": -4}, "too small"),
    (check.switch, {"w": 8, "w_h": 8, "b": 0}, "does not stay off"),
    (check.switch, {"w": -8, "w_h": 8, "b": -4}, "the wrong sign"),
    (check.switch, {"w": 8, "w_h": 8}, "a dict with the keys w, w_h and b"),
    (check.batch_loop, lambda x, W_xh, W_hh, b_h: torch.tanh(x @ W_xh.T + b_h), "W_hh are missing"),
    (
        check.batch_loop,
        batch_loop(lambda x, h, W_xh, W_hh, b_h: torch.tanh(x @ W_xh.T + h @ W_hh + b_h)),
        "wrong way round",
    ),
    (check.batch_loop, batch_loop(lambda x, h, W_xh, W_hh, b_h: torch.tanh(x @ W_xh.T + h @ W_hh.T)), "b_h is missing"),
    (check.batch_loop, batch_loop(right_step, dim=0), "stack along dim=1"),
    (check.batch_loop, lambda *a: batch_loop(right_step)(*a)[:, -1], "is one state"),
    (
        check.batch_loop,
        batch_loop(lambda x, h, *w: torch.relu(right_step(x, h, *w))),
        "parts from nn.RNN at time step 1",
    ),
    (check.batch_loop, lambda *a: None, "is None"),
    (check.delay_line, lambda: (FIRST, SHIFT.T), "transposed"),
    (check.delay_line, lambda: (FIRST.flip(0), SHIFT.T), "from unit 3 to unit 1"),
    (check.delay_line, lambda: (FIRST * 0, SHIFT), "takes the input"),
    (
        check.delay_line,
        lambda: (FIRST, torch.ones(3, 3).tril(-1)),
        r"after reading 3, -1 the state should be \(-1, 3, 0\); it is \(-1, 3, 3\)",
    ),
    (check.delay_line, lambda: (FIRST, torch.eye(3)), "unit 1 should hold -1"),
    (
        check.delay_line,
        lambda: (FIRST, torch.tensor([[0, 0, 1], [1, 0, 0], [0, 1, 0]])),
        "after reading 3, -1, 4, 2 unit 1 should hold 2; it holds 5",
    ),
    (check.delay_line, lambda: (FIRST.T, SHIFT), r"shape \(1, 3\)"),
    (check.delay_line, lambda: None, "the stub is still there"),
    (check.reader, lambda layer, pieces: ends(layer, pieces)[-1], "what came before it is lost"),
    (check.reader, lambda layer, pieces: ends(layer, pieces)[0], "after the first piece"),
    (check.reader, lambda layer, pieces: sum(ends(layer, pieces)), "put together"),
    (check.reader, lambda layer, pieces: layer(torch.cat(pieces[::-1], 1))[0][:, -1], "which state"),
    (check.reader, lambda layer, pieces: layer(torch.cat(pieces, 1))[0][:, -1], "the pieces were joined"),
    (check.reader, lambda layer, pieces: layer(torch.cat(pieces, 1))[0], r"wanted \(4, 3\)"),
]
