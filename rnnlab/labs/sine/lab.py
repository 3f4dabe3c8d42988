"""The sine lab: a network that forecasts a series retrains as its sliders move."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import ipywidgets as widgets
import numpy as np

from rnnlab.data.recordings import RECORDINGS
from rnnlab.data.series import exact_series
from rnnlab.labs.sine.picture import SineFrame, SinePicture
from rnnlab.labs.sine.run import BETWEEN_STARTS, CSV, OWN, SHORTEST, K, SineSettings, SineState, sine_run
from rnnlab.labs.sine.upload import Upload
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.settings import starts_at
from rnnlab.networks import Persistence
from rnnlab.train import curve, mse


def draw(picture: SinePicture, state: SineState) -> Report:
    """Move the picture's artists to show `state`, and describe it in words."""
    baselines, one_step = state.baselines(), state.one_step()
    error = float(mse(one_step, state.split.test_targets))
    values = state.series.numpy()
    if state.settings.source == "sine":  # two heights, so that a slider seldom moves the axis
        edge = 2.6 if state.settings.noise <= 0.5 else 4.6
    else:
        edge = float(np.ceil(np.abs(values).max() + 0.5))
    started: dict[str, Any] = {}
    if state.done > 0:  # the first frame shows the move at once; an untrained network's free run can wait
        runs, by_k = state.k_steps(state.model)
        shown = runs[:: K // BETWEEN_STARTS][: picture.FANS].cpu().numpy()
        started = {
            "fans": (state.n_train + K * np.arange(len(shown)), shown),
            "by_k": by_k.cpu().numpy(),
            "persistence_by_k": state.k_steps(Persistence())[1].cpu().numpy(),
        }
    picture.update(
        SineFrame(
            values=values,
            n_train=state.n_train,
            limits=(-edge, edge),
            one_step=one_step.cpu().numpy(),
            losses=curve(state.losses),
            done=state.done,
            test_error=error,
            floors=baselines,
            **started,
        )
    )
    result = f"{state.settings} · test error {error:.4f} · " + " · ".join(
        f"{name} {value:.4f}" for name, value in baselines.items()
    )
    summary = f"{state.settings}: test error {error:.2f}, " + ", ".join(
        f"{name} {value:.2f}" for name, value in baselines.items()
    )
    alt = (
        f"Three panels. Above, {len(state.series)} values of the series, the first {state.n_train} of them shaded as "
        f"training data; over the rest run the {state.settings.label('model')} forecast one step ahead and "
        f"free-running forecasts of {K} steps that drift from the data. Below left, the training loss with the test "
        "error, and the reference errors as level lines. Below right, the test error against the number of steps "
        f"ahead, from 1 to {K}, beside that of persistence."
    )
    return Report(result, summary, alt)


def fit_controls(controls: dict[str, widgets.Widget], _moved: widgets.Widget | None) -> None:
    """Hide or disable what has no effect with this source and this model."""
    for name in ("file", "column", "gaps"):
        controls[name].layout.display = None if controls["source"].value == CSV else "none"
    controls["noise"].disabled = controls["source"].value != "sine"
    controls["hidden_size"].disabled = controls["model"].value == "linear"


@starts_at(SineSettings)
def sine_lab(series: Any = None, **start: Any) -> Lab:
    """The sine lab, already trained at its first settings.

    series: any 1-D run of at least 200 numbers; the lab then begins with it, as the source "your series".
    """
    sources: Collection[str] = ("sine", *RECORDINGS, CSV)
    own = None if series is None else exact_series(series)
    if own is not None:
        if len(own) < SHORTEST:
            raise ValueError(f"series has {len(own)} values; allowed: {SHORTEST} or more, to train and to test on")
        sources = (*sources, OWN)
        start.setdefault("source", OWN)
    settings = SineSettings(**start)
    if settings.source not in sources:
        raise ValueError(f"source is {settings.source!r}, but no series is given; allowed: only with series=...")
    upload = Upload(SHORTEST)
    read_as = [""]  # how the file now in use was read

    def complete(settings: SineSettings) -> SineSettings:
        file = {"file": upload.key, "column": upload.column.value, "gaps": upload.gaps.value}
        return replace(settings, **file) if settings.source == CSV else settings

    def run(settings: SineSettings) -> Iterator[SineState]:
        series = own
        if settings.source == CSV:
            series, read_as[0] = upload.series(settings.file, settings.column, settings.gaps)
        return sine_run(settings, series)

    def show(picture: SinePicture, state: SineState) -> Report:
        report = draw(picture, state)
        return report._replace(result=f"{report.result} · {read_as[0]}") if state.settings.source == CSV else report

    lab = Lab(
        settings,
        run,
        show,
        Canvas(SinePicture(K)),
        offered={"source": sources},
        more=upload.controls,
        complete=complete,
        adapt=fit_controls,
    )
    return lab if settings.source == CSV else lab.wait()  # without a file there is nothing to wait for
