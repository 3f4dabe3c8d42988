"""Checks of chapter 1, forward recurrence."""

import math
from functools import partial

import torch
from torch import nn

from rnnlab.check.answers import as_number, as_row, close, settle, want_tensor, want_two
from rnnlab.check.verdict import NotYet, describe, exercise, progress_of

progress = partial(progress_of, __name__)


@exercise(
    "the sum inside tanh needs the state of the step before.",
    "keep the state in a variable that outlives a turn of the loop: h = 0.0 before it, h on both sides of the = in it.",
    "h = np.tanh(w * x + w_h * h + b), with h = 0.0 before the loop.",
)
def neuron(answer) -> str:
    """`answer(xs, w, w_h, b)` -> every state of h_t = tanh(w x_t + w_h h_{t-1} + b), h_0 = 0."""
    xs, w, w_h, b = [1.0, 0.0, -0.5, 2.0], 0.8, -0.6, 0.3

    def states(step) -> torch.Tensor:
        hs, h = [], 0.0
        for x in xs:
            h = step(x, h)
            hs.append(h)
        return torch.tensor(hs)

    given, _, again = (as_row(answer(list(inputs), w, w_h, b), "what you return") for inputs in (xs, xs[::-1], xs))
    if not close(again, given):
        raise NotYet(
            "a call remembers the calls before it: begin each one with h = 0 and an empty list, in the function"
        )
    if len(given) != len(xs):
        raise NotYet(f"for {len(xs)} inputs there are {len(xs)} states; return them all, as a list")
    for mistake, message in (
        (lambda x, h: math.tanh(w * x + b), "every state depends on its own input alone: the term w_h * h is missing"),
        (lambda x, h: math.tanh(w_h * x + w * h + b), "w and w_h are swapped: w weighs the input, w_h the state"),
        (lambda x, h: math.tanh(w * x + b) + w_h * h, "w_h * h stands outside tanh; it belongs into the sum"),
        (
            lambda x, h: 1 / (1 + math.exp(-(w * x + w_h * h + b))),
            "that is the sigmoid; this neuron bends with np.tanh",
        ),
        (lambda x, h: w * x + w_h * h + b, "the sum is right, but nothing bends it: np.tanh is missing"),
    ):
        if close(given, states(mistake)):
            raise NotYet(message)
    wanted = states(lambda x, h: math.tanh(w * x + w_h * h + b))
    for t, (mine, right) in enumerate(zip(given, wanted, strict=True), start=1):
        if not close(mine, right):
            raise NotYet(f"for w 0.8, w_h -0.6, b 0.3 and x {xs} state {t} is {right:.2f}; yours is {mine:.2f}")
    return "the neuron reads its own last output."


@exercise(
    "try it in neuron_lab(nonlinearity='sigmoid'): when does the cobweb show three fixed points?",
    "to hold two levels w_h must be well above 4; b = -w_h / 2 puts them evenly about the diagonal.",
    "with w_h = 6 and b = -3, which w carries the sum across the middle?",
)
def switch(answer) -> str:
    """`answer`: w, w_h and b of a sigmoid neuron that +1 switches on, -1 switches off, and silence leaves alone."""
    if not isinstance(answer, dict) or not {"w", "w_h", "b"} <= answer.keys():
        raise NotYet(f"a dict with the keys w, w_h and b is wanted; you gave {describe(answer)}")
    w, w_h, b = (float(as_number(answer[name], name)) for name in ("w", "w_h", "b"))
    h = 0.0
    for x, wanted in ((0, 0), (1, 1), (0, 1), (1, 1), (-1, 0), (0, 0), (-1, 0), (1, 1)):
        for step in range(1 if x else 30):
            before, h = h, 1 / (1 + math.exp(-max(-700.0, w * x + w_h * h + b)))
            if (h > 0.9) if wanted else (h < 0.1):
                continue
            if x:
                raise NotYet(
                    f"an input of {x:+} should bring the state {'above 0.9' if wanted else 'below 0.1'}; from {before:.2f} it goes "
                    f"to {h:.2f}: w is too small against w_h and b, or has the wrong sign"
                )
            if wanted:
                raise NotYet(f"switched on, it forgets: after {step + 1} silent step(s) the state is {h:.2f}")
            raise NotYet(f"switched off, it does not stay off: after {step + 1} silent step(s) the state is {h:.2f}")
    return "on, off, and in between it remembers."


