"""The unroll lab: go through time one step at a time and see every number."""

from typing import Any

from rnnlab.labs.unroll.picture import UnrollFrame, UnrollPicture, number
from rnnlab.labs.unroll.run import STEPS, WEIGHTS, UnrollSettings, UnrollState, unroll_run
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.settings import starts_at


def draw(picture: UnrollPicture, state: UnrollState) -> Report:
    """Move the picture's artists to show `state`, and describe it in words."""
    settings = state.settings
    t = settings.t
    W_xh, W_hh, b_h = WEIGHTS[settings.weights]
    picture.update(UnrollFrame(t=t, x=state.x.numpy(), h=state.h.numpy(), W_xh=W_xh, W_hh=W_hh, b_h=b_h))
    first, second = map(number, state.h[-1].tolist())
    result = f"{settings.input}, {settings.weights}, t {t} · h_{t} = ({first}, {second})"
    alt = (
        f"A recurrent network of two units drawn once for each of {STEPS} time steps. W_xh leads from each input up "
        "to the state and W_hh from each state to the next, in the same colour at every step. The numbers are filled "
        f"in up to step {t}; the later steps are pale. "
        + (f"Below, the sum of step {t} is written out for both units." if t else "Nothing has been read yet.")
    )
    return Report(result, result.replace(" · ", "; "), alt)


@starts_at(UnrollSettings)
def unroll_lab(**start: Any) -> Lab:
    """A network of two units over six steps, with its numbers; the slider `t` moves time one step at a time.

    The weights "feed-forward" have W_hh = 0.
    """
    return Lab(UnrollSettings(**start), unroll_run, draw, Canvas(UnrollPicture(STEPS))).wait()
