"""What the MNIST lab's settings give: a network that learns to read digits row by row, without widgets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import torch
from torch import Tensor, nn

from rnnlab import device as devices
from rnnlab.data.mnist import Digits, load_mnist
from rnnlab.live.settings import Between, OneOf, Settings, device_knob, knob
from rnnlab.networks import CELLS, Reader, build, start_carrying
from rnnlab.train import train

EPOCHS = 10
CLIP = 1.0
LABELS = {"relu": "RNN, our BPTT", "tanh": "tanh RNN", "gru": "GRU", "lstm": "LSTM"}  # on the page


@dataclass(frozen=True)
class MnistSettings(Settings):
    """Everything that a picture of the MNIST lab depends on. `digit`, a place in the test set, affects no training."""

    hidden_size: int = knob(64, Between(4, 128, 4), "units in the state")
    learning_rate: float = knob(0.003, OneOf((0.0003, 0.001, 0.003, 0.01, 0.03)), "the peak of its schedule")
    batch: int = knob(100, OneOf((8, 25, 100, 250)), "digits per step")
    training_digits: int = knob(5000, OneOf((500, 1000, 2000, 5000)), "how many it learns from")
    model: str = knob("relu", OneOf(CELLS, LABELS), "the network that reads")
    device: str = device_knob()
    seed: int = knob(0, Between(0, 20), "the seed of the first weights and the batches")
    digit: int = knob(3, Between(0, 999), "the test digit that is shown")

    def __str__(self) -> str:
        return (
            f"{self.label('model')}, hidden size {self.hidden_size}, learning rate {self.learning_rate:g}, batch "
            f"{self.batch}, {self.training_digits} digits, seed {self.seed}"
        )


@dataclass
class MnistState:
    """A training so far."""

    settings: MnistSettings
    digits: Digits  # on the settings' device
    model: Reader
    losses: list[Tensor] = field(default_factory=list)  # one per step so far
    accuracies: list[float] = field(default_factory=list)  # on the test digits, after every epoch so far
    # After the latest epoch: how often digit i (row) is called j (column) in the test set, on the CPU.
    confusion: Tensor = field(default_factory=lambda: torch.zeros(10, 10, dtype=torch.long, device="cpu"))
    done: float = 0.0

    @torch.no_grad()
    def test(self) -> None:
        """Classify every test digit; update `confusion` and add the share classified correctly to `accuracies`."""
        said = self.model(self.digits.x_test).argmax(1)
        self.confusion = torch.bincount(10 * self.digits.y_test + said, minlength=100).view(10, 10).cpu()
        self.accuracies.append(self.confusion.trace().item() / len(said))

    @torch.no_grad()
    def picked(self) -> tuple[Tensor, int, Tensor]:
        """The digit picked, (28, 28), its label, and the belief after each of its rows, (28, 10), on the CPU."""
        x = self.digits.x_test[self.settings.digit]
        return x.cpu(), int(self.digits.y_test[self.settings.digit]), self.model.beliefs(x[None])[0].cpu()


@cache
def _digits(device: str) -> Digits:
    return load_mnist(device=devices.get(device))


def training(settings: MnistSettings) -> Iterator[MnistState]:
    """The state before the first step, then after every step: the same object, which changes."""
    digits = _digits(settings.device)
    make = lambda: Reader(settings.model, settings.hidden_size)  # noqa: E731
    model = start_carrying(build(make, seed=settings.seed))
    state = MnistState(settings, digits, model.to(digits.x.device))
    yield state
    x, y = digits.x[: settings.training_digits], digits.y[: settings.training_digits]
    arguments = {
        "epochs": EPOCHS,
        "batch_size": settings.batch,
        "lr": settings.learning_rate,
        "clip": CLIP,
        "seed": settings.seed,
    }
    for step in train(state.model, x, y, loss=nn.functional.cross_entropy, **arguments):
        state.losses.append(step.loss)
        if step.step % (step.steps // EPOCHS) == 0:
            state.test()
        state.done = step.step / step.steps
        yield state
