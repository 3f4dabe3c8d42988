"""Checks of chapter 1, forward recurrence."""

import math
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn

from rnnlab.check.answers import as_number, as_row, close, draws, first_wrong, layer, settle, want_tensor, want_two
from rnnlab.check.verdict import NotYet, describe, exercise, progress_of, refuse

progress = partial(progress_of, __name__)


@exercise(
    "the sum inside tanh needs the state of the step before.",
    "keep the state in a variable that outlives a turn of the loop: h = 0.0 before it, h on both sides of the = in it.",
    "h = np.tanh(w * x + w_h * h + b), with h = 0.0 before the loop.",
)
def neuron(answer: Any) -> str:
    """`answer(xs, w, w_h, b)` -> every state of h_t = tanh(w x_t + w_h h_{t-1} + b), h_0 = 0."""
    xs, w, w_h, b = [1.0, 0.0, -0.5, 2.0], 0.8, -0.6, 0.3

    def states(step: Callable[[float, float], float]) -> Tensor:
        return torch.tensor([*accumulate(xs, step, initial=0.0)][1:])

    given, _, again = (as_row(answer(inputs, w, w_h, b)) for inputs in (xs, xs[::-1], xs))
    if not close(again, given):
        begin = "begin each one with h = 0 and an empty list, in the function"
        raise NotYet(f"a call remembers the calls before it: {begin}")
    refuse(len(given) != len(xs), f"for {len(xs)} inputs there are {len(xs)} states; return them all, as a list")
    steps = {
        "every state depends on its own input alone: the term w_h * h is missing": lambda h, x: math.tanh(w * x + b),
        "w and w_h are swapped: w weighs the input, w_h the state": lambda h, x: math.tanh(w_h * x + w * h + b),
        "w_h * h stands outside tanh; it belongs in the sum": lambda h, x: math.tanh(w * x + b) + w_h * h,
        "that is the sigmoid; this neuron bends with np.tanh": lambda h, x: _sigmoid(w * x + w_h * h + b),
        "the sum is right, but nothing bends it: np.tanh is missing": lambda h, x: w * x + w_h * h + b,
    }
    wanted = states(lambda h, x: math.tanh(w * x + w_h * h + b))
    t = first_wrong(given, wanted)
    off = f"for w 0.8, w_h -0.6, b 0.3 and x {xs} state {t + 1} is {wanted[t]:.2f}; yours is {given[t]:.2f}"
    settle(given, wanted, off, {message: states(step) for message, step in steps.items()})
    return "the neuron reads its own last output."


def _sigmoid(a: float) -> float:
    return 1 / (1 + math.exp(-max(-700.0, a)))  # below that exp overflows


@exercise(
    "try it in neuron_lab(nonlinearity='sigmoid'): when does the cobweb show three fixed points?",
    "to hold two levels w_h must be well above 4; b = -w_h / 2 puts them evenly about the diagonal.",
    "with w_h = 6 and b = -3, which w carries the sum across the middle?",
)
def switch(answer: Any) -> str:
    """`answer`: w, w_h and b of a sigmoid neuron that +1 switches on, -1 switches off, and silence leaves alone."""
    if not isinstance(answer, dict) or not {"w", "w_h", "b"} <= answer.keys():
        raise NotYet(f"a dict with the keys w, w_h and b is wanted; you gave {describe(answer)}")
    w, w_h, b = (float(as_number(answer[name], name)) for name in ("w", "w_h", "b"))
    h = 0.0
    for x, wanted in ((0, 0), (1, 1), (0, 1), (1, 1), (-1, 0), (0, 0), (-1, 0), (1, 1)):
        for step in range(1 if x else 30):
            before, h = h, _sigmoid(w * x + w_h * h + b)
            if (h > 0.9) if wanted else (h < 0.1):
                continue
            if x:
                aim = f"an input of {x:+} should bring the state {'above 0.9' if wanted else 'below 0.1'}"
                why = "w is too small against w_h and b, or has the wrong sign"
                raise NotYet(f"{aim}; from {before:.2f} it goes to {h:.2f}: {why}")
            fault = "switched on, it forgets" if wanted else "switched off, it does not stay off"
            raise NotYet(f"{fault}: after {step + 1} silent step(s) the state is {h:.2f}")
    return "on, off, and in between it remembers."


