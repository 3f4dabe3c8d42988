"""The tasks lab: type a sentence; a reader, a tagger or a translator retrains as its settings change."""

import ipywidgets as widgets
import torch

from rnnlab import device as devices
from rnnlab.draw.tasks import TOP, TasksPicture
from rnnlab.labs.latest import keep_latest
from rnnlab.labs.task_kinds import KINDS
from rnnlab.labs.tasks_run import READS, SEEDS, SENTENCES, SIZES, TasksSettings, TasksState, training
from rnnlab.live import Canvas
from rnnlab.panel import Lab, Report

SURE = 0.75
TITLES = {
    "sentiment": "after each word: praise or blame?",
    "tags": "each word's part of speech",
    "translation": "the decoder writes, word by word",
}


def draw(picture: TasksPicture, state: TasksState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
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
        losses=torch.stack(state.losses).cpu().numpy() if state.losses else torch.empty(0, device="cpu").numpy(),
        accuracies=state.accuracies,
        steps=state.epochs * state.steps_an_epoch,
        between=state.steps_an_epoch,
        note=learnt,
        classes=len(task.names),
        bars=bars,
        title=TITLES[settings.task],
        words=words,
        candidates=candidates,
    )
    says = [task.names[place] for place in belief.argmax(1)]
    # In the saved page, which every machine must print alike, a belief near one half says neither.
    sure = [name if row.max() > SURE else "undecided" for name, row in zip(says, belief, strict=True)]
    answer = {"sentiment": says[-1], "tags": " ".join(says), "translation": " ".join(says).removesuffix(" <end>")}
    sentence = f"“{settings.sentence}”: {answer[settings.task]}"
    result = (
        f"{settings} · "
        + (f"{learnt} · " if learnt else "")
        + " · ".join(f"{name} {share:.1%}" for name, share in bars)
        + f" · {sentence}"
    )
    # Rounded down to steps of 10 %: another machine trains to another decimal.
    tens = f"{task.score_names[0]} above {min(90, 10 * int(10 * state.accuracies[-1]))} %"
    summary = f"{settings}: {tens}, {task.baseline_name} below {10 * int(10 * task.baseline) + 10} %; {sentence}"
    alt = (
        f"Above left the training loss falls and the test score rises. Below left three bars: {task.baseline_name}, "
        f"{task.score_names[0]}, {task.score_names[1]}. Right a table with a row for each step and its most probable "
        f"candidates, the surer the darker. What it is sure of, from top to bottom: {', '.join(sure)}."
    )
    return Report(result, summary, alt)


def tasks_lab(
    *, task="sentiment", sentence=None, hidden_size=64, sentences=1000, reads="one way", device="cpu", seed=0
) -> Lab:
    """The lab of the three sequence tasks, its default setting already trained.

    The arguments are where the controls start: task "sentiment", "tags" or "translation"; sentence, up to 12 words of
    the task's vocabulary, by default an example; hidden_size 4 to 128; sentences, the training sentences, 50 to 2000;
    reads "one way" or "both ways", which counts for tags; device "cpu", "cuda" or "mps"; seed 0 to 20. A device this
    machine lacks is said so and replaced by the cpu. Raises ValueError for anything outside.
    """
    note = ""
    if device in devices.KNOWN and device not in devices.names():
        device, note = "cpu", f"no {device} on this machine, so on cpu · "
    devices.get(device)
    if sentence is None and task in KINDS:
        sentence = KINDS[task].sentences[0]
    start = TasksSettings(task, sentence, hidden_size, sentences, reads, device, seed)

    controls = {
        "task": widgets.Dropdown(options=list(KINDS), value=task, description="task", tooltip="what it learns"),
        "sentence": widgets.Combobox(
            value=start.sentence,
            options=KINDS[task].sentences,
            continuous_update=False,
            description="sentence",
            tooltip="type one and press Enter; it is read by the network as it is",
        ),
        "hidden_size": widgets.IntSlider(
            hidden_size, *SIZES, step=4, description="hidden size", tooltip="units in each state"
        ),
        "sentences": widgets.IntSlider(
            sentences, *SENTENCES, step=50, description="sentences", tooltip="how many it learns from"
        ),
        "reads": widgets.Dropdown(
            options=READS, value=reads, description="reads", tooltip="for tags: from the front, or from both ends"
        ),
        "device": widgets.Dropdown(
            options=devices.names(), value=device, description="device", tooltip="where it trains"
        ),
        "seed": widgets.IntSlider(seed, *SEEDS, description="seed", tooltip="draws the first weights and the batches"),
    }
    controls["reads"].disabled = task != "tags"

    def change_task(change) -> None:
        # Observed before the lab observes: when it reads the controls, sentence and task fit.
        controls["sentence"].options = KINDS[change.new].sentences
        controls["sentence"].value = KINDS[change.new].sentences[0]
        controls["reads"].disabled = change.new != "tags"

    controls["task"].observe(change_task, names="value")
    picture = TasksPicture()
    return Lab(
        list(controls.values()),
        lambda: TasksSettings(**{name: control.value for name, control in controls.items()}),
        keep_latest(training, apart_from="sentence"),
        lambda state: draw(picture, state),
        Canvas(picture.figure, picture.moving),
        note,
    ).wait()
