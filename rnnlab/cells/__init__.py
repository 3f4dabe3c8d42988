"""Recurrence as equations: the plain cell and its backward loop (`rnn`), the gated cells (`gated`), a GRU and its
backward loop (`gru`), and any of them step by step (`walk`)."""

from rnnlab.cells.gated import gru_step, lstm_step
from rnnlab.cells.gru import GRUBPTT, GRULayer
from rnnlab.cells.rnn import BPTT, NONLINEARITIES, RNNLayer, backward_deltas, forward_states
from rnnlab.cells.walk import gradient_path, replay, walk

__all__ = [
    "BPTT",
    "GRUBPTT",
    "NONLINEARITIES",
    "GRULayer",
    "RNNLayer",
    "backward_deltas",
    "forward_states",
    "gradient_path",
    "gru_step",
    "lstm_step",
    "replay",
    "walk",
]
