"""The neuron lab: one recurrent neuron, redrawn as its weights move."""

import ipywidgets as widgets
import numpy as np

from rnnlab.draw.neuron import MAPS, NeuronPicture
from rnnlab.labs.neuron_run import INPUTS, LIMIT, NONLINEARITIES, RESTS, STEPS, NeuronSettings, NeuronState, neuron_run
from rnnlab.live import Canvas
from rnnlab.panel import Lab, Report

BEFORE = np.linspace(-1.1, 1.1, 201)  # the h_{t-1} a map is drawn over


def draw(picture: NeuronPicture, state: NeuronState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
    settings = state.settings
    points = [point for x in RESTS[settings.input] for point in state.fixed_points(x)]
    picture.update(
        x=state.x,
        h=state.h,
        levels=[point.level for point in state.fixed_points() if point.stable],
        maps=(BEFORE, {x: settings.next(x, BEFORE) for x in MAPS}),
        stable=[point.level for point in points if point.stable],
        unstable=[point.level for point in points if not point.stable],
    )
    result = f"{settings} · without input it {state.character()} · saturated in {state.saturated()} of {STEPS} steps"
    alt = (
        f"Left, against {STEPS} time steps, the input ({settings.input}) and below it the neuron's state, which ends at "
        f"{round(state.h[-1], 1) + 0.0}. Right, a cobweb plot: the map from one state to the next without input and for inputs 1 and "
        f"-1, the diagonal, and the path of the states between them. Marked on the diagonal: "
        f"{sum(p.stable for p in points)} stable and {sum(not p.stable for p in points)} unstable fixed points."
    )
    return Report(result, result.replace(" · ", "; "), alt)


def neuron_lab(*, w=2.0, w_h=0.9, b=0.0, input="pulse", nonlinearity="tanh") -> Lab:
    """One recurrent neuron, h_t = f(w x_t + w_h h_{t-1} + b) from h_0 = 0, over 60 steps.

    The arguments are where the controls start: w, w_h and b from -6 to 6 (rounded to a tenth), input "pulse" (1 at
    t = 10, -1 at t = 35), "step" (1 from t = 20), "alternating" (1, -1, ...) or "noise" (N(0, 1)), nonlinearity "tanh"
    or "sigmoid". Raises ValueError for anything outside.
    """
    start = NeuronSettings(w, w_h, b, input, nonlinearity)

    def slider(value: float, description: str, tooltip: str) -> widgets.FloatSlider:
        span = {"min": -LIMIT, "max": LIMIT, "step": 0.1, "readout_format": ".1f"}
        return widgets.FloatSlider(value=round(value, 1), **span, description=description, tooltip=tooltip)

    sliders = {
        "w": slider(start.w, "w", "weighs the input"),
        "w_h": slider(start.w_h, "w_h", "weighs the state before"),
        "b": slider(start.b, "b", "is always added"),
    }
    kind = widgets.Dropdown(
        options=list(INPUTS), value=start.input, description="input", tooltip="what the neuron is given"
    )
    bend = widgets.Dropdown(
        options=list(NONLINEARITIES), value=start.nonlinearity, description="nonlinearity", tooltip="what bends the sum"
    )
    controls = [*sliders.values(), kind, bend]

    def read() -> NeuronSettings:
        # The page sends 0.30000000000000004 for 0.3 and may send -0: one setting, one picture.
        weights = {name: round(control.value, 1) + 0.0 for name, control in sliders.items()}
        return NeuronSettings(**weights, input=kind.value, nonlinearity=bend.value)

    picture = NeuronPicture(STEPS)
    canvas = Canvas(picture.figure, picture.moving)
    return Lab(controls, read, neuron_run, lambda state: draw(picture, state), canvas).wait()
