"""Checks of chapter 6, LSTM and GRU."""

import math
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import nn

from rnnlab.check.answers import as_number, as_tensor, close, draws, layer, settle, want_two
from rnnlab.check.verdict import NotYet, exercise, progress_of, refuse

progress = partial(progress_of, __name__)


@exercise(
    "two things go into the new c: what is kept of the old one, and what is let in of the candidate.",
    "f belongs to c, i to g; o to tanh of the *new* c.",
    "c = f * c + i * g; return o * c.tanh(), c.",
)
def lstm_state(answer: Any) -> str:
    """`answer(c, i, f, g, o)`, each (batch, n) -> the new h and c."""
    c, i, f, g, o = draws(*[(3, 4)] * 5)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    h_given, c_given = want_two(answer(c, i, f, g, o), "return h, c")
    wanted = f * c + i * g
    mistakes = {
        "the input gate is missing: everything is written": f * c + g,
        "the forget gate is missing: nothing is let go": c + i * g,
        "i and f have changed places": i * c + f * g,
        "that ties the two gates, as a GRU does; an LSTM has an i of its own": f * c + (1 - f) * g,
        "c is still the old one": c,
    }
    swapped = close(as_tensor(h_given, "h"), wanted)
    otherwise = "h and c have changed places in what you return" if swapped else "c is not f * c + i * g"
    settle(c_given, wanted, otherwise, mistakes, "c")
    mistakes = {
        "the output gate is missing": wanted.tanh(),
        "o * c may be of any size; h is o * tanh(c)": o * wanted,
        "h is made of the new c, not of the old": o * c.tanh(),
    }
    settle(h_given, o * wanted.tanh(), "c is right, but h is not o * tanh(c)", mistakes, "h")
    return "one line to keep, one to show."


@exercise(
    "in torch z near 1 keeps the state. What does z near 1 do in your line?",
    "what is kept, z, and what is new, 1 - z, add up to 1.",
    "return (1 - z) * g + z * h.",
)
def gru_state(answer: Any) -> str:
    """`answer(h, z, g)`, each (batch, n) -> the new h, as nn.GRU has it."""
    h, z, g = draws((3, 4), (3, 4), (3, 4))
    z, g = z.sigmoid(), g.tanh()
    paper = "that is the paper's z, which *writes*; torch's z keeps. With your line z = 1 forgets all"
    mistakes = {
        paper: z * g + (1 - z) * h,
        "the new part needs 1 - z, or the state grows": z * h + g,
        "nothing is kept": (1 - z) * g,
        "nothing new comes in": z * h,
        "g is a tanh already": z * h + (1 - z) * g.tanh(),
    }
    otherwise = "that is no mean of h and g with weights z and 1 - z"
    settle(answer(h, z, g), (1 - z) * g + z * h, otherwise, mistakes, "the new h")
    return "a leak whose size is computed anew at every step."


@exercise(
    "a gate that stands at p keeps p each step, so p times p times p... over the lag. When is that one half?",
    "p = 0.5 ** (1 / lag); the bias b is the number with sigmoid(b) = p.",
    "p = 0.5 ** (1 / lag); return math.log(p / (1 - p)).",
)
def bias_for(answer: Any) -> str:
    """`answer(lag)` -> the bias b at which a gate sigmoid(b) has kept half after `lag` steps."""
    for lag in (1, 3, 50, 400):
        given, p = as_number(answer(lag)), 0.5 ** (1 / lag)
        bias, wanted = float(given), math.log(p / (1 - p))
        if abs(bias - wanted) < 1e-3 or close(given, wanted):
            continue
        if lag > 1 and abs(bias - p) < 1e-6:
            raise NotYet(f"{p:.4f} is where the gate should stand; which bias puts it there?")
        if abs(bias - math.log(lag / math.log(2))) < 1e-6:
            raise NotYet(f"log(lag / ln 2) is a good rule for long lags; for lag {lag} the exact bias is {wanted:.3f}")
        left = (1 / (1 + math.exp(-min(max(bias, -50), 50)))) ** lag
        raise NotYet(f"for lag {lag} your bias {bias:.3f} keeps {left:.3g} of the past, wanted: 0.5")
    return "about the logarithm of the lag, and never again a guess."


