"""Wrong answers to chapter 6, each with what its check must say of it."""

import copy
import math

import torch

from rnnlab.check import memory as check
from rnnlab.networks import remember


def set_bias(layer, rows, ih=None, hh=None):
    with torch.no_grad():
        for bias, value in ((layer.bias_ih_l0, ih), (layer.bias_hh_l0, hh)):
            if value is not None:
                bias[rows] = value


def spoil(layer, bias):
    with torch.no_grad():
        layer.weight_hh_l0.mul_(2)


def frozen(layer, bias):
    set_bias(layer, F, bias, 0.0)
    layer.bias_ih_l0.requires_grad_(False)


def sized(parts, biases):
    """A size for so many parts per cell, each with so many biases."""

    def size(cell, inputs, budget):
        return max(n for n in range(1, budget) if parts[cell] * n * (inputs + n + biases) <= budget)

    return size


def turned(r=1, z=1, g=1):
    return lambda weight: torch.cat([k * rows for k, rows in zip((r, z, g), weight.chunk(3), strict=True)])


def one_minus(weight):
    r, z, g = weight.chunk(3)
    return torch.cat([r, 1 - z, g])


def unit(i=(0, 20, -10), f=(0, -20, 10), g=(5, 0, 0), o=(0, 0, 10)):
    return lambda: {"i": i, "f": f, "g": g, "o": o}


