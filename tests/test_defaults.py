"""A default dtype or device of the reader's changes nothing in the book's data, networks and labs."""

import re

import pytest
import torch
from quick import quick

from rnnlab import labs
from rnnlab.data.dna import dna, filtered, smoothed
from rnnlab.data.recall import latest, recall
from rnnlab.data.series import noisy_sine
from rnnlab.data.vocabulary import Vocabulary
from rnnlab.forecast import linear_floor
from rnnlab.labs.gradient.run import GradientSettings, gradient_run
from rnnlab.labs.memory import run as memory
from rnnlab.labs.mnist import run as mnist
from rnnlab.labs.neuron.run import NeuronSettings, neuron_run
from rnnlab.labs.sine.run import SineSettings, sine_run
from rnnlab.labs.tasks import run as tasks
from rnnlab.labs.unroll.run import UnrollSettings, unroll_run
from rnnlab.networks import CELLS, MLP, RNN, EncoderDecoder, Reader, build, teacher_pairs
from rnnlab.train import train


@pytest.fixture
def odd_defaults():
    """Set float64 and a device on which nothing can be computed; they are set back after the test."""

    def set_them():
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")

    yield set_them
    torch.set_default_device(None)
    torch.set_default_dtype(torch.float32)


def last(states):
    *_, state = states
    return state


def sentences():
    vocabulary = Vocabulary([["a", "b", "c"]])
    tokens = vocabulary.encode([["a", "b"], ["c"]])
    return (*teacher_pairs(tokens, tokens), *build(lambda: EncoderDecoder(6, 6)).write(tokens))


def trained(cell="gru"):
    model, (x, y) = build(lambda: Reader(cell, 8, input_size=5, classes=4)), recall(40, 5)
    return [step.loss for step in train(model, x, y, loss=torch.nn.functional.cross_entropy, epochs=2, batch_size=20)]


GIVES = {
    "noisy_sine": noisy_sine,
    "linear_floor": lambda: torch.tensor(
        [linear_floor(noisy_sine(noise=0), 4, 0.2)], dtype=torch.float64, device="cpu"
    ),
    "dna": lambda: (*dna(3, 20), filtered(dna(3, 20)[0]), smoothed(dna(3, 20)[0])),
    "recall": lambda: recall(4, 5),
    "latest": lambda: latest(4),
    "sentences": sentences,
    **{f"a network, {cell}": lambda cell=cell: list(build(lambda: Reader(cell)).parameters()) for cell in CELLS},
    "forecasters": lambda: [*build(lambda: RNN(4)).parameters(), *build(lambda: MLP(4)).parameters()],
    "a training": trained,
    "neuron lab": lambda: torch.from_numpy(last(neuron_run(NeuronSettings())).h),
    "unroll lab": lambda: last(unroll_run(UnrollSettings())).h,
    "gradient lab": lambda: last(gradient_run(GradientSettings())).shares,
    "sine lab": lambda: last(sine_run(SineSettings())).losses,
    "memory lab": lambda: last(memory.training(memory.MemorySettings(hidden_size=8))).losses,
    "tasks lab": lambda: last(tasks.training(tasks.TasksSettings(hidden_size=8, sentences=50))).losses,
    "mnist lab": lambda: last(mnist.training(mnist.MnistSettings(hidden_size=8, training_digits=500))).losses,
}


@pytest.mark.parametrize("name", GIVES)
def test_what_is_computed_is_the_same(name, odd_defaults):
    before = GIVES[name]()
    odd_defaults()
    after = GIVES[name]()
    assert len(before) > 0
    for one, other in zip(*((v,) if isinstance(v, torch.Tensor) else v for v in (before, after)), strict=True):
        assert one.dtype == other.dtype and other.device.type == "cpu" and torch.equal(one, other)


@pytest.mark.slow
@pytest.mark.parametrize("make", labs.__all__)
def test_a_labs_picture_is_the_same(make, odd_defaults):
    shown = []
    for change in (lambda: None, odd_defaults):
        change()
        lab = getattr(labs, make)(**quick(make))
        shown.append((lab.picture, re.sub(r" · [\d.]+ s$", "", lab.result)))
        lab.close()
    assert shown[0] == shown[1]
