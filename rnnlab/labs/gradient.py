"""The gradient lab: a gradient on its way back through time, redrawn as the network changes."""

import ipywidgets as widgets

from rnnlab.draw.gradient import SPANS, GradientPicture
from rnnlab.labs.gradient_run import (
    CLIPS,
    KEPT,
    RADIUS,
    STARTS,
    STEEPEST,
    STEPS,
    GradientSettings,
    GradientState,
    gradient_run,
    short,
)
from rnnlab.live import Canvas
from rnnlab.panel import Lab, Report


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
    clipped, limit = f"{which} {short(state.kept_norm)}", settings.clip and f"{settings.clip:g}"
    if limit is None:
        clip = f"clip off: {clipped}"
    elif state.scale == 1:
        clip = f"clip {limit}: {clipped} is below, so nothing moves"
    else:
        clip = f"clip {limit}: {clipped} to {limit}, all shares times {short(state.scale)}"
    lost = f"k {settings.k} loses {100 * state.losses[kept - 1]:.0f} %"
    highest = 100 * state.projections.max() / state.norm
    part = 100 * state.projections[:kept].sum() / state.norm
    return {
        "norm": f"at lag {T}: {short(state.norms[-1])} of that at lag 0, {fate}",
        "sum": f"bars add up to ‖G‖ = {norm}, highest {highest:.0f} %" + (f", kept {part:.0f} %" if cuts else ""),
        "clip": clip,
        "loss": lost if cuts else f"k {settings.k} cuts nothing off: there are {T} steps",
    }


def draw(picture: GradientPicture, canvas: Canvas, state: GradientState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
    settings, says = state.settings, in_words(state)
    if picture.set_span(settings.T):
        canvas.refresh(picture.span)
    picture.update(
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
    fate = state.fate()
    result = f"{settings} · gradient " + " · ".join(says.values())
    alt = (
        "Four panels over the steps back from the loss. Above left, on a logarithmic axis, the norm of the gradient with "
        f"respect to the state ({fate}), the spectral radius to the power of the lag, and the bound it cannot exceed. Above "
        f"right, a bar for each step's share of the gradient of W_hh, {state.kept} of {settings.T} kept. Below left, the "
        "norms of the shares before and after clipping: two parallel curves where it acts, one where it does not. Below "
        "right, what truncation loses, falling to 0 as k rises to T."
    )
    return Report(result, result.replace(" · ", "; "), alt)


def gradient_lab(*, spectral_radius=0.9, T=50, nonlinearity="tanh", start="random", k=10, clip=None) -> Lab:
    """The gradient of the last of T states of an untrained network of 32 units, and what becomes of it on its way back.

    The arguments are where the controls start: spectral_radius of W_hh 0.2 to 2 (rounded to 0.05), T 2 to 100,
    nonlinearity "tanh", "sigmoid", "relu" or "linear", start of W_hh "random" (Gaussian), "orthogonal" or "identity", k
    1 to 100, the steps truncation keeps (all, from T on), clip None, 10, 1 or 0.1, the largest norm let through. Raises
    ValueError for anything outside.
    """
    first = GradientSettings(spectral_radius, T, nonlinearity, start, k, clip)

    controls = {
        "spectral_radius": widgets.FloatSlider(
            value=first.spectral_radius,
            min=RADIUS[0],
            max=RADIUS[1],
            step=0.05,
            description="spectral radius",
            tooltip="the largest |eigenvalue| of W_hh",
        ),
        "T": widgets.IntSlider(T, *STEPS, description="T", tooltip="the steps from the first input to the loss"),
        "k": widgets.IntSlider(k, *KEPT, description="truncation k", tooltip="the steps the gradient is followed back"),
        "nonlinearity": widgets.Dropdown(
            options=list(STEEPEST), value=nonlinearity, description="nonlinearity", tooltip="f in h_t = f(a_t)"
        ),
        "start": widgets.Dropdown(options=STARTS, value=start, description="start", tooltip="what W_hh is made of"),
        "clip": widgets.Dropdown(
            options=[("off" if clip is None else f"{clip:g}", clip) for clip in CLIPS],
            value=clip,
            description="clip",
            tooltip="the largest norm of the gradient let through",
        ),
    }

    def read() -> GradientSettings:
        # The page sends 0.30000000000000004 for 0.3: one setting, one picture.
        values = {name: control.value for name, control in controls.items()}
        return GradientSettings(**values | {"spectral_radius": round(values["spectral_radius"], 2)})

    picture = GradientPicture()
    canvas = Canvas(picture.figure, picture.moving)
    for span in SPANS:  # a background costs more than all that moves on it: have each of them before the reader moves T
        picture.set_span(span)
        canvas.refresh(span)
        canvas.png()
    return Lab(list(controls.values()), read, gradient_run, lambda state: draw(picture, canvas, state), canvas).wait()