PARTS = {"RNN": 1, "GRU": 3, "LSTM": 4}
F = slice(5, 10)
WRONG = [
    (check.bias_for, lambda lag: 1.0, "for lag 1 your bias 1.000 keeps 0.731"),
    (check.bias_for, lambda lag: 0.5 ** (1 / lag) if lag > 1 else 0.0, "which bias gives it that value"),
    (check.bias_for, lambda lag: math.log(lag / math.log(2)), "a good rule for long lags"),
    (check.bias_for, lambda lag: 0.5 ** (1 / lag), "0.7937 is the value that the gate should have"),
    (check.bias_for, lambda lag: math.log(2 ** (1 / lag) - 1), "for lag 3 you give -1.347: the sign is wrong"),
    (check.bias_for, lambda lag: 1e9, "keeps 1 of the past"),
    (check.bias_for, lambda lag: None, "a return is missing"),
    (check.open_gate, lambda layer, bias: None, "no gate's bias has changed"),
    (check.open_gate, lambda layer, bias: set_bias(layer, slice(0, 5), bias, 0.0), "the bias of i; only f's"),
    (check.open_gate, lambda layer, bias: set_bias(layer, slice(0, 20), bias, 0.0), "the bias of i, f, g, o"),
    (check.open_gate, lambda layer, bias: set_bias(layer, F, bias, bias), "the gate's bias is 5"),
    (check.open_gate, lambda layer, bias: set_bias(layer, F, bias), "still has its old value"),
    (
        check.open_gate,
        lambda layer, bias: set_bias(layer, F, 1 / (1 + math.exp(-bias)), 0.0),
        "add up to 0.924142, 0.92",
    ),
    (check.open_gate, lambda layer, bias: set_bias(layer, F, -bias, 0.0), "add up to -2.5, -2.5"),
    (check.open_gate, lambda layer, bias: set_bias(layer, F, 3.0, 0.0), "add up to 3, 3"),
    (check.open_gate, remember, "i's bias is 0 now: rnnlab's remember sets both"),
    (check.open_gate, frozen, "bias_ih_l0 no longer learns"),
    (check.open_gate, spoil, "weight_hh_l0 has changed"),
    (check.open_gate, lambda layer, bias: set_bias(copy.deepcopy(layer), F, bias, 0.0), "was a copy changed"),
    (
        check.fair_size,
        lambda cell, i, most: math.isqrt(most // PARTS[cell]),
        "RNN, 5 inputs.*70 units have 5390 weights",
    ),
    (check.fair_size, sized(PARTS, 1), "RNN, 5 inputs.*67 units.*did you count both of torch's biases, and round down"),
    (
        check.fair_size,
        lambda *given: sized(PARTS, 2)(*given) + 1,
        "67 units.*did you count both of torch's biases, and round down",
    ),
    (check.fair_size, sized(PARTS, 0), "did you count both"),
    (check.fair_size, sized(dict.fromkeys(PARTS, 1), 2), "GRU, 5 inputs.*the size of an RNN"),
    (check.fair_size, sized({"RNN": 1, "GRU": 2, "LSTM": 3}, 2), "GRU, 5 inputs.*too many\n"),
    (check.fair_size, lambda *given: sized(PARTS, 2)(*given) - 1, "65 units fit, but so do 66"),
    (check.fair_size, lambda *given: sized(PARTS, 2)(*given) + 0.5, "is whole; you gave 66.5"),
    (check.fair_size, lambda *given: 0, "you gave 0 units"),
    (check.fair_size, lambda cell, i, most: sized(PARTS, 2)(cell, i, most - 1), "7 units fit, but so do 8"),
    (check.fair_size, lambda *given: None, "a return is missing"),
    (check.ported, one_minus, "needed after the sigmoid"),
    (check.ported, turned(), "nothing has changed"),
    (check.ported, lambda w: turned(z=-1)(w) if w.ndim == 1 else w, r"in all four tensors; the one of shape \(12, 3\)"),
    (check.ported, lambda w: turned(z=-1)(w) if w.ndim == 2 else w, r"in all four tensors; the one of shape \(12,\)"),
    (check.ported, turned(-1, -1, -1), "all rows have changed their sign"),
    (check.ported, turned(r=-1), "r's rows have changed their sign"),
    (check.ported, turned(g=-1), "g's rows have changed their sign"),
    (check.ported, turned(z=-2), "r's and g's rows are right"),
    (check.ported, turned(r=0, z=-1), "r's rows have changed; r does the same"),
    (check.ported, turned(z=-1, g=0.5), "g's rows have changed; g does the same"),
    (check.ported, lambda weight: -weight.chunk(3)[1], "z's rows alone"),
    (check.ported, lambda weight: weight[:3], "has shape"),
    (check.ported, lambda weight: None, "a return is missing"),
    (check.by_hand, unit(i=(0, 0, 0), f=(0, 0, 5), g=(1, 0, 0), o=(0, 0, 0)), "one marked step: .* it is 0.18"),
    (check.by_hand, unit(f=(0, 0, 10)), "ten marked steps of the other value"),
    (check.by_hand, unit(f=(0, -10, 5)), "100 unmarked ones, (?s:1 and −1 in turn.*f = 0.993)"),
    (check.by_hand, unit(i=(0, 8, -4)), "100 unmarked ones (?s:of the other value.*i = 0.018)"),
    (check.by_hand, unit(g=(-5, 0, 0)), "one marked step: marked last is 1, .* it is -0.76"),
    (check.by_hand, unit(o=(0, 20, -10)), "(?s:1 and −1 in turn.*o = 4.54e-05)"),
    (check.by_hand, unit(i=(0, 20)), "i needs three numbers"),
    (check.by_hand, unit(f=(0, -math.inf, 10)), "f has a number that is not finite"),
    (check.by_hand, lambda: {"i": (0, 20, -10)}, "missing: f, g, o"),
    (check.by_hand, lambda: unit()() | {"x": (0, 0, 0)}, "you also have x"),
    (check.by_hand, lambda: [(0, 20, -10)] * 4, "a dict with the keys i, f, g, o is wanted"),
    (
        check.by_hand,
        unit(i=(0, 25.8, -5.8), f=(0, -11.4, 10)),
        "ten marked steps of the other value, this one, then 100 unmarked of the other: .* it is 0.4",
    ),
    (check.by_hand, unit(i=(0, 20, -5.5), f=(0, -12, 10)), "then 100 unmarked of the other: .* it is 0.4"),
    (check.by_hand, lambda: None, "a return is missing"),
]
