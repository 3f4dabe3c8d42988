"""The networks that forecast the next value of a window, as chapter 3 shows them, and the baselines to beat."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from rnnlab.messages import at_least_one


class Persistence(nn.Module):
    """Tomorrow is like today: the forecast is the window's last value. The baseline to beat."""

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tau) -> (batch,)"""
        return x[:, -1]


class Linear(nn.Module):
    """A weighted sum of the window: q = W_xq x + b_q. `fit` solves for the weights; nothing is trained."""

    def __init__(self, tau: int):
        super().__init__()
        at_least_one(tau=tau)
        self.W_xq = nn.Linear(tau, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tau) -> (batch,)"""
        return self.W_xq(x).squeeze(-1)

    @classmethod
    def fit(cls, inputs: Tensor, targets: Tensor) -> "Linear":
        """The least-squares weights for inputs (n, tau) and targets (n,).

        Solved in float64 on the CPU; if several solutions are equally good, as for a clean sine, the smallest of them.
        """
        if inputs.shape[:-1] != targets.shape:
            raise ValueError(
                f"targets has shape {tuple(targets.shape)}; allowed: {tuple(inputs.shape[:-1])}, one for each window"
            )
        with_bias = nn.functional.pad(inputs.cpu().double(), (0, 1), value=1.0)
        solution = torch.linalg.lstsq(with_bias, targets.cpu().double().unsqueeze(-1), driver="gelsd").solution
        model = cls(inputs.shape[-1]).to(inputs.device)
        with torch.no_grad():
            model.W_xq.weight.copy_(solution[:-1].T)
            model.W_xq.bias.copy_(solution[-1])
        return model.requires_grad_(False)  # solved, so there is nothing to train


class MLP(nn.Module):
    """The article's baseline: one hidden layer over the window, which it sees as tau unordered inputs."""

    def __init__(self, tau: int, hidden_size: int = 10):
        super().__init__()
        at_least_one(tau=tau, hidden_size=hidden_size)
        self.W_xh = nn.Linear(tau, hidden_size)
        self.W_hq = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tau) -> (batch,)"""
        h = torch.relu(self.W_xh(x))  # (batch, hidden_size)
        return self.W_hq(h).squeeze(-1)  # (batch, 1) -> (batch,)


class RNN(nn.Module):
    """The recurrent reader: h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h) over the window, then W_hq on the last h_t.

    cell: nn.RNN, or chapter 6's nn.LSTM and nn.GRU.
    """

    def __init__(self, hidden_size: int = 32, cell: Callable[..., nn.RNNBase] = nn.RNN):
        super().__init__()
        at_least_one(hidden_size=hidden_size)
        self.rnn = cell(input_size=1, hidden_size=hidden_size, batch_first=True)
        self.W_hq = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tau) -> (batch,)"""
        out, _ = self.rnn(x.unsqueeze(-1))  # (batch, tau, 1) -> (batch, tau, hidden_size)
        return self.W_hq(out[:, -1, :]).squeeze(-1)  # last time step -> (batch, 1) -> (batch,)
