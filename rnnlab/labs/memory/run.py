"""What the memory lab's settings give: a cell that learns to recall, state by state, without widgets."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from rnnlab import device as devices
from rnnlab.cells import gradient_path, replay
from rnnlab.data.recall import CHANNELS, SYMBOLS, recall
from rnnlab.live.settings import Between, OneOf, Settings, device_knob, knob
from rnnlab.networks import Reader, build, remember, start_carrying, start_orthogonal
from rnnlab.train import train

STEPS, BATCH, CLIP = 200, 20, 1.0
BETWEEN_TESTS = 20  # steps
LEARNT, SURE = 0.1, 10  # once SURE losses in a row, on sequences not seen before, are below LEARNT nats, it ends
N_TEST, N_PATH = 200, 16  # test sequences, and those of them whose gradient is followed back
CELLS = {  # what it reads with: a key of networks.CELLS, and how that starts, if not as in PyTorch
    "tanh": ("tanh", None),
    "tanh orthogonal": ("tanh", start_orthogonal),
    "relu identity": ("relu", lambda model, seed: start_carrying(model)),
    "lstm": ("lstm", None),
    "gru": ("gru", None),
}
LABELS = {  # on the page
    "tanh": "RNN, PyTorch's start",
    "tanh orthogonal": "RNN, orthogonal",
    "relu identity": "RNN, identity",
    "lstm": "LSTM",
    "gru": "GRU",
}


@dataclass(frozen=True)
class MemorySettings(Settings):
    """Everything that a picture of the memory lab depends on.

    `forget_bias` is for LSTM and GRU, `input_bias` for the LSTM. `sequence`, a place in the test set, affects no
    training.
    """

    cell: str = knob("lstm", OneOf(CELLS, LABELS), "the cell that remembers")
    lag: int = knob(50, Between(5, 200, 5), "steps from the symbol to the question")
    hidden_size: int = knob(32, Between(4, 128, 4), "units in the state")
    forget_bias: int = knob(5, Between(-2, 8), "LSTM and GRU: how much is kept before training")
    input_bias: int = knob(0, Between(-6, 2), "LSTM: how much is written before training")
    learning_rate: float = knob(0.003, OneOf((0.001, 0.003, 0.01, 0.03)), "the peak of its schedule")
    device: str = device_knob()
    seed: int = knob(0, Between(0, 20), "the seed of the first weights and the data")
    sequence: int = knob(0, Between(0, N_TEST - 1), "the test sequence shown")

    def __str__(self) -> str:
        biases = {"lstm": f", forget bias {self.forget_bias}, input bias {self.input_bias}"}
        biases["gru"] = f", update bias {self.forget_bias}"
        return (
            f"{self.label('cell')}{biases.get(self.cell, '')}, lag {self.lag}, hidden size {self.hidden_size}, "
            f"learning rate {self.learning_rate:g}, seed {self.seed}"
        )


@dataclass
class MemoryState:
    """A training so far."""

    settings: MemorySettings
    model: Reader
    x_test: Tensor  # (N_TEST, lag + 1, CHANNELS), and y_test (N_TEST,), on the settings' device
    y_test: Tensor
    losses: list[Tensor] = field(default_factory=list)  # one per step so far
    tested: list[int] = field(default_factory=list)  # the steps after which it was tested: 0, 20, 40, ..., the last
    accuracies: list[float] = field(default_factory=list)  # the test accuracy after each of these steps
    path_before: Tensor = field(
        default_factory=lambda: torch.empty(0, dtype=torch.float32, device="cpu")
    )  # path() before the first step
    done: float = 0.0

    @property
    def learnt(self) -> bool:
        """Whether it has ended before its STEPS."""
        return self.done == 1 and len(self.losses) < STEPS

    @torch.no_grad()
    def test(self) -> None:
        """Add to `accuracies` the share of the test sequences whose symbol it names correctly now."""
        self.tested.append(len(self.losses))
        self.accuracies.append((self.model(self.x_test).argmax(1) == self.y_test).float().mean().item())

    def path(self) -> Tensor:
        """What is left of the loss's gradient at each step, relative to the last, (lag + 1,), on the CPU."""
        loss = lambda h: nn.functional.cross_entropy(self.model.W_hq(h), self.y_test[:N_PATH])  # noqa: E731
        norms = gradient_path(self.model.rnn, self.x_test[:N_PATH], loss)
        return (norms / norms[-1].clamp(min=1e-30)).cpu()

    @torch.no_grad()
    def picked(self) -> tuple[Tensor, int, dict[str, Tensor], Tensor]:
        """The sequence picked, (lag + 1, CHANNELS), its symbol, the parts of its steps as `replay` names them, each
        (lag + 1, hidden_size), and the belief after every step, (lag + 1, SYMBOLS), on the CPU."""
        x = self.x_test[self.settings.sequence]
        parts = {name: part[0] for name, part in replay(self.model.rnn, x[None]).items()}
        belief = self.model.W_hq(parts["h"]).softmax(-1)
        parts = {name: part.cpu() for name, part in parts.items()}
        return x.cpu(), int(self.y_test[self.settings.sequence]), parts, belief.cpu()


def make_reader(cell: str, hidden_size: int, forget_bias: float, input_bias: float, seed: int) -> Reader:
    """An untrained reader with one of CELLS, its start and its biases set."""
    name, start = CELLS[cell]
    model = build(lambda: Reader(name, hidden_size, input_size=CHANNELS, classes=SYMBOLS), seed=seed)
    if start is not None:
        start(model, seed=seed)
    if isinstance(model.rnn, nn.LSTM | nn.GRU):
        remember(model.rnn, forget_bias, input_bias)
    return model


def training(settings: MemorySettings) -> Iterator[MemoryState]:
    """The state before the first step, then after every step: the same object, which changes. The last is `done`: after
    STEPS steps, or as soon as the task is learnt."""
    on = devices.get(settings.device)
    x_test, y_test = (part.to(on) for part in recall(N_TEST, settings.lag, seed=1000))
    biases = settings.forget_bias, settings.input_bias
    model = make_reader(settings.cell, settings.hidden_size, *biases, settings.seed).to(on)
    state = MemoryState(settings, model, x_test, y_test)
    state.path_before = state.path()
    yield state
    state.test()
    x, y = (part.to(on) for part in recall(STEPS * BATCH, settings.lag, seed=settings.seed))
    loss = nn.functional.cross_entropy
    arguments = {"epochs": 1, "batch_size": BATCH, "lr": settings.learning_rate, "clip": CLIP, "seed": settings.seed}
    in_a_row = 0
    for step in train(model, x, y, loss=loss, **arguments):
        state.losses.append(step.loss)
        in_a_row = in_a_row + 1 if step.loss < LEARNT else 0
        state.done = 1.0 if in_a_row == SURE else step.step / step.steps
        if step.step % BETWEEN_TESTS == 0 or state.done == 1:
            state.test()
        yield state
        if state.done == 1:
            return


def half_life(bias: float) -> float:
    """The number of steps after which a gate at sigmoid(bias) still holds half of the past."""
    return math.log(0.5) / math.log(1 / (1 + math.exp(-bias)))
