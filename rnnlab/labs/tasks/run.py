"""What the tasks lab's settings give: a reader, tagger or translator, state by state, without widgets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor, nn

from rnnlab import device as devices
from rnnlab.labs.tasks.kinds import KINDS, Task
from rnnlab.live.settings import Between, OneOf, Settings, Text, device_knob, knob
from rnnlab.networks import build, cross_entropy_of_words, start_orthogonal
from rnnlab.train import train

CLIP = 1.0
COOLING = 2  # epochs at a third of the rate, for 500 sentences or more


@dataclass(frozen=True)
class TasksSettings(Settings):
    """Everything that a picture of the tasks lab depends on.

    `reads` is for tags only. `sentence` affects no training; if not given, it is the task's first example.
    """

    task: str = knob("sentiment", OneOf(KINDS), "the task to learn")
    sentence: str = knob(None, Text(), "type one and press Enter: the network reads it without retraining")
    hidden_size: int = knob(64, Between(4, 128, 4), "units in each state")
    sentences: int = knob(1000, Between(50, 2000, 50), "how many it learns from")
    reads: str = knob("one way", OneOf(("one way", "both ways")), "for tags: from the front, or from both ends")
    device: str = device_knob()
    seed: int = knob(0, Between(0, 20), "the seed of the first weights and the batches")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sentence is None:
            object.__setattr__(self, "sentence", KINDS[self.task].sentences[0])

    def __str__(self) -> str:
        ways = f" {self.reads}" if self.task == "tags" else ""
        return f"{self.task}{ways}, hidden size {self.hidden_size}, {self.sentences} sentences, seed {self.seed}"


@dataclass
class TasksState:
    """A training so far."""

    settings: TasksSettings
    task: Task
    model: nn.Module
    epochs: int  # how many the longest training has
    steps_per_epoch: int
    losses: list[Tensor] = field(default_factory=list)  # one per step so far
    accuracies: list[float] = field(default_factory=list)  # task.score before the first epoch and after each
    learnt: int = 0  # the epoch after which no training sentence was wrong; 0 if none yet
    done: float = 0.0

    @torch.no_grad()
    def test(self) -> None:
        """Add the current score to `accuracies`."""
        self.accuracies.append(self.task.score(self.model))

    @torch.no_grad()
    def scores(self) -> tuple[float, float]:
        """As task.score_names says: the first from the last test; the second, which is slow, only for a picture."""
        return self.accuracies[-1], self.task.second_score(self.model)

    @torch.no_grad()
    def belief(self) -> tuple[tuple[str, ...], Tensor]:
        """What it makes of the sentence, step by step: the steps' names, and probabilities (T, classes), on the CPU."""
        return self.task.belief(self.model, self.settings.sentence)


@lru_cache(maxsize=8)
def _task(kind: str, n: int, device: str) -> Task:
    return KINDS[kind](n, devices.get(device))


def training(settings: TasksSettings) -> Iterator[TasksState]:
    """The state before the first step, then after every step: the same object, which changes. The last is `done`: after
    all epochs, or COOLING epochs after one has left no training sentence wrong, so that beliefs settle."""
    task = _task(settings.task, settings.sentences, settings.device)
    task.read(settings.sentence)  # an unknown word is reported before training starts
    make = lambda: task.make(settings.hidden_size, settings.reads == "both ways")  # noqa: E731
    model = start_orthogonal(build(make, seed=settings.seed), seed=settings.seed).to(task.inputs.device)
    # Few sentences are read more often, so that what is missing is data, not steps.
    more = max(1, 500 / settings.sentences)
    epochs, cooling = round(task.epochs * more), round(COOLING * more)
    state = TasksState(settings, task, model, epochs, -(-len(task.inputs) // task.batch))
    state.test()
    yield state
    lr = task.lr * (16 / settings.hidden_size) ** 0.5
    how = {"loss": cross_entropy_of_words, "batch_size": task.batch, "clip": CLIP, "seed": settings.seed}
    for step in train(model, task.inputs, task.targets, lr=lr, epochs=epochs, **how):
        state.losses.append(step.loss)
        state.done = step.step / step.steps
        if step.step % state.steps_per_epoch == 0:
            state.test()
            if not state.learnt and task.mastered(model):
                state.learnt = step.step // state.steps_per_epoch
        yield state
        if state.learnt and state.learnt + cooling < epochs:
            break
    else:
        return
    for step in train(model, task.inputs, task.targets, lr=lr / 3, epochs=cooling, **how):
        state.losses.append(step.loss)
        if step.step % state.steps_per_epoch == 0:
            state.test()
        if step.step == step.steps:
            state.done = 1.0
        yield state