@exercise(
    "torch stacks the gates in the order i, f, g, o, n rows each. Which rows are f's?",
    "torch has two biases, bias_ih_l0 and bias_hh_l0, and adds them: f's rows of both count.",
    "n = layer.hidden_size; with torch.no_grad(): layer.bias_ih_l0[n : 2 * n] = bias; layer.bias_hh_l0[n : 2 * n] = 0.",
)
def open_gate(answer: Any) -> str:
    """`answer(layer, bias)` sets the forget gate's bias of an nn.LSTM, and nothing else of it."""
    lstm, n = layer(nn.LSTM, 3, 5), 5
    before = {name: weight.detach().clone() for name, weight in lstm.named_parameters()}
    answer(lstm, 2.5)
    after = {name: weight.detach() for name, weight in lstm.named_parameters()}
    for name in ("weight_ih_l0", "weight_hh_l0"):
        refuse(not close(after[name], before[name]), f"{name} has changed; only biases should")
    old, new = (biases["bias_ih_l0"] + biases["bias_hh_l0"] for biases in (before, after))
    gates = zip("ifgo", old.split(n), new.split(n), strict=True)
    changed = [gate for gate, before_it, after_it in gates if not close(after_it, before_it)]
    if not changed:
        raise NotYet("no bias has changed: the stub is still there, or a copy was changed instead of the layer")
    f = new[n : 2 * n]
    right = close(f, torch.full((n,), 2.5))
    if changed == ["i", "f"] and right and not new[:n].any():
        raise NotYet("f is right, but i's bias is 0 now: rnnlab's remember sets both; here only f's should change")
    refuse(changed != ["f"], f"you have changed the bias of {', '.join(changed)}; only f's should change")
    if right:
        return "one number, and it remembers."
    if close(f, torch.full((n,), 5.0)):
        raise NotYet("both biases are 2.5, and torch adds them: the gate's bias is 5")
    if any(close(after[name][n : 2 * n], before[name][n : 2 * n]) for name in ("bias_ih_l0", "bias_hh_l0")):
        raise NotYet("torch adds two biases; one of them still has its old value in f's rows")
    given = ", ".join(f"{b:g}" for b in f)
    raise NotYet(f"2.5 is wanted in each of f's {n} rows; torch adds the two biases, and yours add up to {given}")


@exercise(
    "for each gate or candidate: a matrix from x, a matrix from h, and the biases. How many of them has each cell?",
    "RNN 1, GRU 3, LSTM 4 times: n * input_size + n * n + 2 * n (torch has two biases).",
    'return {"RNN": 1, "GRU": 3, "LSTM": 4}[cell] * (n * input_size + n * n + 2 * n).',
)
def weights(answer: Any) -> str:
    """`answer(cell, input_size, n)`, cell "RNN", "GRU" or "LSTM" -> how many numbers torch trains in one layer."""
    parts = {"RNN": 1, "GRU": 3, "LSTM": 4}
    for cell, (input_size, n) in product(parts, ((5, 8), (28, 64))):
        given, one = as_number(answer(cell, input_size, n)), n * input_size + n * n
        wanted, story = parts[cell] * (one + 2 * n), f"{cell}, {input_size} inputs, {n} units: "
        mistakes = {
            f"{story}one bias too few: torch has two": parts[cell] * (one + n),
            f"{story}the biases are missing": parts[cell] * one,
            f"{story}that is an RNN; count the gates": one + 2 * n,
            f"{story}that is an LSTM": 4 * (one + 2 * n),
            f"{story}that is a GRU; the candidate g is a fourth part": 3 * (one + 2 * n),
        }
        settle(given, wanted, f"{story}{wanted} is wanted, you gave {given:g}", mistakes)
    return "now sizes can be made fair before they are compared."
