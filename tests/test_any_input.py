"""Whatever it is given, a public function gives a correct answer or a ValueError that names what is allowed."""

import csv
import io

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.cells import RNNLayer
from rnnlab.data.dna import dna, filtered, smoothed
from rnnlab.data.recall import latest, recall
from rnnlab.data.sentiment import opinions
from rnnlab.data.series import as_series, noisy_sine, split_in_time, standardise, windows
from rnnlab.data.table import read_csv
from rnnlab.data.tags import tagged
from rnnlab.data.translation import translations
from rnnlab.data.vocabulary import Vocabulary
from rnnlab.forecast import free_run, linear_floor
from rnnlab.labs.sine.run import OWN, SineSettings, sine_run
from rnnlab.networks import MLP, RNN, Linear, Persistence, Reader, build
from rnnlab.train import mse, train

NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=32)
COUNTS = st.integers(-3, 60)


def finite_or_refused(make) -> None:
    """All tensors and numbers that `make()` gives are finite, or it raises a ValueError that says what is allowed."""
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
    model=st.sampled_from(["linear", "mlp", "rnn"]),
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
        *_, state = sine_run(SineSettings(source=OWN, tau=tau, model=model, hidden_size=4), as_series(series))
        error = mse(state.one_step(), state.split.test_targets)
        runs, by_k = state.k_steps(state.model)
        assert error.isfinite() and runs.isfinite().all() and by_k.isfinite().all()
    except ValueError as error:
        assert "allowed: " in str(error)
