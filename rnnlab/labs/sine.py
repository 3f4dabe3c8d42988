"""The sine lab: a network that forecasts a series retrains as its sliders move."""

from collections.abc import Iterator
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
import torch
from torch import Tensor

from rnnlab import device as devices
from rnnlab.data import Split, as_series, noisy_sine, split_in_time, standardise
from rnnlab.draw.sine import SinePicture
from rnnlab.forecast import free_run, linear_floor
from rnnlab.live import Canvas
from rnnlab.models import MLP, RNN, Linear, Persistence, build
from rnnlab.panel import Lab, Report
from rnnlab.recordings import RECORDINGS, columns, read_csv, recording
from rnnlab.train import mse, train

LENGTH = 1000  # values drawn and trained on; of a longer series the last ones
SHORTEST = 200  # below this the test part is too short to look k steps ahead
TRAIN_SHARE = 0.6
K = 64  # steps ahead
BETWEEN_STARTS = 8  # a k-step forecast starts at every 8th test position
MODELS = ("linear", "MLP", "RNN")
OWN, CSV = "your series", "CSV file"


@dataclass(frozen=True)
class SineSettings:
    """Everything that decides a picture of the sine lab. Noise counts for the sine only, hidden_size for MLP and RNN."""

    source: str = "sine"
    tau: int = 4
    noise: float = 0.2
    hidden_size: int = 32
    model: str = "RNN"
    device: str = "cpu"
    seed: int = 0
    csv: str | None = None  # the text of the reader's file
    column: str | None = None

    def __post_init__(self):
        if self.model not in MODELS:
            raise ValueError(f"model is {self.model!r}; allowed: {', '.join(MODELS)}")

    def __str__(self):
        parts = [f"{self.model} on {self.source}", f"tau {self.tau}"]
        parts += [f"noise {self.noise:.2f}"] if self.source == "sine" else []
        parts += [f"hidden size {self.hidden_size}"] if self.model != "linear" else []
        return ", ".join([*parts, f"seed {self.seed}"])


def load(settings: SineSettings, own: Tensor | None = None) -> Tensor:
    """The series a setting asks for, (length,): the sine as it is, anything else cut to its last 1,000 values and
    standardised on its training part. Raises ValueError for an unknown source or a file it cannot use."""
    if settings.source == "sine":
        return noisy_sine(LENGTH, settings.noise, seed=settings.seed)
    if settings.source == CSV:
        if settings.csv is None:
            raise ValueError("no file yet: press Upload and choose a CSV file (a header line, one row a time step)")
        series = read_csv(settings.csv, settings.column, at_least=SHORTEST)
    elif settings.source == OWN and own is not None:
        series = own
    else:
        series = recording(settings.source)
    series = series[-LENGTH:]
    return standardise(series, int(TRAIN_SHARE * len(series)))


@dataclass
class SineState:
    """A training as far as it has come: what to draw, computed when asked for."""

    settings: SineSettings
    series: Tensor  # (length,)
    n_train: int
    split: Split
    model: torch.nn.Module
    losses: list[Tensor]
    done: float

    @torch.no_grad()
    def one_step(self) -> Tensor:
        """The forecasts of the test targets, each from the true values before it, (n_test,)."""
        return self.model(self.split.test_inputs)

    def baselines(self) -> dict[str, float]:
        """The errors to hold it against: persistence, and for the sine what theory allows."""
        persistence = float(mse(Persistence()(self.split.test_inputs), self.split.test_targets))
        if self.settings.source != "sine":
            return {"persistence": persistence}
        tau, noise = self.settings.tau, self.settings.noise
        clean = noisy_sine(LENGTH, 0.0)[self.n_train - tau :]
        return {"persistence": persistence, "best_linear": linear_floor(clean, tau, noise), "noise_floor": noise**2}

    def k_steps(self, model: torch.nn.Module) -> tuple[Tensor, Tensor]:
        """Free runs of `model` from every 8th test position, (starts, K), and their mean squared error by k, (K,)."""
        truth = self.split.test_targets.unfold(0, K, 1)[::BETWEEN_STARTS]
        runs = free_run(model, self.split.test_inputs[: len(self.split.test_targets) - K + 1 : BETWEEN_STARTS], K)
        return runs, (runs - truth).square().mean(0)