@exercise(
    "loop over x.shape[1], the time steps; x[:, t] is one step of all samples.",
    "a sample is a row, so the matrix stands on its right, transposed: h @ W_hh.T.",
    "h = torch.tanh(x[:, t] @ W_xh.T + h @ W_hh.T + b_h); collect them and return torch.stack(out, dim=1).",
)
def batch_loop(answer) -> str:
    """`answer(x (batch, T, input_size), W_xh, W_hh, b_h)` -> every state, (batch, T, hidden_size), as nn.RNN's."""
    layer, x = _layer(3, 4), _draw(2, 5, 3)
    W_xh, W_hh = layer.weight_ih_l0.detach(), layer.weight_hh_l0.detach()
    b_h = (layer.bias_ih_l0 + layer.bias_hh_l0).detach()
    with torch.no_grad():
        out, _ = layer(x)
        given = answer(x.clone(), W_xh.clone(), W_hh.clone(), b_h.clone())
    given = want_tensor(
        given,
        (2, 5, 4),
        "the output",
        {
            (5, 2, 4): "(T, batch, hidden_size): time and batch are swapped; stack along dim=1",
            (2, 4): "(batch, hidden_size) is one state; return those of all time steps",
        },
    )
    parts = next((t for t in range(5) if not close(given[:, t], out[:, t])), 0)
    settle(
        given,
        out,
        (
            (
                torch.tanh(x @ W_xh.T + b_h),
                "every step depends on its own input alone: h_{t-1} and W_hh are missing",
            ),
            (_loop(x, W_xh, W_hh.T, b_h), "W_hh is used the wrong way round: for rows it is h @ W_hh.T"),
            (_loop(x, W_xh, W_hh, torch.zeros(4)), "b_h is missing"),
        ),
        f"it parts from nn.RNN at time step {parts + 1}",
    )
    return "your loop gives what nn.RNN gives."


def _layer(*sizes: int) -> nn.RNN:
    with torch.random.fork_rng(devices=[]):  # the reader's own draws go on as if no check had been
        torch.manual_seed(0)
        return nn.RNN(*sizes, batch_first=True)


def _draw(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def _loop(x, W_xh, W_hh, b_h):
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
def delay_line(answer) -> str:
    """`answer()` -> W_xh (3, 1), W_hh (3, 3) with which a linear layer's state is (x_t, x_{t-1}, x_{t-2})."""
    parts = want_two(answer(), "W_xh and W_hh")
    W_xh, W_hh = want_tensor(parts[0], (3, 1), "W_xh").double(), want_tensor(parts[1], (3, 3), "W_hh").double()
    x, h, states = torch.tensor([3, -1, 4, 2, 0]).double(), torch.zeros(3).double(), []
    for x_t in x:
        h = W_xh[:, 0] * x_t + W_hh @ h
        states.append(h)
    states = torch.stack(states)
    if not states.any():
        raise NotYet("the state stays 0: no unit takes the input")
    wanted = torch.stack([torch.cat([x.new_zeros(lag), x[: 5 - lag]]) for lag in range(3)], dim=1)
    if close(states.flip(1), wanted):
        raise NotYet("the values move, but from unit 3 to unit 1: x_t must stand in unit 1")
    if close(states[:, 0], wanted[:, 0]) and not states[:, 1:].any():
        raise NotYet("nothing arrives in units 2 and 3: is W_hh transposed? Row i is what unit i takes")
    for t in range(5):
        story = f"after reading {', '.join(f'{x_t:g}' for x_t in x[: t + 1])} "
        if not close(states[t, 0], wanted[t, 0]):
            raise NotYet(f"{story}unit 1 should hold {wanted[t, 0]:g}; it holds {states[t, 0]:g}")
        if not close(states[t], wanted[t]):
            raise NotYet(f"{story}the state should be {_row(wanted[t])}; it is {_row(states[t])}")
    return "three units, three steps of memory."


def _row(state: torch.Tensor) -> str:
    return f"({', '.join(f'{h:g}' for h in state)})"


@exercise(
    "layer(piece, h) starts from the state h instead of from zeros.",
    "layer returns (out, h_T); h_T is what the next piece should start from.",
    "h = None before the loop; out, h = layer(piece, h) in it.",
)
def reader(answer) -> str:
    """`answer(layer, pieces)` -> (batch, hidden_size), the last state of an nn.RNN over the pieces read as one."""
    layer, x = _layer(2, 3), _draw(4, 9, 2)
    pieces = [x[:, :2], x[:, 2:7], x[:, 7:]]
    lengths = []
    with torch.no_grad():
        ends, wanted = [layer(piece)[0][:, -1] for piece in pieces], layer(x)[0][:, -1]
        # A packed sequence has no shape; a hook that fell over it would blame the reader.
        layer.register_forward_hook(lambda *call: lengths.append(getattr(call[-1][0], "shape", (0, 0))[-2]))
        given = want_tensor(answer(layer, pieces), (4, 3), "the last state")
    mixed = "each piece was read from zeros and the ends put together: a state is handed on, not added"
    settle(
        given,
        wanted,
        (
            (ends[-1], "that is the last piece read from zeros: what came before it is lost"),
            (ends[0], "that is the state after the first piece"),
            (sum(ends), mixed),
            (sum(ends) / 3, mixed),
        ),
        "that is not where the joined sequence ends: which state does each piece start from?",
    )
    if max(lengths, default=0) > 5:
        raise NotYet("the state is right, but the pieces were joined: read them one by one, and hand the state on")
    return "the state is all it takes to go on."
