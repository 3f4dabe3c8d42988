"""Go through a layer step by step and see all its parts: what its gates do, and how the gradient comes back."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from rnnlab.cells.gated import gru_step, lstm_step
from rnnlab.cells.rnn import BENDS, RNNLayer, fit


def walk(layer: RNNLayer | nn.RNN | nn.LSTM | nn.GRU, x: Tensor) -> Iterator[dict[str, Tensor]]:
    """The parts of each step of x (batch, T, input_size), from a state of zeros; every part is (batch, hidden_size).

    An RNNLayer or nn.RNN has h; an LSTM h, c and the gates i, f, g, o; a GRU h, r, z, g. h is what the layer gives.
    Raises ValueError for any other layer, and for one of torch's unless it has one layer, one direction, batch_first
    and biases.
    """
    if isinstance(layer, RNNLayer):
        W_xh, W_hh, biases = layer.W_xh, layer.W_hh, [layer.b_h]
    elif not isinstance(layer, nn.RNNBase):
        raise ValueError(f"layer is of type {type(layer).__name__}; allowed: RNNLayer, nn.RNN, nn.LSTM or nn.GRU")
    elif layer.num_layers != 1 or layer.bidirectional or not layer.batch_first or layer.proj_size or not layer.bias:
        raise ValueError(f"layer is {layer}; allowed: one layer, one direction, batch_first=True, with biases")
    else:
        W_xh, W_hh, *biases = layer.all_weights[0]
    x, h = fit(x, None, W_xh, W_hh)
    c, b_h = h, sum(biases[1:], biases[0])  # torch's layers have two biases
    for x_t in x.unbind(1):
        if isinstance(layer, nn.LSTM):
            step = lstm_step(x_t, h, c, W_xh, W_hh, b_h)
            c = step["c"]
        elif isinstance(layer, nn.GRU):
            step = gru_step(x_t, h, W_xh, W_hh, *biases)
        else:
            step = {"h": BENDS[layer.nonlinearity](x_t @ W_xh.T + h @ W_hh.T + b_h)}
        h = step["h"]
        yield step


def replay(layer: RNNLayer | nn.RNN | nn.LSTM | nn.GRU, x: Tensor) -> dict[str, Tensor]:
    """The parts of all steps of x (batch, T, input_size), as `walk` names them, each (batch, T, hidden_size)."""
    steps = list(walk(layer, x))
    return {name: torch.stack([step[name] for step in steps], 1) for name in steps[0]}


def gradient_path(layer: RNNLayer | nn.RNN | nn.LSTM | nn.GRU, x: Tensor, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """How much of the gradient is left at each step of x (batch, T, input_size), (T,).

    That is ‖dL/dc_t‖ for an LSTM, otherwise ‖dL/dh_t‖. loss(h_T) with h_T (batch, hidden_size) gives L, shape ().
    """
    steps = list(walk(layer, x))
    carriers = [step.get("c", step["h"]) for step in steps]
    gradients = torch.autograd.grad(loss(steps[-1]["h"]), carriers)
    return torch.stack([gradient.norm() for gradient in gradients])