def sine_run(settings: SineSettings, own: Tensor | None = None) -> Iterator[SineState]:
    """Train as `settings` say: the state before the first step, then after each. No widgets, no drawing."""
    on = devices.get(settings.device)
    series = load(settings, own)
    n_train = int(TRAIN_SHARE * len(series))
    split = Split(*(part.to(on) for part in split_in_time(series, settings.tau, n_train)))
    inputs, targets = split.train_inputs, split.train_targets
    state = SineState(settings, series, n_train, split, Persistence(), [], 0.0)
    if settings.model == "linear":
        state.model, state.done = Linear.fit(inputs, targets), 1.0
        yield state
        return
    make = (
        (lambda: MLP(settings.tau, settings.hidden_size))
        if settings.model == "MLP"
        else (lambda: RNN(settings.hidden_size))
    )
    state.model = build(make, seed=settings.seed, device=on)
    yield state
    lr = (
        0.015 * (32 / settings.hidden_size) ** 0.5
    )  # one rate for 1 to 128 units would crawl at one end or burst at the other
    for step in train(state.model, inputs, targets, lr=lr, seed=settings.seed):
        state.losses.append(step.loss)
        state.done = step.step / step.steps
        yield state


def draw(picture: SinePicture, canvas: Canvas, state: SineState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
    baselines, one_step = state.baselines(), state.one_step()
    error = float(mse(one_step, state.split.test_targets))
    values = state.series.numpy()
    edge = 2.6 if state.settings.source == "sine" else float(np.ceil(np.abs(values).max() + 0.5))
    if picture.set_series(values, state.n_train, (-edge, edge)):
        canvas.refresh()
    picture.set_floors(**baselines)
    started = {}
    if state.done > 0:  # the first frame shows the move at once; an untrained network's free run can wait
        runs, by_k = state.k_steps(state.model)
        every = K // BETWEEN_STARTS
        shown = runs[::every][: picture.FANS].cpu().numpy()
        starts = state.n_train + K * np.arange(len(shown))
        started = {
            "fans": (starts, shown),
            "by_k": by_k.cpu().numpy(),
            "persistence_by_k": state.k_steps(Persistence())[1].cpu().numpy(),
        }
    losses = torch.stack(state.losses).cpu().numpy() if state.losses else np.empty(0)
    picture.update(
        start=state.n_train,
        one_step=one_step.cpu().numpy(),
        losses=losses,
        done=state.done,
        test_error=error,
        **started,
    )
    against = {name.replace("_", " "): value for name, value in baselines.items()}
    result = f"{state.settings} · test error {error:.4f} · " + " · ".join(
        f"{name} {value:.4f}" for name, value in against.items()
    )
    summary = f"{state.settings}: test error {error:.2f}, " + ", ".join(
        f"{name} {value:.2f}" for name, value in against.items()
    )
    alt = (
        f"Three panels. Above, {len(values)} values of the series, the first {state.n_train} of them shaded as training data; over the "
        f"rest run the {state.settings.model} forecast one step ahead and free-running forecasts of {K} steps that drift from the data. "
        "Below left, the training loss with the test error and the reference errors as level lines. Below right, the test error "
        f"against the number of steps ahead, from 1 to {K}, beside persistence."
    )
    return Report(result, summary, alt)


def sine_lab(series=None, *, tau=4, noise=0.2, hidden_size=32, model="RNN", device="cpu", seed=0) -> Lab:
    """The sine lab, its default setting already trained.

    `series`: any 1-D run of at least 200 numbers, offered as the source "your series". The others are where the controls
    start: tau 1 to 32, noise 0 to 1, hidden_size 1 to 128, model "linear", "MLP" or "RNN", device "cpu", "cuda" or
    "mps", seed 0 to 20. A device this machine lacks is said so and replaced by the cpu. Raises ValueError for
    anything outside.
    """
    own = None if series is None else as_series(series)
    if own is not None and len(own) < SHORTEST:
        raise ValueError(f"series has {len(own)} values; allowed: {SHORTEST} or more, to train and to test on")
    for name, value, low, high in (
        ("tau", tau, 1, 32),
        ("noise", noise, 0, 1),
        ("hidden_size", hidden_size, 1, 128),
        ("seed", seed, 0, 20),
    ):
        if not low <= value <= high:
            raise ValueError(f"{name} is {value}; allowed: {low} to {high}")
    note = ""
    if device in devices.KNOWN and device not in devices.names():
        device, note = "cpu", f"no {device} on this machine, so on cpu · "
    devices.get(device)
    sources = ["sine", *RECORDINGS, CSV] + ([OWN] if own is not None else [])
    start = SineSettings(sources[-1] if own is not None else "sine", tau, noise, hidden_size, model, device, seed)

    def look(description: str, tooltip: str) -> dict:
        return {"description": description, "tooltip": tooltip, "layout": widgets.Layout(width="98%")}

    source = widgets.Dropdown(options=sources, value=start.source, **look("source", "the series to forecast"))
    kind = widgets.Dropdown(options=MODELS, value=model, **look("model", "what forecasts it"))
    on = widgets.Dropdown(options=devices.names(), value=device, **look("device", "where it trains"))
    sliders = {
        "tau": widgets.IntSlider(tau, 1, 32, **look("tau", "how many past values the model sees")),
        "noise": widgets.FloatSlider(
            value=noise, min=0, max=1, step=0.05, **look("noise", "standard deviation of the noise on the sine")
        ),
        "hidden_size": widgets.IntSlider(
            hidden_size, 1, 128, **look("hidden size", "units in the hidden layer or state")
        ),
        "seed": widgets.IntSlider(seed, 0, 20, **look("seed", "draws the noise and the first weights")),
    }
    upload = widgets.FileUpload(accept=".csv,text/csv", **look("CSV file", "a header line, then one row a time step"))
    column = widgets.Dropdown(options=[], **look("column", "the column to forecast"))

    def csv_text() -> str | None:
        return bytes(upload.value[0]["content"]).decode("utf-8-sig", errors="replace") if upload.value else None

    def offer_columns(_change) -> None:
        try:
            column.options = names = columns(csv_text() or "")
            column.value = names[-1]  # the first is a date more often than not
        except ValueError:  # an empty file has none; the run that follows says so in the panel
            column.options = []

    def enable(_change=None) -> None:
        for control in (upload, column):
            control.layout.display = None if source.value == CSV else "none"
        sliders["noise"].disabled = source.value != "sine"
        sliders["hidden_size"].disabled = kind.value == "linear"

    def read() -> SineSettings:
        values = {name: slider.value for name, slider in sliders.items()}
        file = {"csv": csv_text(), "column": column.value} if source.value == CSV else {}
        return SineSettings(source=source.value, model=kind.value, device=on.value, **values, **file)

    for control in (*sliders.values(), kind, on, source, column):
        control.style.description_width = "80px"
    upload.observe(offer_columns, names="value")
    for control in (source, kind):
        control.observe(enable, names="value")
    enable()

    picture = SinePicture(K)
    canvas = Canvas(picture.figure, picture.moving)
    controls = [*sliders.values(), kind, on, source, upload, column]
    lab = Lab(
        controls,
        read,
        lambda settings: sine_run(settings, own),
        lambda state: draw(picture, canvas, state),
        canvas,
        note,
    )
    return lab.wait()