@exercise(
    "loop over x.shape[1], the time steps; x[:, t] is one step of all samples.",
    "a sample is a row, so the matrix stands on its right, transposed: h @ W_hh.T.",
    "h = torch.tanh(x[:, t] @ W_xh.T + h @ W_hh.T + b_h); collect them and return torch.stack(out, dim=1).",
)
def batch_loop(answer: Any) -> str:
    """`answer(x (batch, T, input_size), W_xh, W_hh, b_h)` -> every state, (batch, T, hidden_size), as nn.RNN's."""
    rnn, (x,) = layer(nn.RNN, 3, 4).requires_grad_(False), draws((2, 5, 3))
    W_xh, W_hh, b_xh, b_hh = rnn.all_weights[0]
    b_h = b_xh + b_hh
    shapes = {
        (5, 2, 4): "(T, batch, hidden_size): time and batch are swapped; stack along dim=1",
        (2, 4): "(batch, hidden_size) is one state; return those of all time steps",
    }
    given = want_tensor(answer(x, W_xh, W_hh, b_h), (2, 5, 4), "the output", shapes)
    mistakes = {
        "every step depends on its own input alone: h_{t-1} and W_hh are missing": torch.tanh(x @ W_xh.T + b_h),
        "W_hh is used the wrong way round: for rows it is h @ W_hh.T": _loop(x, W_xh, W_hh.T, b_h),
        "b_h is missing": _loop(x, W_xh, W_hh, torch.zeros(4)),
    }
    out, _ = rnn(x)
    t = first_wrong(given.transpose(0, 1), out.transpose(0, 1))
    settle(given, out, f"it parts from nn.RNN at time step {t + 1}", mistakes)
    return "your loop gives what nn.RNN gives."


def _loop(x: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    h, out = x.new_zeros(len(x), len(b_h)), []
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)
        out.append(h)
    return torch.stack(out, 1)


@exercise(
    "row i of W_hh says what unit i takes from the units of the step before.",
    "unit 1 takes only the input; unit 2 takes unit 1's last value, unit 3 takes unit 2's.",
    "W_hh has two ones, just below its diagonal.",
)
def delay_line(answer: Any) -> str:
    """`answer()` -> W_xh (3, 1), W_hh (3, 3) with which a linear layer's state is (x_t, x_{t-1}, x_{t-2})."""
    W_xh, W_hh = want_two(answer(), "W_xh and W_hh")
    W_xh, W_hh = want_tensor(W_xh, (3, 1), "W_xh").double(), want_tensor(W_hh, (3, 3), "W_hh").double()
    x = torch.tensor([3, -1, 4, 2, 0]).double()
    states = torch.stack([*accumulate(x, lambda h, x_t: W_xh[:, 0] * x_t + W_hh @ h, initial=x.new_zeros(3))][1:])
    wanted = torch.stack([torch.cat([x.new_zeros(lag), x[: 5 - lag]]) for lag in range(3)], dim=1)
    refuse(not states.any(), "the state stays 0: no unit takes the input")
    if close(states.flip(1), wanted):
        raise NotYet("the values move, but from unit 3 to unit 1: x_t must stand in unit 1")
    if close(states[:, 0], wanted[:, 0]) and not states[:, 1:].any():
        raise NotYet("nothing arrives in units 2 and 3: is W_hh transposed? Row i is what unit i takes")
    t = first_wrong(states, wanted)
    mine, right = states[t], wanted[t]
    story = f"after reading {', '.join(f'{x_t:g}' for x_t in x[: t + 1])} "
    if not close(mine[0], right[0]):
        raise NotYet(f"{story}unit 1 should hold {right[0]:g}; it holds {mine[0]:g}")
    settle(states, wanted, f"{story}the state should be {_row(right)}; it is {_row(mine)}")
    return "three units, three steps of memory."


def _row(state: Tensor) -> str:
    return f"({', '.join(f'{h:g}' for h in state)})"


@exercise(
    "layer(piece, h) starts from the state h instead of from zeros.",
    "layer returns (out, h_T); h_T is what the next piece should start from.",
    "h = None before the loop; out, h = layer(piece, h) in it.",
)
def reader(answer: Any) -> str:
    """`answer(layer, pieces)` -> (batch, hidden_size), the last state of an nn.RNN over the pieces read as one."""
    rnn, (x,), lengths = layer(nn.RNN, 2, 3).requires_grad_(False), draws((4, 9, 2)), []
    pieces = [x[:, :2], x[:, 2:7], x[:, 7:]]
    wanted, ends = rnn(x)[0][:, -1], [rnn(piece)[0][:, -1] for piece in pieces]
    # A packed sequence has no shape; a hook that fell over it would blame the reader.
    rnn.register_forward_hook(lambda *call: lengths.append(getattr(call[-1][0], "shape", (0, 0))[-2]))
    mixed = "each piece was read from zeros and the ends put together: a state is handed on, not added"
    mistakes = {
        "that is the last piece read from zeros: what came before it is lost": ends[-1],
        "that is the state after the first piece": ends[0],
        mixed: (sum(ends), sum(ends) / 3),
    }
    otherwise = "that is not where the joined sequence ends: which state does each piece start from?"
    settle(answer(rnn, pieces), wanted, otherwise, mistakes, "the last state")
    if max(lengths, default=0) > 5:
        raise NotYet("the state is right, but the pieces were joined: read them one by one, and hand the state on")
    return "the state is all it takes to go on."
