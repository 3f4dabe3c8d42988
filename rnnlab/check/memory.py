"""Checks of chapter 6, LSTM and GRU."""

import math
from functools import partial

import torch
from torch import nn

from rnnlab.check.answers import as_number, close, settle, want_tensor, want_two
from rnnlab.check.verdict import NotYet, exercise, progress_of

progress = partial(progress_of, __name__)


def _draw(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@exercise(
    "two things go into the new c: what is kept of the old one, and what is let in of the candidate.",
    "f belongs to c, i to g; o to tanh of the *new* c.",
    "c = f * c + i * g; return o * c.tanh(), c.",
)
def lstm_state(answer) -> str:
    """`answer(c, i, f, g, o)`, each (batch, n) -> the new h and c."""
    c, g = _draw(0, 3, 4), _draw(1, 3, 4).tanh()
    i, f, o = (_draw(seed, 3, 4).sigmoid() for seed in (2, 3, 4))
    given = want_two(answer(c.clone(), i.clone(), f.clone(), g.clone(), o.clone()), "return h, c")
    h_given, c_given = want_tensor(given[0], (3, 4), "h"), want_tensor(given[1], (3, 4), "c")
    wanted = f * c + i * g
    places = close(h_given, wanted)
    settle(
        c_given,
        wanted,
        (
            (f * c + g, "the input gate is missing: everything is written"),
            (c + i * g, "the forget gate is missing: nothing is let go"),
            (i * c + f * g, "i and f have changed places"),
            (f * c + (1 - f) * g, "that ties the two gates, as a GRU does; an LSTM has an i of its own"),
            (c, "c is still the old one"),
        ),
        "h and c have changed places in what you return" if places else "c is not f * c + i * g",
    )
    settle(
        h_given,
        o * wanted.tanh(),
        (
            (wanted.tanh(), "the output gate is missing"),
            (o * wanted, "o * c may be of any size; h is o * tanh(c)"),
            (o * c.tanh(), "h is made of the new c, not of the old"),
        ),
        "c is right, but h is not o * tanh(c)",
    )
    return "one line to keep, one to show."


@exercise(
    "in torch z near 1 keeps the state. What does z near 1 do in your line?",
    "what is kept, z, and what is new, 1 - z, add up to 1.",
    "return (1 - z) * g + z * h.",
)
def gru_state(answer) -> str:
    """`answer(h, z, g)`, each (batch, n) -> the new h, as nn.GRU has it."""
    h, z, g = _draw(0, 3, 4), _draw(1, 3, 4).sigmoid(), _draw(2, 3, 4).tanh()
    settle(
        want_tensor(answer(h.clone(), z.clone(), g.clone()), (3, 4), "the new h"),
        (1 - z) * g + z * h,
        (
            (
                z * g + (1 - z) * h,
                "that is the paper's z, which *writes*; torch's z keeps. With your line z = 1 forgets all",
            ),
            (z * h + g, "the new part needs 1 - z, or the state grows"),
            ((1 - z) * g, "nothing is kept"),
            (z * h, "nothing new comes in"),
            (z * h + (1 - z) * g.tanh(), "g is a tanh already"),
        ),
        "that is no mean of h and g with weights z and 1 - z",
    )
    return "a leak whose size is computed anew at every step."


@exercise(
    "a gate that stands at p keeps p each step, so p times p times p... over the lag. When is that one half?",
    "p = 0.5 ** (1 / lag); the bias b is the number with sigmoid(b) = p.",
    "p = 0.5 ** (1 / lag); return math.log(p / (1 - p)).",
)
def bias_for(answer) -> str:
    """`answer(lag)` -> the bias b at which a gate sigmoid(b) has kept half after `lag` steps."""
    for lag in (1, 3, 50, 400):
        number = as_number(answer(lag))
        given = float(number)
        p = 0.5 ** (1 / lag)
        wanted = math.log(p / (1 - p)) if p != 0.5 else 0.0
        if abs(given - wanted) < 1e-3 or close(number, torch.tensor(wanted)):
            continue
        if lag > 1 and abs(given - p) < 1e-6:
            raise NotYet(f"{p:.4f} is where the gate should stand; which bias puts it there?")
        if abs(given - math.log(max(lag, 1) / math.log(2))) < 1e-6:
            raise NotYet(f"log(lag / ln 2) is a good rule for long lags; for lag {lag} the exact bias is {wanted:.3f}")
        left = (1 / (1 + math.exp(-min(max(given, -50), 50)))) ** lag
        raise NotYet(f"for lag {lag} your bias {given:.3f} keeps {left:.3g} of the past, wanted: 0.5")
    return "about the logarithm of the lag, and never again a guess."


@exercise(
    "torch stacks the gates in the order i, f, g, o, n rows each. Which rows are f's?",
    "torch has two biases, bias_ih_l0 and bias_hh_l0, and adds them: f's rows of both count.",
    "n = layer.hidden_size; with torch.no_grad(): layer.bias_ih_l0[n : 2 * n] = bias; layer.bias_hh_l0[n : 2 * n] = 0.",
)
def open_gate(answer) -> str:
    """`answer(layer, bias)` sets the forget gate's bias of an nn.LSTM, and nothing else of it."""
    n = 5
    layer = nn.LSTM(3, n, batch_first=True)
    for seed, weight in enumerate(layer.parameters()):
        weight.data = _draw(seed, *weight.shape)
    before = {name: weight.detach().clone() for name, weight in layer.named_parameters()}
    answer(layer, 2.5)
    after = {name: weight.detach() for name, weight in layer.named_parameters()}
    for name in ("weight_ih_l0", "weight_hh_l0"):
        if not close(after[name], before[name]):
            raise NotYet(f"{name} has changed; only biases should")
    total, old = (bias["bias_ih_l0"] + bias["bias_hh_l0"] for bias in (after, before))
    gates = {"i": slice(0, n), "f": slice(n, 2 * n), "g": slice(2 * n, 3 * n), "o": slice(3 * n, 4 * n)}
    changed = [name for name, rows in gates.items() if not close(total[rows], old[rows])]
    if not changed:
        raise NotYet("no bias has changed: the stub is still there, or a copy was changed instead of the layer")
    f_right = close(total[gates["f"]], torch.full((n,), 2.5))
    if changed == ["i", "f"] and f_right and not total[gates["i"]].any():
        raise NotYet("f is right, but i's bias is 0 now: rnnlab's remember sets both; here only f's should change")
    if changed != ["f"]:
        raise NotYet(f"you have changed the bias of {', '.join(changed)}; only f's should change")
    if f_right:
        return "one number, and it remembers."
    rows = [(before[name][gates["f"]], after[name][gates["f"]]) for name in ("bias_ih_l0", "bias_hh_l0")]
    if close(total[gates["f"]], torch.full((n,), 5.0)):
        raise NotYet("both biases are 2.5, and torch adds them: the gate's bias is 5")
    if any(close(new, old) for old, new in rows):
        raise NotYet("torch adds two biases; one of them still has its old value in f's rows")
    given = ", ".join(f"{b:g}" for b in total[gates["f"]])
    raise NotYet(f"2.5 is wanted in each of f's {n} rows; torch adds the two biases, and yours add up to {given}")


@exercise(
    "for each gate or candidate: a matrix from x, a matrix from h, and the biases. How many of them has each cell?",
    "RNN 1, GRU 3, LSTM 4 times: n * input_size + n * n + 2 * n (torch has two biases).",
    'return {"RNN": 1, "GRU": 3, "LSTM": 4}[cell] * (n * input_size + n * n + 2 * n).',
)
def weights(answer) -> str:
    """`answer(cell, input_size, n)`, cell "RNN", "GRU" or "LSTM" -> how many numbers torch trains in one layer of it."""
    for cell, kind in (("RNN", nn.RNN), ("GRU", nn.GRU), ("LSTM", nn.LSTM)):
        for input_size, n in ((5, 8), (28, 64)):
            wanted = sum(weight.numel() for weight in kind(input_size, n).parameters())
            given = float(as_number(answer(cell, input_size, n)))
            if given == wanted:
                continue
            parts = {"RNN": 1, "GRU": 3, "LSTM": 4}[cell]
            one = n * input_size + n * n
            for wrong, message in (
                (parts * (one + n), "one bias too few: torch has two"),
                (parts * one, "the biases are missing"),
                (one + 2 * n, "that is an RNN; count the gates"),
                (4 * (one + 2 * n), "that is an LSTM"),
                (3 * (one + 2 * n), "that is a GRU; the candidate g is a fourth part"),
            ):
                if given == wrong:
                    raise NotYet(f"{cell}, {input_size} inputs, {n} units: {message}")
            raise NotYet(f"{cell}, {input_size} inputs, {n} units: {wanted} is wanted, you gave {given:g}")
    return "now sizes can be made fair before they are compared."
