"""The networks the chapters train, as the chapters show them, and `build`: the same weights from the same seed."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from rnnlab.cells import GRULayer, RNNLayer
from rnnlab.messages import quote

CELLS = {  # what a Reader may read with: a layer from input_size and hidden_size
    "RNN, our BPTT": lambda i, n: RNNLayer(i, n, "relu"),
    "tanh RNN": lambda i, n: RNNLayer(i, n),
    "nn.RNN": lambda i, n: nn.RNN(i, n, nonlinearity="relu", batch_first=True),
    "GRU": GRULayer,
    "LSTM": lambda i, n: nn.LSTM(i, n, batch_first=True),
}


class Persistence(nn.Module):
    """Tomorrow is like today: the forecast is the window's last value. The baseline to beat."""

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tau) -> (batch,)"""
        return x[:, -1]


class Linear(nn.Module):
    """A weighted sum of the window: q = W_xq x + b_q. `fit` solves for the weights; nothing is trained."""

    def __init__(self, tau: int):
        super().__init__()
        _at_least_one("tau", tau)
        self.W_xq = nn.Linear(tau, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tau) -> (batch,)"""
        return self.W_xq(x).squeeze(-1)

    @classmethod
    def fit(cls, inputs: Tensor, targets: Tensor) -> "Linear":
        """The least-squares weights for inputs (n, tau) and targets (n,).

        Solved in float64 on the CPU; of several equal solutions (a clean sine has them) the smallest.
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
        _at_least_one("tau", tau)
        _at_least_one("hidden_size", hidden_size)
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

    def __init__(self, hidden_size: int = 32, cell: type[nn.RNNBase] = nn.RNN):
        super().__init__()
        _at_least_one("hidden_size", hidden_size)
        self.rnn = cell(input_size=1, hidden_size=hidden_size, batch_first=True)
        self.W_hq = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tau) -> (batch,)"""
        out, _ = self.rnn(x.unsqueeze(-1))  # (batch, tau, 1) -> (batch, tau, hidden_size)
        return self.W_hq(out[:, -1, :]).squeeze(-1)  # last time step -> (batch, 1) -> (batch,)


class Reader(nn.Module):
    """Reads a sequence and says which of `classes` it is: a recurrent layer, then W_hq on its last state.

    cell: a name in CELLS. "RNN, our BPTT" and "nn.RNN" bend with ReLU. Raises ValueError for another cell, or a size below 1.
    """

    def __init__(self, cell: str = "RNN, our BPTT", hidden_size: int = 64, *, input_size: int = 28, classes: int = 10):
        super().__init__()
        if cell not in CELLS:
            raise ValueError(f"cell is {quote(cell)}; allowed: {', '.join(CELLS)}")
        _at_least_one("hidden_size", hidden_size)
        self.rnn = CELLS[cell](input_size, hidden_size)
        self.W_hq = nn.Linear(hidden_size, classes)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, T, input_size) -> scores (batch, classes), whose softmax is the belief after the last step."""
        _, h_T = self.rnn(x)
        if isinstance(self.rnn, nn.LSTM):
            h_T, _ = h_T  # and the cell state
        return self.W_hq(h_T.reshape(len(x), self.W_hq.in_features))  # nn's layers give (1, batch, hidden_size)

    def beliefs(self, x: Tensor) -> Tensor:
        """x (batch, T, input_size) -> the class probabilities after every step, (batch, T, classes)."""
        out, _ = self.rnn(x)
        return self.W_hq(out).softmax(-1)

    @torch.no_grad()
    def start_carrying(self) -> "Reader":
        """W_hh = 1, biases 0: a ReLU network that begins by remembering all (Le, Jaitly & Hinton 2015). Others stay."""
        for name, weight in self.rnn.named_parameters():
            if isinstance(self.rnn, RNNLayer | nn.RNN):
                if "hh" in name and weight.ndim == 2:
                    weight.zero_().fill_diagonal_(1)
                elif weight.ndim == 1:
                    nn.init.zeros_(weight)
        return self


def build(make: Callable[[], nn.Module], *, seed: int = 0, device: torch.device | str = "cpu") -> nn.Module:
    """The network `make()` on `device`, its weights drawn from `seed` alone.

    Each layer draws as it does anyway (an RNN U(-1/sqrt(n), 1/sqrt(n)), n its hidden size), but from a generator of our
    own: torch's global one is neither read nor moved, so a lab that trains in the background and a cell that draws numbers
    do not disturb each other. All else is as `make` leaves it: buffers, padding rows, ties. Made on the CPU, float32 where
    it names no dtype, whatever the defaults. `make` is called twice. Raises TypeError where the seed would not
    decide all: for a draw that takes no generator, weights that were there before, or weights drawn later.
    """
    with torch.device("cpu"), _Drawn(torch.Generator().manual_seed(seed)):
        before = torch.get_rng_state()
        model = make()
        if not torch.equal(torch.get_rng_state(), before):
            raise TypeError(
                "make() draws what takes no generator, so no seed decides it; allowed: torch.rand, torch.randn"
            )
        if set(model.parameters()) & set(make().parameters()):
            raise TypeError(
                "make() uses weights that were there before; allowed: a make() that makes the whole network"
            )
    if any(isinstance(weight, nn.parameter.UninitializedTensorMixin) for weight in model.parameters()):
        raise TypeError("make() leaves weights to be drawn at the first call; allowed: layers that know their sizes")
    return model.to(device)


class _Drawn(TorchFunctionMode):
    """In this thread, within the `with` block, all random numbers come from one generator."""

    # What draws although it need not be told a generator; torch.nn.init names one, None, in every call.
    DRAWS = (
        *(torch.rand, torch.randn, torch.randint, torch.randperm, torch.normal, torch.bernoulli, torch.multinomial),
        *(Tensor.uniform_, Tensor.normal_, Tensor.random_, Tensor.bernoulli_, Tensor.bernoulli, Tensor.exponential_),
        *(Tensor.log_normal_, Tensor.cauchy_, Tensor.geometric_, Tensor.multinomial),
    )
    UNTOLD = (
        *(torch.rand_like, torch.randn_like, torch.randint_like, torch.poisson, torch.binomial),
        *(torch._standard_gamma, torch._sample_dirichlet, torch.rrelu, nn.functional.rrelu, torch.dropout),
        *(nn.functional.dropout, nn.functional.alpha_dropout, nn.functional.feature_alpha_dropout),
        *(nn.functional.dropout1d, nn.functional.dropout2d, nn.functional.dropout3d),
    )
    MAKES = (torch.empty, torch.zeros, torch.ones, torch.rand, torch.randn, torch.eye, torch.linspace)
    INFERS = (torch.tensor, torch.full, torch.arange)

    def __init__(self, generator: torch.Generator):
        super().__init__()
        self._generator = generator

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func in self.UNTOLD:
            raise TypeError(
                f"build cannot seed {func.__name__}, which takes no generator; allowed: torch.rand, torch.randn"
            )
        if func in self.DRAWS or "generator" in kwargs:
            kwargs["generator"] = kwargs.get("generator") or self._generator
        if func in self.MAKES and kwargs.get("dtype") is None:
            kwargs["dtype"] = torch.float32
        made = func(*args, **kwargs)
        inferred = func in self.INFERS and kwargs.get("dtype") is None and made.dtype == torch.get_default_dtype()
        given = args[0] if args else kwargs.get("data")  # an array says what it is, Python's numbers do not
        return made.float() if inferred and not hasattr(given, "dtype") else made


def _at_least_one(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name} is {value}; allowed: 1 or more")
