"""The memory lab: a cell learns to hold a symbol over a lag of noise, and shows its gates at work."""

from typing import Any

import ipywidgets as widgets
import torch

from rnnlab.data.recall import SYMBOLS
from rnnlab.labs.memory.picture import MemoryFrame, MemoryPicture
from rnnlab.labs.memory.run import STEPS, MemorySettings, MemoryState, half_life, training
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.resumable import Resumable
from rnnlab.live.settings import starts_at
from rnnlab.train import curve


def strips(parts: dict[str, torch.Tensor]) -> list[tuple[str, torch.Tensor]]:
    """Two titled arrays (units, T), 0 to 1, that show what the units do; the units that keep most come first."""
    if "f" in parts:
        kept, other = (
            ("forget gate $f_t$: how much is kept", parts["f"]),
            ("input gate $i_t$: how much is written", parts["i"]),
        )
    elif "z" in parts:
        kept, other = (
            ("update gate $z_t$: how much is kept", parts["z"]),
            ("reset gate $r_t$: how much is read", parts["r"]),
        )
    else:
        h = parts["h"]
        change = h.diff(dim=0, prepend=torch.zeros_like(h[:1])).abs()
        squeeze = lambda size: size / (1 + size)  # noqa: E731  a ReLU's state has no upper end
        kept = ("no gates: the state, $|h_t| / (1 + |h_t|)$", squeeze(h.abs()))
        other = ("how much of it changes per step, on the same scale", squeeze(change))
    order = kept[1].mean(0).argsort(descending=True)
    return [(title, part.clamp(0, 1).T[order]) for title, part in (kept, other)]


def draw(picture: MemoryPicture, state: MemoryState) -> Report:
    """Move the picture's artists to show `state`, and describe it in words."""
    settings = state.settings
    x, symbol, parts, belief = state.picked()
    upper, lower = strips(parts)
    now = state.path() if state.losses else state.path_before
    learnt = f"learnt in {len(state.losses)} of {STEPS} steps" if state.learnt else ""
    picture.update(
        MemoryFrame(
            losses=curve(state.losses),
            tested=state.tested,
            accuracies=state.accuracies,
            steps=STEPS,
            note=learnt,
            before=state.path_before.numpy(),
            now=now.numpy(),
            carrier="c" if "c" in parts else "h",
            noise=x[:, SYMBOLS].numpy(),
            symbol=symbol,
            upper=(upper[0], upper[1].numpy()),
            lower=(lower[0], lower[1].numpy()),
            belief=belief.numpy(),
        )
    )
    accuracy = state.accuracies[-1] if state.accuracies else 0.0
    weights = sum(weight.numel() for weight in state.model.parameters())
    gated = settings.cell in ("lstm", "gru")
    keeps = f" · untrained, it keeps half for {half_life(settings.forget_bias):.1f} steps" if gated else ""
    tested = f"test accuracy {accuracy:.1%} (guessing 25 %)" if state.accuracies else "not tested yet"
    says = f"sequence {settings.sequence}, symbol {symbol}: says {int(belief[-1].argmax())}"
    result = (
        f"{settings}, {weights} weights · {learnt and learnt + ' · '}{tested}{keeps} · gradient at the symbol over "
        f"that at the question: {float(state.path_before[0]):.1g} before training, {float(now[0]):.1g} now · {says}"
    )
    # In three grades only: on another machine the decimals differ.
    grade = (
        "above 95 %" if accuracy > 0.95 else "below 40 %, near guessing" if accuracy < 0.4 else "between 40 and 95 %"
    )
    alt = (
        f"Above left, the loss and the test accuracy during training; the accuracy ends {grade}. Below left, on a "
        "logarithmic axis, what is left of the gradient at every step back to the symbol, before training and now. "
        "Right, one sequence: the symbol and its noise, two strips of what each unit does over time "
        f"({upper[0].split(':')[0]}, {lower[0].split(':')[0]}), and the belief in each of the four symbols, with a "
        "frame around the true one."
    ).replace("$", "")
    return Report(result, f"{settings}: test accuracy {grade}", alt)


def fit_controls(controls: dict[str, widgets.Widget], _moved: widgets.Widget | None) -> None:
    """Disable the biases that the cell does not have."""
    controls["forget_bias"].disabled = controls["cell"].value not in ("lstm", "gru")
    controls["input_bias"].disabled = controls["cell"].value != "lstm"


@starts_at(MemorySettings)
def memory_lab(**start: Any) -> Lab:
    """The memory lab on the recall task, already trained at its first settings."""
    run = Resumable(training, shown="sequence")
    return Lab(MemorySettings(**start), run, draw, Canvas(MemoryPicture(SYMBOLS)), adapt=fit_controls).wait()
