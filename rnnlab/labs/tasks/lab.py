"""The tasks lab: type a sentence; a reader, a tagger or a translator retrains as its settings change."""

from typing import Any

import ipywidgets as widgets
import torch

from rnnlab.labs.tasks.kinds import KINDS
from rnnlab.labs.tasks.picture import TOP, TasksFrame, TasksPicture
from rnnlab.labs.tasks.run import TasksSettings, TasksState, training
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.resumable import Resumable
from rnnlab.live.settings import starts_at
from rnnlab.train import curve

SURE = 0.75
TITLES = {
    "sentiment": "after each word: praise or blame?",
    "tags": "each word's part of speech",
    "translation": "the decoder writes, word by word",
}


def draw(picture: TasksPicture, state: TasksState) -> Report:
    """Move the picture's artists to show `state`, and describe it in words."""
    settings, task = state.settings, state.task
    words, belief = state.belief()
    order = (
        belief.argsort(1, descending=True) if belief.shape[1] > TOP else torch.arange(belief.shape[1]).expand_as(belief)
    )
    candidates = [
        [(task.names[place], row[place]) for place in places[:TOP] if row[place] > 0.005 or len(row) <= TOP]
        for row, places in zip(belief.tolist(), order.tolist(), strict=True)
    ]
    bars = [(task.baseline_name, task.baseline), *zip(task.score_names, state.scores(), strict=True)]
    learnt = f"learnt in {state.learnt} of {state.epochs} epochs" if state.learnt else ""
    picture.update(
        TasksFrame(
            losses=curve(state.losses),
            accuracies=state.accuracies,
            steps=state.epochs * state.steps_per_epoch,
            steps_per_epoch=state.steps_per_epoch,
            note=learnt,
            classes=len(task.names),
            bars=bars,
            title=TITLES[settings.task],
            words=words,
            candidates=candidates,
        )
    )
    says = [task.names[place] for place in belief.argmax(1)]
    # Every machine must print the saved page alike, so a belief near one half counts as undecided.
    sure = [name if row.max() > SURE else "undecided" for name, row in zip(says, belief, strict=True)]
    answer = {"sentiment": says[-1], "tags": " ".join(says), "translation": " ".join(says).removesuffix(" <end>")}
    sentence = f"“{settings.sentence}”: {answer[settings.task]}"
    result = (
        f"{settings} · "
        + (f"{learnt} · " if learnt else "")
        + " · ".join(f"{name} {share:.1%}" for name, share in bars)
        + f" · {sentence}"
    )
    # Rounded down to steps of 10 %: on another machine the decimals differ.
    tens = f"{task.score_names[0]} above {min(90, 10 * int(10 * state.accuracies[-1]))} %"
    summary = f"{settings}: {tens}, {task.baseline_name} below {10 * int(10 * task.baseline) + 10} %; {sentence}"
    alt = (
        f"Above left, the training loss falls and the test score rises. Below left, three bars: {task.baseline_name}, "
        f"{task.score_names[0]}, {task.score_names[1]}. Right, a table with one row per step and its most probable "
        f"candidates: the more probable, the darker. Sure answers, from top to bottom: {', '.join(sure)}."
    )
    return Report(result, summary, alt)


def fit_controls(controls: dict[str, widgets.Widget], moved: widgets.Widget | None) -> None:
    """Offer the task's own sentences, and begin with one when the task was changed."""
    task, sentence = controls["task"], controls["sentence"]
    sentence.options = KINDS[task.value].sentences
    if moved is task:
        sentence.value = sentence.options[0]
    controls["reads"].disabled = task.value != "tags"


@starts_at(TasksSettings)
def tasks_lab(**start: Any) -> Lab:
    """The lab of the three sequence tasks, already trained at its first settings.

    A sentence has up to 12 words of the task's vocabulary; if none is given, an example is used.
    """
    run = Resumable(training, shown="sentence")
    return Lab(TasksSettings(**start), run, draw, Canvas(TasksPicture()), adapt=fit_controls).wait()
