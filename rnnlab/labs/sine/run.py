"""What the sine lab's settings give: a network that learns to forecast a series, without widgets."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from rnnlab import device as devices
from rnnlab.data.recordings import RECORDINGS, recording
from rnnlab.data.series import Split, noisy_sine, split_in_time, standardise
from rnnlab.forecast import free_run, linear_floor
from rnnlab.live.settings import Between, OneOf, Settings, device_knob, knob
from rnnlab.networks import MLP, RNN, Linear, Persistence, build
from rnnlab.train import mse, train

LENGTH = 1000  # values drawn and trained on; of a longer series, the last ones
SHORTEST = 200  # below this the test part is too short to look k steps ahead
TRAIN_SHARE = 0.6
K = 64  # steps ahead
EPOCHS = 10
BETWEEN_STARTS = 8  # a k-step forecast starts at every 8th test position
CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
MODELS = ("linear", "mlp", *CELLS)
LABELS = {"mlp": "MLP", "rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}  # on the page
OWN, CSV = "your series", "CSV file"


@dataclass(frozen=True)
class SineSettings(Settings):
    """Everything that a picture of the sine lab depends on.

    The noise matters for the sine only, the hidden size for all models but the linear one.
    """

    tau: int = knob(4, Between(1, 32), "how many past values the model sees")
    noise: float = knob(0.2, Between(0, 1, 0.05), "standard deviation of the noise on the sine")
    hidden_size: int = knob(32, Between(1, 128), "units in the hidden layer or state")
    seed: int = knob(0, Between(0, 20), "the seed of the noise and the first weights")
    model: str = knob("rnn", OneOf(MODELS, LABELS), "the model that forecasts it")
    device: str = device_knob()
    source: str = knob("sine", OneOf(("sine", *RECORDINGS, CSV, OWN)), "the series to forecast")
    file: str = ""  # the key of the reader's file, its column, and what is done about gaps
    column: str | None = None
    gaps: str = "refuse"

    def __str__(self) -> str:
        parts = [f"{self.label('model')} on {self.source}", f"tau {self.tau}"]
        parts += [f"noise {self.noise:.2f}"] if self.source == "sine" else []
        parts += [f"hidden size {self.hidden_size}"] if self.model != "linear" else []
        return ", ".join([*parts, f"seed {self.seed}"])


def load(settings: SineSettings, own: Tensor | None = None) -> Tensor:
    """The series that the settings ask for, (length,): the sine as it is, anything else cut to its last 1,000 values
    and standardised on its training part. own: the reader's series, for the sources OWN and CSV. Raises ValueError if
    it is missing."""
    if settings.source == "sine":
        return noisy_sine(LENGTH, settings.noise, seed=settings.seed)
    if settings.source in RECORDINGS:
        own = recording(settings.source)
    elif own is None:
        raise ValueError(f"source is {settings.source!r}, but no series is given; allowed: only with series=...")
    series = own[-LENGTH:]
    return standardise(series, int(TRAIN_SHARE * len(series)))


def season(past: Tensor) -> int:
    """How many steps ago lies the value to repeat as a forecast: of 1 to 100, at most half of `past`, the smallest
    number whose error on `past` is within a quarter of the smallest error. For a periodic series that is its period."""
    most = min(100, len(past) // 2)
    errors = torch.stack([mse(past[:-n], past[n:]) for n in range(1, most + 1)])
    return 1 + int((errors <= 1.25 * errors.min()).nonzero()[0])


@dataclass
class SineState:
    """A training so far, and what to draw of it, computed when asked for."""

    settings: SineSettings
    series: Tensor  # (length,)
    n_train: int
    split: Split
    model: nn.Module
    losses: list[Tensor]
    done: float

    @torch.no_grad()
    def one_step(self) -> Tensor:
        """The forecasts of the test targets, each from the true values before it, (n_test,)."""
        return self.model(self.split.test_inputs)

    def baselines(self) -> dict[str, float]:
        """The errors to compare it with: persistence; for the sine what theory allows, else the naive seasonal one."""
        persistence = float(mse(Persistence()(self.split.test_inputs), self.split.test_targets))
        if self.settings.source != "sine":
            n = season(self.series[: self.n_train])
            naive = float(mse(self.series[self.n_train - n : -n], self.series[self.n_train :]))
            return {"persistence": persistence} | ({f"{n} steps ago": naive} if n > 1 else {})
        tau, noise = self.settings.tau, self.settings.noise
        clean = noisy_sine(LENGTH, 0.0)[self.n_train - tau :]
        return {"persistence": persistence, "best linear": linear_floor(clean, tau, noise), "noise floor": noise**2}

    def k_steps(self, model: nn.Module) -> tuple[Tensor, Tensor]:
        """Free runs of `model` from every 8th test position, (starts, K), and their mean squared error by k, (K,)."""
        truth = self.split.test_targets.unfold(0, K, 1)[::BETWEEN_STARTS]
        runs = free_run(model, self.split.test_inputs[: len(self.split.test_targets) - K + 1 : BETWEEN_STARTS], K)
        return runs, (runs - truth).square().mean(0)


def sine_run(settings: SineSettings, own: Tensor | None = None, epochs: int = EPOCHS) -> Iterator[SineState]:
    """Train as `settings` say: the state before the first step, then after every step. No widgets, no drawing."""
    on = devices.get(settings.device)
    series = load(settings, own)
    n_train = int(TRAIN_SHARE * len(series))
    split = Split(*(part.to(on) for part in split_in_time(series, settings.tau, n_train)))
    inputs, targets = split.train_inputs, split.train_targets
    if settings.model == "linear":
        yield SineState(settings, series, n_train, split, Linear.fit(inputs, targets), losses=[], done=1.0)
        return
    n, cell = settings.hidden_size, CELLS.get(settings.model)
    make = (lambda: RNN(n, cell)) if cell else (lambda: MLP(settings.tau, n))
    model = build(make, seed=settings.seed, device=on)
    state = SineState(settings, series, n_train, split, model, losses=[], done=0.0)
    yield state
    # One rate for 1 to 128 units would be too slow at one end and too fast at the other.
    lr = 0.015 * (32 / settings.hidden_size) ** 0.5
    for step in train(model, inputs, targets, epochs=epochs, lr=lr, seed=settings.seed):
        state.losses.append(step.loss)
        state.done = step.step / step.steps
        yield state
