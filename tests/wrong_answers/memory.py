"""Wrong answers to chapter 6, each with what its check must say of it."""

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


PARTS = {"RNN": 1, "GRU": 3, "LSTM": 4}
F = slice(5, 10)
WRONG = [
    (check.lstm_state, lambda c, i, f, g, o: (o * (f * c + g).tanh(), f * c + g), "input gate is missing"),
    (check.lstm_state, lambda c, i, f, g, o: (o * (c + i * g).tanh(), c + i * g), "forget gate is missing"),
    (check.lstm_state, lambda c, i, f, g, o: (o * (i * c + f * g).tanh(), i * c + f * g), "changed places"),
    (check.lstm_state, lambda c, i, f, g, o: (o, f * c + (1 - f) * g), "ties the two gates"),
    (check.lstm_state, lambda c, i, f, g, o: (o * c.tanh(), c), "still the old one"),
    (check.lstm_state, lambda c, i, f, g, o: (f * c + i * g, o * (f * c + i * g).tanh()), "in what you return"),
    (check.lstm_state, lambda c, i, f, g, o: (o, f * c - i * g), r"c is not f \* c"),
    (check.lstm_state, lambda c, i, f, g, o: ((f * c + i * g).tanh(), f * c + i * g), "output gate is missing"),
    (check.lstm_state, lambda c, i, f, g, o: (o * (f * c + i * g), f * c + i * g), "of any size"),
    (check.lstm_state, lambda c, i, f, g, o: (o * c.tanh(), f * c + i * g), "not of the old"),
    (check.lstm_state, lambda c, i, f, g, o: (g, f * c + i * g), r"h is not o \* tanh"),
    (check.lstm_state, lambda c, i, f, g, o: f * c + i * g, "two things are wanted, return h, c"),
    (check.lstm_state, lambda c, i, f, g, o: (o, None), "c is None"),
    (check.gru_state, lambda h, z, g: z * g + (1 - z) * h, "torch's z keeps"),
    (check.gru_state, lambda h, z, g: z * h + g, "the state grows"),
    (check.gru_state, lambda h, z, g: (1 - z) * g, "nothing is kept"),
    (check.gru_state, lambda h, z, g: z * h, "nothing new"),
    (check.gru_state, lambda h, z, g: z * h + (1 - z) * g.tanh(), "a tanh already"),
    (check.gru_state, lambda h, z, g: (h + g) / 2, "no mean"),
    (check.gru_state, lambda h, z, g: None, "is None"),
    (check.bias_for, lambda lag: 1.0, "for lag 1 your bias 1.000 keeps 0.731"),
    (check.bias_for, lambda lag: 0.5 ** (1 / lag) if lag > 1 else 0.0, "which bias puts it there"),
    (check.bias_for, lambda lag: math.log(lag / math.log(2)), "a good rule for long lags"),
    (check.bias_for, lambda lag: 1e9, "keeps 1 of the past"),
    (check.bias_for, lambda lag: None, "a return is missing"),
    (check.open_gate, lambda layer, bias: None, "no bias has changed"),
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
    (check.open_gate, spoil, "weight_hh_l0 has changed"),
    (check.weights, lambda cell, i, n: PARTS[cell] * (n * i + n * n + n), "RNN, 5 inputs, 8 units: one bias too few"),
    (check.weights, lambda cell, i, n: PARTS[cell] * (n * i + n * n), "biases are missing"),
    (check.weights, lambda cell, i, n: n * i + n * n + 2 * n, "count the gates"),
    (check.weights, lambda cell, i, n: 4 * (n * i + n * n + 2 * n), "that is an LSTM"),
    (
        check.weights,
        lambda cell, i, n: min(PARTS[cell], 3) * (n * i + n * n + 2 * n),
        "the candidate g is a fourth part",
    ),
    (check.weights, lambda cell, i, n: 7, "is wanted, you gave 7"),
    (check.weights, lambda cell, i, n: None, "a return is missing"),
]
