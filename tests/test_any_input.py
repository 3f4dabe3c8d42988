"""Whatever is put in, a public function gives a right answer or a ValueError that names what is allowed."""

import csv
import io
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.cells import RNNLayer
from rnnlab.data.series import as_series, noisy_sine, split_in_time, standardise, windows
from rnnlab.forecast import free_run, linear_floor
from rnnlab.labs.gradient.run import GradientSettings
from rnnlab.labs.memory.run import MemorySettings
from rnnlab.labs.mnist.run import MnistSettings
from rnnlab.labs.neuron.run import NeuronSettings
from rnnlab.labs.sine.run import OWN, SineSettings, sine_run
from rnnlab.labs.tasks.run import TasksSettings
from rnnlab.labs.unroll.lab import UnrollSettings
from rnnlab.networks import MLP, RNN, Linear, Persistence, Reader, build
from rnnlab.data.recordings import read_csv
from rnnlab.data.dna import dna, filtered, smoothed
from rnnlab.data.recall import latest, recall
from rnnlab.data.sentiment import opinions
from rnnlab.data.tags import tagged
from rnnlab.data.translation import translations
from rnnlab.train import mse, train
from rnnlab.data.vocabulary import Vocabulary

NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=32)
COUNTS = st.integers(-3, 60)


def finite_or_refused(make) -> None:
    """Every tensor or number that `make()` gives is finite; or it raises a ValueError that says what is allowed."""
    try:
        made = make()
    except ValueError as error:
        assert "; allowed: " in str(error), error
        return
    for part in made if isinstance(made, tuple | list) else (made,):
        assert torch.as_tensor(part, dtype=torch.float64).isfinite().all()


@settings(max_examples=200, deadline=None)
@given(length=COUNTS, noise=NUMBERS, tau=COUNTS, n_train=COUNTS)
def test_series_and_windows(length, noise, tau, n_train):
    finite_or_refused(lambda: noisy_sine(length, noise=noise))
    finite_or_refused(lambda: windows(torch.arange(40.0), tau))
    finite_or_refused(lambda: split_in_time(torch.arange(40.0), tau, n_train))
    finite_or_refused(lambda: linear_floor(torch.arange(40.0), tau, noise))
    finite_or_refused(lambda: free_run(Persistence(), torch.ones(3, 4), tau))


@settings(max_examples=300, deadline=None)
@given(values=st.lists(NUMBERS | st.integers() | st.none() | st.text(max_size=3), max_size=30), n_train=COUNTS)
def test_any_series_in_units_of_its_past(values, n_train):
    finite_or_refused(lambda: standardise(as_series(values), n_train))


@settings(max_examples=200, deadline=None)
@given(n=st.integers(-2, 5), lag=COUNTS, noise=NUMBERS, marked=COUNTS, window=COUNTS)
def test_memory_tasks(n, lag, noise, marked, window):
    finite_or_refused(lambda: recall(n, lag, noise=noise))
    finite_or_refused(lambda: latest(n, marked=marked, window=window, lag=lag))


@settings(max_examples=60, deadline=None)
@given(n=st.integers(-2, 6), T=st.integers(-2, 12))
def test_dna(n, T):
    finite_or_refused(lambda: dna(n, T))
    finite_or_refused(lambda: filtered(dna(n, T)[0]))
    finite_or_refused(lambda: smoothed(dna(n, T)[0]))


@settings(max_examples=30, deadline=None)
@given(n=st.integers(-5, 6000))
def test_sentences_are_as_many_as_asked_for(n):
    for make in (opinions, tagged, translations):
        try:
            assert len(make(n)[0]) == n
        except ValueError as error:
            assert f"n_train is {n}; allowed: " in str(error)


@settings(max_examples=100, deadline=None)
@given(sentences=st.lists(st.lists(st.sampled_from("abcx"), max_size=4), max_size=4))
def test_words_come_back_or_are_refused(sentences):
    vocabulary = Vocabulary(["abc"])
    try:
        encoded = vocabulary.encode(sentences)
    except ValueError as error:
        assert "allowed: " in str(error)
    else:
        assert [vocabulary.decode(row) for row in encoded] == sentences


CELLS = st.text(max_size=4) | NUMBERS.map(str) | st.integers(0, 9).map(str)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, max_size=4), max_size=8),
    column=st.none() | st.text(max_size=2),
    noise=st.text(max_size=6),
)
def test_any_csv_file(rows, column, noise):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    for file in (text.getvalue(), noise + text.getvalue(), "a,b\n" + text.getvalue()):
        try:
            assert torch.isfinite(read_csv(file, column, at_least=2)).all()
        except ValueError as error:
            assert "allowed: " in str(error) or "this file has " in str(error), error


@settings(max_examples=100, deadline=None)
@given(input_size=st.integers(-2, 5), hidden_size=st.integers(-2, 5), shape=st.lists(st.integers(0, 4), max_size=4))
def test_networks_and_their_inputs(input_size, hidden_size, shape):
    for make in (
        lambda: RNNLayer(input_size, hidden_size)(torch.zeros(shape)),
        lambda: MLP(input_size, hidden_size)(torch.zeros(3, input_size)),
        lambda: RNN(hidden_size)(torch.zeros(3, max(1, input_size))),
        lambda: Linear(input_size)(torch.zeros(3, input_size)),
        lambda: Reader(hidden_size=hidden_size)(torch.zeros(2, 3, 28)),
    ):
        finite_or_refused(make)


