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
    "at step t the loop needs two old states: the one before, and the one before that.",
    "keep both in variables, and move both on at the end of each turn of the loop: which of the two moves first?",
    "h, before = np.tanh(w * x + w_h * before + b), h; with h, before = 0.0, 0.0 ahead of the loop.",
)
def two_back(answer: Any) -> str:
    """`answer(xs, w, w_h, b)` -> every state of h_t = tanh(w x_t + w_h h_{t-2} + b), with h_0 = h_{-1} = 0."""
    xs, w, w_h, b = [1.0, 0.0, -0.5, 2.0, 0.5, -1.0], 0.8, -0.6, 0.3

    def states(step: Callable[[float, float], float], lag: int = 2) -> Tensor:
        hs = [0.0] * lag
        for x in xs:
            hs.append(step(hs[-lag], x))
        return torch.tensor(hs[lag:], dtype=torch.float64, device="cpu")

    def right(h: float, x: float) -> float:
        return math.tanh(w * x + w_h * h + b)

    given, _, again = (as_row(answer(inputs, w, w_h, b)) for inputs in (xs, xs[::-1], xs))
    if not close(again, given):
        begin = "begin each one with states of 0 and an empty list, inside the function"
        raise NotYet(f"a call remembers the calls before it: {begin}")
    refuse(len(given) != len(xs), f"for {len(xs)} inputs there are {len(xs)} states; return them all, as a list")
    mistakes = {
        "that neuron reads h_{t-1}, the state one step back; h_{t-2} is needed": states(right, 1),
        "that neuron reads h_{t-3}: one step too far back": states(right, 3),
        "each state depends only on its own input: no earlier state is read": states(lambda h, x: right(0, x)),
        "w and w_h are swapped: w weighs the input, w_h the state": states(lambda h, x: math.tanh(w_h * x + w * h + b)),
        "w_h times the state stands outside tanh; it belongs in the sum": states(
            lambda h, x: math.tanh(w * x + b) + w_h * h
        ),
        "that is the sigmoid; this neuron uses np.tanh": states(lambda h, x: 1 / (1 + math.exp(-w * x - w_h * h - b))),
        "the sum is right, but np.tanh is missing": states(lambda h, x: w * x + w_h * h + b),
    }
    wanted = states(right)
    t = first_wrong(given, wanted)
    off = f"for w 0.8, w_h -0.6, b 0.3 and x {xs} state {t + 1} is {wanted[t]:.2f}; yours is {given[t]:.2f}"
    settle(given, wanted, off, mistakes)
    return "each state reads the one before last. Do odd and even steps ever meet? The solution says."


@exercise(
    "start in neuron_lab with b = 0: for which w_h are there two stable levels beyond -0.8 and 0.8?",
    "with w_h = 2 the lower level is -0.96: w_h h is -1.92. One +1 must leave the sum below 0, the next lift it above.",
    "w_h = 2, b = 0 and w = 1.5: one +1 leads from -0.96 to tanh(-0.41) = -0.39, a second to tanh(0.71) = 0.61.",
)
def switch(answer: Any) -> str:
    """`answer()` -> w, w_h and b of a tanh neuron that two equal pulses in a row switch, and a single one does not."""
    setting = answer()
    if not isinstance(setting, dict) or not {"w", "w_h", "b"} <= setting.keys():
        raise NotYet(f"return a dict with the keys w, w_h and b; you return {describe(setting)}")
    w, w_h, b = (float(as_number(setting[name], name)) for name in ("w", "w_h", "b"))
    refuse(not math.isfinite(w + w_h + b), "w, w_h and b must be finite numbers")
    h, is_on = 0.0, False
    story = [(-1, 2), (1, 1), (1, 1), (-1, 1), (1, 2), (1, 1), (-1, 1), (-1, 1), (1, 2), (-1, 2), (-1, 2)]
    for x, pulses in story:  # after the pulses come 20 silent steps
        run = [*accumulate([x] * pulses + [0] * 20, lambda h, x_t: math.tanh(w * x_t + w_h * h + b), initial=h)]
        h, was_on, is_on = run[-1], is_on, (x > 0 if pulses == 2 else is_on)
        if all(state > 0.8 if is_on else state < -0.8 for state in run[-2:]):
            continue
        wanted = "above 0.8" if is_on else "below -0.8"
        what = f"{'two inputs' if pulses == 2 else 'a single input'} of {x:+}"
        seen = f"after {what} and 20 silent steps the state should be {wanted}; it is {h:.2f}"
        swings = w_h < 0 and abs(run[-1] - run[-2]) > 0.1
        refuse(swings, f"{seen}, and still goes up and down at every step: what sign has w_h?")
        low, high = (_rest(level, w_h, b) for level in (-1.0, 1.0))
        only = f"there is only one resting level, {round((low + high) / 2, 2) + 0.0:.2f}, and a switch needs two"
        refuse(high - low < 0.05, f"{seen}: with w_h = {w_h:g} and b = {b:g} {only}")
        if (h > 0) == is_on:
            level = high if is_on else low
            slow = "it is on its way, but 20 steps are too few"
            raise NotYet(f"{seen}: {slow if abs(level) > 0.8 else f'that level is {level:.2f}, not far enough out'}")
        refuse(pulses == 1, f"{seen}: one pulse is already enough to switch it {'off' if was_on else 'on'}")
        raise NotYet(f"{seen}: w is {'negative' if w < 0 else 'too small, or b pulls the other way'}")
    return "one stray pulse is ignored, two in a row count, and silence changes nothing."


def _rest(h: float, w_h: float, b: float) -> float:
    """Where silence leads the state from `h`."""
    for _ in range(5000):
        h = math.tanh(w_h * h + b)
    return h


