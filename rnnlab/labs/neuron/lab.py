"""The neuron lab: one recurrent neuron, redrawn as its weights move."""

from typing import Any

import numpy as np

from rnnlab.labs.neuron.picture import MAPS, NeuronFrame, NeuronPicture
from rnnlab.labs.neuron.run import RESTS, STEPS, NeuronSettings, NeuronState, neuron_run
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.settings import starts_at

BEFORE = np.linspace(-1.1, 1.1, 201)  # the values of h_{t-1} that a map is drawn over


def draw(picture: NeuronPicture, state: NeuronState) -> Report:
    """Move the picture's artists to show `state`, and describe it in words."""
    settings = state.settings
    points = [point for x in RESTS[settings.input] for point in state.fixed_points(x)]
    picture.update(
        NeuronFrame(
            x=state.x,
            h=state.h,
            levels=[point.level for point in state.fixed_points() if point.stable],
            before=BEFORE,
            after={x: settings.next(x, BEFORE) for x in MAPS},
            stable=[point.level for point in points if point.stable],
            unstable=[point.level for point in points if not point.stable],
        )
    )
    result = f"{settings} · without input it {state.character()} · saturated in {state.saturated()} of {STEPS} steps"
    alt = (
        f"Left, over {STEPS} time steps, the input ({settings.input}) and below it the neuron's state, which ends "
        f"at {round(state.h[-1], 1) + 0.0}. Right, a cobweb plot: the map from one state to the next without input "
        "and for inputs 1 and -1, the diagonal, and the path of the states between them. Marked on the diagonal: "
        f"{sum(p.stable for p in points)} stable and {sum(not p.stable for p in points)} unstable fixed points."
    )
    return Report(result, result.replace(" · ", "; "), alt)


@starts_at(NeuronSettings)
def neuron_lab(**start: Any) -> Lab:
    """One recurrent neuron, h_t = f(w x_t + w_h h_{t-1} + b) from h_0 = 0, over 60 steps.

    Inputs: "pulse" (1 at t = 10, -1 at t = 35), "step" (1 from t = 20), "alternating" (1, -1, ...), "noise" (N(0, 1)).
    The sliders of w and b move in steps of 0.1, that of w_h in steps of 0.05.
    """
    return Lab(NeuronSettings(**start), neuron_run, draw, Canvas(NeuronPicture(STEPS))).wait()
