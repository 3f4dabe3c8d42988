"""The memory lab: a cell learns to hold a symbol over a lag of noise, and shows its gates at work."""

import ipywidgets as widgets
import torch

from rnnlab import device as devices
from rnnlab.draw.memory import MemoryPicture
from rnnlab.labs.latest import keep_latest
from rnnlab.labs.memory_run import (
    CELLS,
    KEEPS,
    LAGS,
    PICKS,
    RATES,
    SEEDS,
    SIZES,
    STEPS,
    WRITES,
    MemorySettings,
    MemoryState,
    half_life,
    training,
)
from rnnlab.live import Canvas
from rnnlab.panel import Lab, Report
from rnnlab.tasks.memory import SYMBOLS


def strips(parts: dict[str, torch.Tensor]) -> list[tuple[str, torch.Tensor]]:
    """Two titled arrays (units, T) of 0 to 1 to show what the units do, the units that keep most on top."""
    if "f" in parts:
        kept, other = (
            ("forget gate $f_t$: how much is kept", parts["f"]),
            ("input gate $i_t$: how much is written", parts["i"]),
        )
    elif "z" in parts:
        kept, other = (
            ("update gate $z_t$: how much is kept", parts["z"]),
            ("reset gate $r_t$: how much is asked", parts["r"]),
        )
    else:
        h = parts["h"]
        change = h.diff(dim=0, prepend=torch.zeros_like(h[:1])).abs()
        squeeze = lambda size: size / (1 + size)  # noqa: E731  a ReLU's state has no upper end
        kept = ("no gates: the state, $|h_t| / (1 + |h_t|)$", squeeze(h.abs()))
        other = ("how much of it changes at a step, likewise", squeeze(change))
    order = kept[1].mean(0).argsort(descending=True)
    return [(title, part.clamp(0, 1).T[order]) for title, part in (kept, other)]


def draw(picture: MemoryPicture, state: MemoryState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
    settings = state.settings
    x, symbol, parts, belief = state.picked()
    upper, lower = strips(parts)
    now = state.path() if state.losses else state.path_before
    learnt = f"learnt in {len(state.losses)} of {STEPS} steps" if state.learnt else ""
    picture.update(
        losses=torch.stack(state.losses).cpu().numpy() if state.losses else torch.empty(0, device="cpu").numpy(),
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
    accuracy = state.accuracies[-1] if state.accuracies else 0.0
    weights = sum(weight.numel() for weight in state.model.parameters())
    gated = settings.cell in ("LSTM", "GRU")
    keeps = f" · untrained, it keeps half for {half_life(settings.forget_bias):.1f} steps" if gated else ""
    tested = f"test accuracy {accuracy:.1%} (guessing 25 %)" if state.accuracies else "not tested yet"
    says = f"sequence {settings.sequence}, symbol {symbol}: says {int(belief[-1].argmax())}"
    result = (
        f"{settings}, {weights} weights · {learnt and learnt + ' · '}{tested}{keeps} · gradient at the "
        f"symbol, of that at the question: {float(state.path_before[0]):.1g} before training, {float(now[0]):.1g} now · {says}"
    )
    # In three grades: another machine trains to another decimal.
    grade = (
        "above 95 %" if accuracy > 0.95 else "below 40 %, near guessing" if accuracy < 0.4 else "between 40 and 95 %"
    )
    alt = (
        f"Above left the loss and the test accuracy over the training, which ends {grade}. Below left, on a logarithmic "
        "axis, what is left of the gradient at every step back to the symbol, before training and now. Right, one "
        f"sequence: the symbol and its noise, two strips of what each unit does over time ({upper[0].split(':')[0]}, "
        f"{lower[0].split(':')[0]}), and the belief in each of the four symbols, the true one framed."
    ).replace("$", "")
    return Report(result, f"{settings}: test accuracy {grade}", alt)


def memory_lab(
    *,
    cell="LSTM",
    lag=50,
    hidden_size=32,
    forget_bias=5,
    input_bias=0,
    lr=0.003,
    device="cpu",
    seed=0,
    sequence=0,
) -> Lab:
    """The memory lab on the recall task, its default setting already trained.

    The arguments are where the controls start: cell, a name in `memory_run.CELLS`; lag 5 to 200 steps; hidden_size 4 to
    128; forget_bias -2 to 8, of an LSTM's forget gate or a GRU's update gate; input_bias -6 to 2, of an LSTM's input gate;
    lr 0.001, 0.003, 0.01 or 0.03, the peak of a one-cycle schedule; device "cpu", "cuda" or "mps"; seed 0 to 20; sequence,
    the test sequence shown, 0 to 199. A device this machine lacks is said so and replaced by the cpu. Raises ValueError
    for anything outside.
    """
    note = ""
    if device in devices.KNOWN and device not in devices.names():
        device, note = "cpu", f"no {device} on this machine, so on cpu · "
    devices.get(device)
    MemorySettings(cell, lag, hidden_size, forget_bias, input_bias, lr, device, seed, sequence)

    controls = {
        "cell": widgets.Dropdown(options=list(CELLS), value=cell, description="cell", tooltip="what remembers"),
        "lag": widgets.IntSlider(
            lag, *LAGS, step=5, description="lag", tooltip="steps from the symbol to the question"
        ),
        "hidden_size": widgets.IntSlider(
            hidden_size, *SIZES, step=4, description="hidden size", tooltip="units in the state"
        ),
        "forget_bias": widgets.IntSlider(
            forget_bias, *KEEPS, description="forget bias", tooltip="LSTM and GRU: how much is kept before training"
        ),
        "input_bias": widgets.IntSlider(
            input_bias, *WRITES, description="input bias", tooltip="LSTM: how much is written before training"
        ),
        "lr": widgets.Dropdown(options=RATES, value=lr, description="learning rate", tooltip="the schedule's peak"),
        "device": widgets.Dropdown(
            options=devices.names(), value=device, description="device", tooltip="where it trains"
        ),
        "seed": widgets.IntSlider(seed, *SEEDS, description="seed", tooltip="draws the first weights and the data"),
        "sequence": widgets.IntSlider(sequence, *PICKS, description="sequence", tooltip="the test sequence shown"),
    }

    def fit_controls(_change=None) -> None:
        controls["forget_bias"].disabled = controls["cell"].value not in ("LSTM", "GRU")
        controls["input_bias"].disabled = controls["cell"].value != "LSTM"

    fit_controls()
    controls["cell"].observe(fit_controls, names="value")
    picture = MemoryPicture(SYMBOLS)
    return Lab(
        list(controls.values()),
        lambda: MemorySettings(**{name: control.value for name, control in controls.items()}),
        keep_latest(training, apart_from="sequence"),
        lambda state: draw(picture, state),
        Canvas(picture.figure, picture.moving),
        note,
    ).wait()