@exercise(
    "each sample needs its own decision at each step: which rows of x[:, t] hold anything but zeros?",
    "compute the usual new state for all; where a row is silent, keep h instead. torch.where(mask, new, h) chooses.",
    "the mask is awake = (x[:, t] != 0).any(dim=1, keepdim=True), a column; then h = torch.where(awake, new, h).",
)
def sleeper(answer: Any) -> str:
    """`answer(x (batch, T, input_size), W_xh, W_hh, b_h)` -> every state, (batch, T, hidden_size); silence skips."""
    rnn, (x,) = layer(nn.RNN, 2, 4).requires_grad_(False), draws((3, 6, 2))
    x[0, [0, 3, 4]] = x[1, [1, 4, 5]] = x[2, [3, 4]] = 0  # asleep
    x[1, 2, 0] = x[2, 1, 1] = 0  # one zero is no sleep
    x[0, 1] = torch.tensor([0.001, -0.002])  # nor is a small input
    x[1, 3] = torch.stack([x[1, 3, 0], -x[1, 3, 0]])  # nor is a sum of 0
    W_xh, W_hh, b_xh, b_hh = rnn.all_weights[0]
    weights = W_xh, W_hh, b_xh + b_hh
    shapes = {
        (6, 3, 4): "(T, batch, hidden_size): time and batch are swapped; stack along dim=1",
        (3, 4): "(batch, hidden_size) is one state; return those of all time steps",
    }
    given = want_tensor(answer(x, *weights), (3, 6, 4), "the output", shapes)
    awake = (x != 0).any(2, keepdim=True)
    wanted = _states(x, awake, *weights)
    blanked = torch.where(awake, wanted, 0), torch.where(awake, rnn(x)[0], 0)
    mistakes = {
        "silent steps still change the state: a sample should keep its state there": rnn(x)[0],
        "it sleeps only where the whole batch is silent; each sample decides for itself": _states(
            x, awake.any(0, keepdim=True).expand_as(awake), *weights
        ),
        "the whole batch sleeps as soon as one sample is silent; each sample decides for itself": _states(
            x, awake.all(0, keepdim=True).expand_as(awake), *weights
        ),
        "asleep, a sample keeps its state; yours goes to 0": (*blanked, _states(x, awake, *weights, kept=0)),
        "a step with one zero among its inputs is not silent: all of them must be 0": _states(
            x, (x != 0).all(2, keepdim=True), *weights
        ),
        "inputs that add up to 0 are not silent: all of them must be 0": _states(
            x, x.sum(2, keepdim=True) != 0, *weights
        ),
        "all time steps show the last state: h is changed in place, so append h.clone()": wanted[:, -1:] + 0 * wanted,
        "W_hh is used the wrong way round: for rows it is h @ W_hh.T": _states(x, awake, W_xh, W_hh.T, weights[2]),
        "b_h is missing": _states(x, awake, W_xh, W_hh, torch.zeros_like(b_hh)),
    }
    t = first_wrong(given.transpose(0, 1), wanted.transpose(0, 1))
    sample = first_wrong(given[:, t], wanted[:, t])
    doing = "awake" if awake[sample, t] else "asleep"
    otherwise = f"the first wrong state is sample {sample}'s at x[:, {t}], where it is {doing}"
    if awake[sample, t] and t and close(given[sample, t], given[sample, t - 1]):
        otherwise += f" (its inputs are {_row(x[sample, t])}), and you keep its state: only zeros are silent"
    settle(given, wanted, otherwise, mistakes)
    return "silence costs it no memory: the first step towards the gates of chapter 6."


def _states(x: Tensor, awake: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor, kept: float = 1) -> Tensor:
    h, out = x.new_zeros(len(x), len(b_h)), []
    for x_t, awake_t in zip(x.unbind(1), awake.unbind(1), strict=True):
        h = torch.where(awake_t, torch.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h), kept * h)
        out.append(h)
    return torch.stack(out, 1)


@exercise(
    "row i of W_hh says what unit i takes from each unit at the step before.",
    "unit 1 takes only the input; unit 2 takes what unit 1 held, unit 3 what unit 2 held.",
    "W_xh is [[1.0], [0.0], [0.0]]; W_hh is all zeros but for two ones, just below its diagonal.",
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
        raise NotYet("the values move, but from unit 3 to unit 1: x_t belongs in unit 1")
    if close(states[:, 0], wanted[:, 0]) and not states[:, 1:].any():
        refuse(not W_hh.any(), "nothing arrives in units 2 and 3: W_hh is all zeros")
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
    whole, ends = rnn(x)[0], [rnn(piece)[0][:, -1] for piece in pieces]
    mixed = "each piece was read from zeros and the ends put together: a state is handed on, not added"
    mistakes = {
        "the last piece is missing": whole[:, 6],
        "that is the state after the first step of the last piece: its last state is out[:, -1]": whole[:, 7],
        "that is the mean of the last piece's states: its last state is out[:, -1]": whole[:, 7:].mean(1),
        "the pieces are read from the last to the first": rnn(torch.cat(pieces[::-1], 1))[0][:, -1],
        "that is the last piece read from zeros: what came before it is lost": ends[-1],
        "that is the state after the first piece": ends[0],
        mixed: (sum(ends), sum(ends) / 3),
    }
    # A packed sequence has no shape; a hook that fell over it would blame the reader.
    rnn.register_forward_hook(lambda *call: lengths.append(getattr(call[-1][0], "shape", (0, 0))[-2]))
    otherwise = "that is not where the joined sequence ends: which state does each piece start from?"
    settle(answer(rnn, pieces), whole[:, -1], otherwise, mistakes, "the last state")
    if max(lengths, default=0) > 5:
        raise NotYet("the state is right, but the pieces were joined: read them one by one, and hand the state on")
    return "the state is all it takes to go on."
