"""Other ways to start a network than with the weights that its layers draw: each changes them in place."""

from typing import TypeVar

import torch
from torch import nn

from rnnlab.cells import RNNLayer

Network = TypeVar("Network", bound=nn.Module)


@torch.no_grad()
def start_carrying(model: Network) -> Network:
    """Set W_hh of every RNNLayer and nn.RNN to the identity, its biases to 0; leave other layers alone.

    With ReLU such a layer begins by remembering everything (Le, Jaitly & Hinton 2015). Returns the model.
    """
    for layer in model.modules():
        if isinstance(layer, RNNLayer | nn.RNN):
            for name, weight in layer.named_parameters():
                if "hh" in name and weight.ndim == 2:
                    weight.zero_().fill_diagonal_(1)
                elif weight.ndim == 1:
                    nn.init.zeros_(weight)
    return model


@torch.no_grad()
def start_orthogonal(model: Network, *, seed: int = 0) -> Network:
    """Make W_hh of every RNNLayer orthogonal, its bias 0: states keep their length (chapter 2). Returns the model."""
    generator = torch.Generator().manual_seed(seed)
    for layer in model.modules():
        if isinstance(layer, RNNLayer):
            nn.init.orthogonal_(layer.W_hh, generator=generator)
            nn.init.zeros_(layer.b_h)
    return model


@torch.no_grad()
def remember(layer: nn.LSTM | nn.GRU, keep: float, write: float = 0.0) -> None:
    """Set the biases of the gates that keep (an LSTM's f, a GRU's z) and that write (an LSTM's i; a GRU's is 1 - z).

    Before training, a step then keeps about sigmoid(keep) of the past (Gers, Schmidhuber & Cummins 2000; Jozefowicz,
    Zaremba & Sutskever 2015) and admits about sigmoid(write) of the new input. This is done in every layer and
    direction. An LSTM's `write` is 0 if not given; a GRU ignores it. Raises ValueError for any other kind of layer, or
    one without biases.
    """
    if not isinstance(layer, nn.LSTM | nn.GRU) or not layer.bias:
        raise ValueError(f"layer is of type {type(layer).__name__}; allowed: nn.LSTM or nn.GRU, with biases")
    if nn.utils.parametrize.is_parametrized(layer):
        raise ValueError("layer is parametrised; allowed: one whose biases can be set, so call remember before")
    n = layer.hidden_size
    for name, bias in layer.named_parameters():
        if name.startswith("bias"):
            first = name.startswith("bias_ih")  # torch adds two biases: the other becomes 0
            bias[n : 2 * n] = keep * first
            if isinstance(layer, nn.LSTM):
                bias[:n] = write * first
