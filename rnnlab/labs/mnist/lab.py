"""The MNIST lab: a network that reads digits row by row retrains as its settings change."""

from typing import Any

from rnnlab.labs.mnist.picture import MnistFrame, MnistPicture
from rnnlab.labs.mnist.run import EPOCHS, MnistSettings, MnistState, training
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.resumable import Resumable
from rnnlab.live.settings import starts_at
from rnnlab.train import curve


def draw(picture: MnistPicture, state: MnistState) -> Report:
    """Move the picture's artists to show `state`, and describe it in words."""
    pixels, label, beliefs = state.picked()
    picture.update(
        MnistFrame(
            losses=curve(state.losses),
            accuracies=state.accuracies,
            done=state.done,
            epochs=EPOCHS,
            confusion=state.confusion.numpy(),
            pixels=pixels.numpy(),
            label=label,
            beliefs=beliefs.numpy(),
            digit=state.settings.digit,
        )
    )
    said = beliefs.argmax(1)
    final = int(said[-1])
    changes = (said != final).nonzero()
    since = 1 + int(changes[-1]) + 1 if len(changes) else 1
    digit = f"digit {state.settings.digit}, a {label}: says {final}"
    accuracy = state.accuracies[-1] if state.accuracies else 0.0
    tested = f"test accuracy {accuracy:.1%}" if state.accuracies else "not tested yet"
    result = f"{state.settings} · {tested} · {digit} from row {since} on"
    # Rounded down to steps of 10 %: on another machine the decimals differ.
    summary = f"{state.settings}: test accuracy above {10 * int(10 * accuracy)} %; {digit}"
    alt = (
        "Four panels. Above left, the training loss falls and the test accuracy rises. Below left, a table of ten by "
        "ten: most test digits lie on its diagonal, classified correctly. In the middle, the chosen digit, 28 rows of "
        f"pixels. Right, beside each row, the ten probabilities after it: spread out at first, at the end on {final}; "
        "the true class is framed."
    )
    return Report(result, summary, alt)


@starts_at(MnistSettings)
def mnist_lab(**start: Any) -> Lab:
    """The MNIST lab on the bundled digits, already trained at its first settings."""
    run = Resumable(training, shown="digit")
    return Lab(MnistSettings(**start), run, draw, Canvas(MnistPicture())).wait()
