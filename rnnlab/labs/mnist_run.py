"""What a setting of the MNIST lab gives: digits read row by row, from settings to training states, without widgets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import torch
from torch import Tensor, nn

from rnnlab import device as devices
from rnnlab.mnist import Digits, load_mnist
from rnnlab.models import CELLS, Reader, build
from rnnlab.train import train

EPOCHS = 10
CLIP = 1.0
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
BATCHES = (8, 25, 100, 250)
SUBSETS = (500, 1000, 2000, 5000)  # how many of the bundled digits it may learn from
SIZES, PICKS, SEEDS = (4, 128), (0, 999), (0, 20)  # where hidden_size, digit and seed may go


@dataclass(frozen=True)
class MnistSettings:
    """Everything that decides a picture of the MNIST lab. `digit`, a place in the test set, decides no training."""

    hidden_size: int = 64
    lr: float = 0.003
    batch: int = 100
    subset: int = 5000
    model: str = "RNN, our BPTT"
    device: str = "cpu"
    seed: int = 0
    digit: int = 3

    def __post_init__(self):
        for name, (low, high) in (("hidden_size", SIZES), ("digit", PICKS), ("seed", SEEDS)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: {low} to {high}")
        for name, known in (("lr", RATES), ("batch", BATCHES), ("subset", SUBSETS), ("model", tuple(CELLS))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; allowed: {', '.join(map(str, known))}")

    def __str__(self):
        return (
            f"{self.model}, hidden size {self.hidden_size}, learning rate {self.lr:g}, batch {self.batch}, "
            f"{self.subset} digits, seed {self.seed}"
        )


@dataclass
class MnistState:
    """A training as far as it has come."""

    settings: MnistSettings
    digits: Digits  # on the settings' device
    model: Reader
    losses: list[Tensor] = field(default_factory=list)  # of every step so far
    accuracies: list[float] = field(default_factory=list)  # on the test digits, after every epoch so far
    # After the latest epoch: how often digit i (row) is called j (column) in the test set, on the CPU.
    confusion: Tensor = field(default_factory=lambda: torch.zeros(10, 10, dtype=torch.long, device="cpu"))
    done: float = 0.0

    @torch.no_grad()
    def test(self) -> None:
        """Ask for every test digit; renews `confusion` and adds the share named rightly to `accuracies`."""
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
    """The state before the first step, then after each: one object, which changes."""
    digits = _digits(settings.device)
    make = lambda: Reader(settings.model, settings.hidden_size)  # noqa: E731
    state = MnistState(settings, digits, build(make, seed=settings.seed).start_carrying().to(digits.x.device))
    yield state
    x, y = digits.x[: settings.subset], digits.y[: settings.subset]
    arguments = {"epochs": EPOCHS, "batch_size": settings.batch, "lr": settings.lr, "clip": CLIP, "seed": settings.seed}
    for step in train(state.model, x, y, loss=nn.functional.cross_entropy, **arguments):
        state.losses.append(step.loss)
        if step.step % (step.steps // EPOCHS) == 0:
            state.test()
        state.done = step.step / step.steps
        yield state
