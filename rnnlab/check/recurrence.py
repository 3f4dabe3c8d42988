"""Checks of chapter 1, forward recurrence."""

import math
from functools import partial

import torch
from torch import nn

from rnnlab.check.verdict import NotYet, exercise, progress_of, want_tensor

progress = partial(progress_of, __name__)


@exercise(
    "the sum inside tanh needs the state of the step before.",
    "keep the state in a variable that outlives a turn of the loop: h = 0.0 before it, h on both sides of the = in it.",
    "h = np.tanh(w * x + w_h * h + b), with h = 0.0 before the loop.",
)
def neuron(answer) -> str:
    """`answer(xs, w, w_h, b)` -> every state of h_t = tanh(w x_t + w_h h_{t-1} + b), h_0 = 0."""
    xs, w, w_h, b = [1.0, 0.0, -0.5, 2.0], 0.8, -0.6, 0.3

    def states(step) -> list[float]:
        hs, h = [], 0.0
        for x in xs:
            h = step(x, h)
            hs.append(h)
        return hs

    given = answer(list(xs), w, w_h, b)
    if given is None:
        raise NotYet("your function returns None: a return is missing")
    if not hasattr(given, "__len__") or len(given) != len(xs):
        raise NotYet(f"for {len(xs)} inputs there are {len(xs)} states; return them all, as a list")
    given = [float(h) for h in given]
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
        if _close(given, states(mistake)):
            raise NotYet(message)
    wanted = states(lambda x, h: math.tanh(w * x + w_h * h + b))
    for t, (mine, right) in enumerate(zip(given, wanted, strict=True), start=1):
        if abs(mine - right) > 1e-6:
            raise NotYet(f"for w 0.8, w_h -0.6, b 0.3 and x {xs} state {t} is {right:.2f}; yours is {mine:.2f}")
    return "the neuron reads its own last output."


@exercise(
    "try it in neuron_lab(nonlinearity='sigmoid'): when does the cobweb show three fixed points?",
    "to hold two levels w_h must be well above 4; b = -w_h / 2 puts them evenly about the diagonal.",
    "with w_h = 8 and b = -4, which w carries the sum across the middle?",
)
def switch(answer) -> str:
    """`answer`: w, w_h and b of a sigmoid neuron that +1 switches on, -1 switches off, and silence leaves alone."""
    w, w_h, b = (float(answer[name]) for name in ("w", "w_h", "b"))
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
    torch_state = torch.get_rng_state()
    torch.manual_seed(0)
    layer, x = nn.RNN(3, 4, batch_first=True), torch.randn(2, 5, 3)
    torch.set_rng_state(torch_state)
    W_xh, W_hh, b_h = layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0 + layer.bias_hh_l0
    with torch.no_grad():
        out, _ = layer(x)
        given = answer(x, W_xh, W_hh, b_h)
        if given is not None and tuple(given.shape) == (5, 2, 4):
            raise NotYet("(T, batch, hidden_size): time and batch are swapped; stack along dim=1")
        if given is not None and tuple(given.shape) == (2, 4):
            raise NotYet("(batch, hidden_size) is one state; return those of all time steps")
        want_tensor(given, (2, 5, 4), "the output")
        if torch.allclose(given, torch.tanh(x @ W_xh.T + b_h), atol=1e-5):
            raise NotYet("every step depends on its own input alone: h_{t-1} and W_hh are missing")
        if torch.allclose(given, _loop(x, W_xh, W_hh.T, b_h), atol=1e-5):
            raise NotYet("W_hh is used the wrong way round: for rows it is h @ W_hh.T")
        if torch.allclose(given, _loop(x, W_xh, W_hh, torch.zeros(4)), atol=1e-5):
            raise NotYet("b_h is missing")
        if not torch.allclose(given, out, atol=1e-5):
            step = int((given - out).abs().amax((0, 2)).gt(1e-5).nonzero()[0])
            raise NotYet(f"it parts from nn.RNN at time step {step + 1}")
    return "your loop gives what nn.RNN gives."


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
    given = answer()
    if given is None or len(given) != 2:
        raise NotYet("return two tensors, W_xh and W_hh")
    W_xh, W_hh = given
    want_tensor(W_xh, (3, 1), "W_xh")
    want_tensor(W_hh, (3, 3), "W_hh")
    x, h, states = torch.tensor([3.0, -1.0, 4.0, 2.0, 0.0]), torch.zeros(3), []
    for x_t in x:
        h = W_xh[:, 0] * x_t + W_hh @ h
        states.append(h)
    states = torch.stack(states)
    if not states.any():
        raise NotYet("the state stays 0: no unit takes the input")
    wanted = torch.stack([torch.cat([torch.zeros(lag), x[: 5 - lag]]) for lag in range(3)], dim=1)
    if torch.equal(states.flip(1), wanted):
        raise NotYet("the values move, but from unit 3 to unit 1: x_t must stand in unit 1")
    if not torch.equal(states[:, 0], wanted[:, 0]):
        raise NotYet(f"after reading 3, -1 unit 1 should hold -1; it holds {states[1, 0]:g}")
    if not states[:, 1:].any():
        raise NotYet("nothing arrives in units 2 and 3: is W_hh transposed? Row i is what unit i takes")
    if not torch.equal(states, wanted):
        raise NotYet(f"after reading 3, -1, 4 the state should be (4, -1, 3); it is {tuple(states[2].tolist())}")
    return "three units, three steps of memory."


@exercise(
    "layer(piece, h) starts from the state h instead of from zeros.",
    "layer returns (out, h_T); h_T is what the next piece should start from.",
    "h = None before the loop; out, h = layer(piece, h) in it.",
)
def reader(answer) -> str:
    """`answer(layer, pieces)` -> (batch, hidden_size), the last state of an nn.RNN over the pieces read as one."""
    torch_state = torch.get_rng_state()
    torch.manual_seed(0)
    layer, x = nn.RNN(2, 3, batch_first=True), torch.randn(4, 9, 2)
    torch.set_rng_state(torch_state)
    pieces = [x[:, :2], x[:, 2:7], x[:, 7:]]
    with torch.no_grad():
        given = answer(layer, list(pieces))
        want_tensor(given, (4, 3), "the last state")
        ends = [layer(piece)[0][:, -1] for piece in pieces]
        if torch.allclose(given, ends[-1], atol=1e-6):
            raise NotYet("that is the last piece read from zeros: what came before it is lost")
        if torch.allclose(given, ends[0], atol=1e-6):
            raise NotYet("that is the state after the first piece")
        if torch.allclose(given, sum(ends), atol=1e-5) or torch.allclose(given, sum(ends) / 3, atol=1e-5):
            raise NotYet("each piece was read from zeros and the ends put together: a state is handed on, not added")
        if not torch.allclose(given, layer(x)[0][:, -1], atol=1e-6):
            raise NotYet("that is not where the joined sequence ends: which state does each piece start from?")
    return "the state is all it takes to go on."


def _close(given: list[float], wanted: list[float]) -> bool:
    return all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(given, wanted, strict=True))
