"""The sine lab: a network that forecasts a series retrains as its sliders move."""

from collections.abc import Iterator
from numbers import Real

import ipywidgets as widgets
import numpy as np
import torch

from rnnlab import device as devices
from rnnlab.data import exact_series
from rnnlab.draw.sine import SinePicture
from rnnlab.labs.sine_run import BETWEEN_STARTS, CSV, MODELS, OWN, SHORTEST, K, SineSettings, SineState, sine_run
from rnnlab.labs.upload import Upload
from rnnlab.live import Canvas
from rnnlab.messages import quote, whole
from rnnlab.models import Persistence
from rnnlab.panel import Lab, Report
from rnnlab.recordings import RECORDINGS
from rnnlab.train import mse


def draw(picture: SinePicture, canvas: Canvas, state: SineState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
    baselines, one_step = state.baselines(), state.one_step()
    error = float(mse(one_step, state.split.test_targets))
    values = state.series.numpy()
    if state.settings.source == "sine":  # two heights, so that a slider seldom moves the axis
        edge = 2.6 if state.settings.noise <= 0.5 else 4.6
    else:
        edge = float(np.ceil(np.abs(values).max() + 0.5))
    if picture.set_series(values, state.n_train, (-edge, edge)):
        canvas.refresh((len(values), state.n_train, edge))
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
    start: tau 1 to 32, noise 0 to 1, hidden_size 1 to 128, model "linear", "MLP", "RNN", "LSTM" or "GRU", device "cpu",
    "cuda" or "mps", seed 0 to 20. A device this machine lacks is said so and replaced by the cpu. Raises ValueError for
    anything outside.
    """
    own = None if series is None else exact_series(series)
    if own is not None and len(own) < SHORTEST:
        raise ValueError(f"series has {len(own)} values; allowed: {SHORTEST} or more, to train and to test on")
    for name, value, low, high in (
        ("tau", tau, 1, 32),
        ("noise", noise, 0, 1),
        ("hidden_size", hidden_size, 1, 128),
        ("seed", seed, 0, 20),
    ):
        if not (isinstance(value, Real) and low <= value <= high):
            raise ValueError(f"{name} is {quote(value)}; allowed: {low} to {high}")
        if name != "noise":
            whole(name, value)
    note = ""
    if device in devices.KNOWN and device not in devices.names():
        device, note = "cpu", f"no {device} on this machine, so on cpu · "
    devices.get(device)
    sources = ["sine", *RECORDINGS, CSV] + ([OWN] if own is not None else [])
    start = SineSettings(sources[-1] if own is not None else "sine", tau, noise, hidden_size, model, device, seed)

    source = widgets.Dropdown(
        options=sources, value=start.source, description="source", tooltip="the series to forecast"
    )
    kind = widgets.Dropdown(options=MODELS, value=model, description="model", tooltip="what forecasts it")
    on = widgets.Dropdown(options=devices.names(), value=device, description="device", tooltip="where it trains")
    sliders = {
        "tau": widgets.IntSlider(tau, 1, 32, description="tau", tooltip="how many past values the model sees"),
        "noise": widgets.FloatSlider(
            value=noise,
            min=0,
            max=1,
            step=0.05,
            description="noise",
            tooltip="standard deviation of the noise on the sine",
        ),
        "hidden_size": widgets.IntSlider(
            hidden_size, 1, 128, description="hidden size", tooltip="units in the hidden layer or state"
        ),
        "seed": widgets.IntSlider(seed, 0, 20, description="seed", tooltip="draws the noise and the first weights"),
    }
    upload = Upload(SHORTEST)

    def enable(_change=None) -> None:
        for control in (upload.file, upload.column, upload.gaps):
            control.layout.display = None if source.value == CSV else "none"
        sliders["noise"].disabled = source.value != "sine"
        sliders["hidden_size"].disabled = kind.value == "linear"

    def read() -> SineSettings:
        values = {name: slider.value for name, slider in sliders.items()}
        file = {"file": upload.key, "column": upload.column.value, "gaps": upload.gaps.value}
        file = file if source.value == CSV else {}
        return SineSettings(source=source.value, model=kind.value, device=on.value, **values, **file)

    read_as = [""]  # how the file that is trained on was read

    def run(settings: SineSettings) -> Iterator[SineState]:
        series = own
        if settings.source == CSV:
            series, read_as[0] = upload.series(settings.file, settings.column, settings.gaps)
        return sine_run(settings, series)

    def show(state: SineState) -> Report:
        report = draw(picture, canvas, state)
        return report._replace(result=f"{report.result} · {read_as[0]}") if state.settings.source == CSV else report

    for control in (source, kind):
        control.observe(enable, names="value")
    enable()

    picture = SinePicture(K)
    canvas = Canvas(picture.figure, picture.moving)
    return Lab([*sliders.values(), kind, on, source, *upload.controls], read, run, show, canvas, note).wait()
