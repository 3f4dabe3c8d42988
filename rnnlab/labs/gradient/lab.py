"""The gradient lab: a gradient on its way back through time, redrawn as the network changes."""

from typing import Any

from rnnlab.labs.gradient.picture import SPANS, GradientFrame, GradientPicture
from rnnlab.labs.gradient.run import GradientSettings, GradientState, gradient_run, short
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.settings import starts_at


def in_words(state: GradientState) -> dict[str, str]:
    """What each panel shows, in reading order."""
    settings, fate = state.settings, state.fate()
    T, kept, norm = settings.T, state.kept, short(state.norm)
    cuts = kept < T
    if fate == "dead":
        return {
            "norm": f"at lag {T}: {short(state.norms[-1])} of that at lag 0",
            "sum": "dead: ‖G‖ is 0, so no step teaches W_hh anything",
            "clip": "nothing to clip",
            "loss": "nothing to lose",
        }
    which = "‖Gₖ‖" if cuts else "‖G‖"
    clipped, limit = f"{which} {short(state.kept_norm)}", settings.label("clip")
    if limit == "off":
        clip = f"clip off: {clipped}"
    elif state.scale == 1:
        clip = f"clip {limit}: {clipped} is below it, so nothing changes"
    else:
        clip = f"clip {limit}: {clipped} to {limit}, all shares times {short(state.scale)}"
    lost = f"k {settings.truncation_k} loses {100 * state.losses[kept - 1]:.0f} %"
    highest = 100 * state.projections.max() / state.norm
    part = round(100 * state.projections[:kept].sum() / state.norm)  # whole, so that there is no -0
    return {
        "norm": f"at lag {T}: {short(state.norms[-1])} of that at lag 0, {fate}",
        "sum": f"bars add up to ‖G‖ = {norm}, highest {highest:.0f} %" + (f", kept {part} %" if cuts else ""),
        "clip": clip,
        "loss": lost if cuts else f"k {settings.truncation_k} cuts nothing off: there are {T} steps",
    }


def draw(picture: GradientPicture, state: GradientState) -> Report:
    """Move the picture's artists to show `state`, and describe it in words."""
    settings, says = state.settings, in_words(state)
    picture.update(
        GradientFrame(
            norms=state.norms,
            bound=state.bound,
            radius=state.radius_line,
            parts=state.projections / (state.projections.max() or 1.0),
            share_norms=state.share_norms,
            scale=state.scale,
            kept=state.kept,
            losses=state.losses,
            says=says.values(),
        )
    )
    fate = state.fate()
    result = f"{settings} · gradient " + " · ".join(says.values())
    alt = (
        "Four panels over the steps back from the loss. Above left, on a logarithmic axis, the norm of the gradient "
        f"with respect to the state ({fate}), the spectral radius to the power of the lag, and the bound it cannot "
        f"exceed. Above right, one bar per step for its share of the gradient of W_hh, {state.kept} of {settings.T} "
        "kept. Below left, the norms of the shares before and after clipping: two parallel curves if it acts, one "
        "if it does not. Below right, what truncation loses, falling to 0 as k rises to T."
    )
    return Report(result, result.replace(" · ", "; "), alt)


@starts_at(GradientSettings)
def gradient_lab(**start: Any) -> Lab:
    """The gradient of the last of T states of an untrained network of 32 units, and what becomes of it on its way back.

    The slider of the spectral radius moves in steps of 0.05; a "random" W_hh is Gaussian; clip=math.inf clips nothing.
    """
    settings = GradientSettings(**start)
    picture = GradientPicture()
    canvas = Canvas(picture)
    for span in SPANS:  # a background takes longer than all that moves on it: render each before the reader moves T
        picture.make_room(span)
        canvas.png()
    return Lab(settings, gradient_run, draw, canvas).wait()
