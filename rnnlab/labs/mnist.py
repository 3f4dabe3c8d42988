"""The MNIST lab: a network that reads digits row by row retrains as its settings change."""

import ipywidgets as widgets
import torch

from rnnlab import device as devices
from rnnlab.draw.mnist import MnistPicture
from rnnlab.labs.latest import keep_latest
from rnnlab.labs.mnist_run import (
    BATCHES,
    EPOCHS,
    PICKS,
    RATES,
    SEEDS,
    SIZES,
    SUBSETS,
    MnistSettings,
    MnistState,
    training,
)
from rnnlab.live import Canvas
from rnnlab.models import CELLS
from rnnlab.panel import Lab, Report


def draw(picture: MnistPicture, state: MnistState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
    pixels, label, beliefs = state.picked()
    picture.update(
        losses=torch.stack(state.losses).cpu().numpy() if state.losses else torch.empty(0, device="cpu").numpy(),
        accuracies=state.accuracies,
        done=state.done,
        epochs=EPOCHS,
        confusion=state.confusion.numpy(),
        pixels=pixels.numpy(),
        label=label,
        beliefs=beliefs.numpy(),
        digit=state.settings.digit,
    )
    said = beliefs.argmax(1)
    final = int(said[-1])
    changes = (said != final).nonzero()
    since = 1 + int(changes[-1]) + 1 if len(changes) else 1
    digit = f"digit {state.settings.digit}, a {label}: says {final}"
    accuracy = state.accuracies[-1] if state.accuracies else 0.0
    tested = f"test accuracy {accuracy:.1%}" if state.accuracies else "not tested yet"
    result = f"{state.settings} · {tested} · {digit} from row {since} on"
    # Rounded down to steps of 10 %: another machine trains to another decimal.
    summary = f"{state.settings}: test accuracy above {10 * int(10 * accuracy)} %; {digit}"
    alt = (
        "Four panels. Above left the training loss falls and the test accuracy rises. Below left a table of ten by ten: most "
        "test digits lie on its diagonal, named as what they are. In the middle the picked digit, 28 rows of pixels. Right, "
        f"beside each row, the ten probabilities after it: spread at first, at the end on {final}; the true class is framed."
    )
    return Report(result, summary, alt)


def mnist_lab(
    *, hidden_size=64, lr=0.003, batch=100, subset=5000, model="RNN, our BPTT", device="cpu", seed=0, digit=3
) -> Lab:
    """The MNIST lab on the bundled digits, its default setting already trained.

    The arguments are where the controls start: hidden_size 4 to 128; lr 0.0003, 0.001, 0.003, 0.01 or 0.03, the peak of
    a one-cycle schedule; batch 8, 25, 100 or 250; subset, the digits trained on, 500, 1000, 2000 or 5000; model, a
    name in `rnnlab.models.CELLS`; device "cpu", "cuda" or "mps"; seed 0 to 20; digit, the test digit shown, 0 to 999.
    A device this machine lacks is said so and replaced by the cpu. Raises ValueError for anything outside.
    """
    note = ""
    if device in devices.KNOWN and device not in devices.names():
        device, note = "cpu", f"no {device} on this machine, so on cpu · "
    devices.get(device)
    start = MnistSettings(hidden_size, lr, batch, subset, model, device, seed, digit)

    controls = {
        "hidden_size": widgets.IntSlider(
            start.hidden_size, *SIZES, step=4, description="hidden size", tooltip="units in the state"
        ),
        "lr": widgets.Dropdown(options=RATES, value=lr, description="learning rate", tooltip="the schedule's peak"),
        "batch": widgets.Dropdown(options=BATCHES, value=batch, description="batch", tooltip="digits in a step"),
        "subset": widgets.Dropdown(
            options=SUBSETS, value=subset, description="training digits", tooltip="how many it learns from"
        ),
        "model": widgets.Dropdown(options=list(CELLS), value=model, description="model", tooltip="what reads"),
        "device": widgets.Dropdown(
            options=devices.names(), value=device, description="device", tooltip="where it trains"
        ),
        "seed": widgets.IntSlider(seed, *SEEDS, description="seed", tooltip="draws the first weights and the batches"),
        "digit": widgets.IntSlider(digit, *PICKS, description="digit", tooltip="the test digit that is shown"),
    }
    picture = MnistPicture()
    return Lab(
        list(controls.values()),
        lambda: MnistSettings(**{name: control.value for name, control in controls.items()}),
        keep_latest(training, apart_from="digit"),
        lambda state: draw(picture, state),
        Canvas(picture.figure, picture.moving),
        note,
    ).wait()
