"""Recurrence as equations: the plain cell with its backward loop (`rnn`), and the gated ones (`gated`)."""

from rnnlab.cells.gated import gru_step, lstm_step, remember, replay
from rnnlab.cells.rnn import BPTT, NONLINEARITIES, RNNLayer, backward_deltas, forward_states

__all__ = [
    "BPTT",
    "NONLINEARITIES",
    "RNNLayer",
    "backward_deltas",
    "forward_states",
    "gru_step",
    "lstm_step",
    "remember",
    "replay",
]