@settings(max_examples=100, deadline=None)
@given(
    lr=NUMBERS,
    clip=NUMBERS,
    epochs=st.integers(-1, 3),
    batch_size=st.integers(-1, 60),
    scale=st.floats(-1e38, 1e38),
)
def test_a_training_stays_finite_or_says_where_it_left(lr, clip, epochs, batch_size, scale):
    inputs, model = scale * torch.ones(40, 4), build(lambda: MLP(4, 3))
    try:
        losses = [
            step.loss
            for step in train(model, inputs, inputs[:, 0], epochs=epochs, batch_size=batch_size, lr=lr, clip=clip)
        ]
    except ValueError as error:
        assert "allowed: " in str(error)
    else:
        assert torch.stack(losses).isfinite().all()
        assert all(weight.isfinite().all() for weight in model.parameters())


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from(["flat then far", "spikes", "steps", "tiny", "huge"]),
    size=st.floats(1e-30, 1e37),
    model=st.sampled_from(["linear", "MLP", "RNN"]),
    tau=st.integers(1, 32),
)
def test_the_sine_lab_trains_on_any_series_or_says_why_not(shape, size, model, tau):
    t = torch.arange(300.0)
    series = {
        "flat then far": torch.where(t < 170, (t == 5) * 1.0, t) * size,
        "spikes": (t % 37 == 0) * size,
        "steps": (t // 50) * size,
        "tiny": torch.sin(t) * 1e-38,
        "huge": torch.sin(t) * 3e38,
    }[shape]
    try:
        *_, state = sine_run(SineSettings(OWN, tau=tau, model=model, hidden_size=4), as_series(series))
        error = mse(state.one_step(), state.split.test_targets)
        runs, by_k = state.k_steps(state.model)
        assert error.isfinite() and runs.isfinite().all() and by_k.isfinite().all()
    except ValueError as error:
        assert "allowed: " in str(error)


SIZE, SEED = (4, 128), (0, 20)
ALLOWED = {  # as the labs' docstrings say: a range, or one of a list
    MemorySettings: {
        "cell": ["RNN, PyTorch's start", "RNN, orthogonal", "RNN, identity", "LSTM", "GRU"],
        **{"lag": (5, 200), "hidden_size": SIZE, "forget_bias": (-2, 8), "input_bias": (-6, 2)},
        **{"lr": [0.001, 0.003, 0.01, 0.03], "seed": SEED, "sequence": (0, 199)},
    },
    MnistSettings: {
        "model": ["RNN, our BPTT", "tanh RNN", "nn.RNN", "GRU", "LSTM"],
        **{"hidden_size": SIZE, "lr": [0.0003, 0.001, 0.003, 0.01, 0.03], "batch": [8, 25, 100, 250]},
        **{"subset": [500, 1000, 2000, 5000], "seed": SEED, "digit": (0, 999)},
    },
    TasksSettings: {
        **{"task": ["sentiment", "tags", "translation"], "hidden_size": SIZE, "sentences": (50, 2000)},
        **{"reads": ["one way", "both ways"], "seed": SEED},
    },
    GradientSettings: {
        **{"spectral_radius": (0.2, 2.0), "T": (2, 100), "k": (1, 100), "clip": [None, 10.0, 1.0, 0.1]},
        **{"nonlinearity": ["tanh", "sigmoid", "relu", "linear"], "start": ["random", "orthogonal", "identity"]},
    },
    NeuronSettings: {
        **{"w": (-6.0, 6.0), "w_h": (-6.0, 6.0), "b": (-6.0, 6.0), "nonlinearity": ["tanh", "sigmoid"]},
        "input": ["pulse", "step", "alternating", "noise"],
    },
    UnrollSettings: {
        **{"t": (0, 6), "input": ["pulse", "late pulse", "step", "alternating"]},
        "weights": ["mixed", "delay line", "turning", "feed-forward"],
    },
    SineSettings: {"model": ["linear", "MLP", "RNN", "LSTM", "GRU"]},
}


def in_and_out(allowed: tuple | list) -> st.SearchStrategy:
    """Values that are allowed, and values that are not."""
    if isinstance(allowed, list):
        return st.sampled_from([*allowed, "", "another", 0.5, -1]) | NUMBERS
    low, high = allowed
    if isinstance(low, float):
        return st.floats(low - 1, high + 1) | NUMBERS
    edges = [low - 300, low - 1, low, high, high + 1, 10**6, math.nan, math.inf, -math.inf]
    return st.integers(low, high) | st.sampled_from(edges)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(
    ("kind", "name"),
    [pytest.param(kind, name, id=f"{kind.__name__}-{name}") for kind in ALLOWED for name in ALLOWED[kind]],
)
def test_settings_of_every_lab_are_in_range_or_refused_by_name(kind, name, data):
    allowed = ALLOWED[kind][name]
    value = data.draw(in_and_out(allowed))
    right = value in allowed if isinstance(allowed, list) else allowed[0] <= value <= allowed[1]
    try:
        made = kind(**{name: value})
    except ValueError as error:
        assert not right and str(error).startswith(f"{name} is ") and "; allowed: " in str(error)
    else:
        assert right and str(made) and hash(made) == hash(kind(**{name: value}))
