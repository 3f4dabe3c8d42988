import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.data import as_series, noisy_sine, split_in_time, standardise, windows

series_and_tau = st.integers(2, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1)))


def test_without_noise_it_is_numpys_sine():
    np.testing.assert_allclose(noisy_sine(noise=0), np.sin(0.01 * np.arange(1000)), atol=1e-6)


@pytest.mark.parametrize("noise", [0.2, 1.0])
def test_the_noise_has_the_standard_deviation_asked_for(noise):
    rest = noisy_sine(20_000, noise) - noisy_sine(20_000, 0)
    assert abs(float(rest.mean())) < 4 * noise / math.sqrt(20_000)
    assert float(rest.std()) == pytest.approx(noise, rel=0.03)


def test_one_seed_scales_one_draw_and_leaves_the_global_generator_alone():
    state = torch.get_rng_state()
    small, large, clean = noisy_sine(noise=0.1, seed=3), noisy_sine(noise=0.4, seed=3), noisy_sine(noise=0)
    torch.testing.assert_close(4 * (small - clean), large - clean, atol=1e-5, rtol=1e-5)
    assert not torch.equal(small, noisy_sine(noise=0.1, seed=4))
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("noise", [-0.1, math.nan, math.inf])
def test_bad_noise_is_refused(noise):
    with pytest.raises(ValueError, match=f"noise is {noise}; allowed"):
        noisy_sine(noise=noise)


def test_bad_length_is_refused():
    with pytest.raises(ValueError, match="length is 1; allowed"):
        noisy_sine(1)


@given(series_and_tau)
def test_windows_are_slices_and_what_follows_them(case):
    length, tau = case
    series = torch.arange(float(length))
    inputs, targets = windows(series, tau)
    assert inputs.shape == (length - tau, tau) and targets.shape == (length - tau,)
    for i in range(length - tau):
        assert inputs[i].tolist() == list(range(i, i + tau)) and targets[i] == i + tau


@pytest.mark.parametrize("tau", [0, -1, 10, 11])
def test_tau_outside_the_series_is_refused(tau):
    with pytest.raises(ValueError, match=f"tau is {tau}; allowed: 1 to 9"):
        windows(torch.arange(10.0), tau)


def test_windows_over_a_table_are_refused():
    with pytest.raises(ValueError, match=r"shape \(5, 2\)"):
        windows(torch.zeros(5, 2), 1)


@given(series_and_tau, st.data())
def test_a_split_keeps_every_window_once_and_the_times_apart(case, data):
    length, tau = case
    if tau + 1 > length - 1:
        return
    n_train = data.draw(st.integers(tau + 1, length - 1))
    split = split_in_time(torch.arange(float(length)), tau, n_train)
    assert split.train_targets.tolist() == list(range(tau, n_train))
    assert split.test_targets.tolist() == list(range(n_train, length))
    assert torch.equal(split.train_inputs[:, -1] + 1, split.train_targets)
    assert torch.equal(split.test_inputs[:, -1] + 1, split.test_targets)


@pytest.mark.parametrize("n_train", [4, 1000, 0])
def test_a_split_without_two_sides_is_refused(n_train):
    with pytest.raises(ValueError, match=f"n_train is {n_train}; allowed: 5 to 999"):
        split_in_time(noisy_sine(), 4, n_train)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a", "b"], "not a number"),
        ([[1.0, 2.0]], r"shape \(1, 2\)"),
        ([1.0], "1 value"),
        ([1.0, math.nan, 3.0, math.nan], "2 gap.* position 1"),
        ([1.0, math.inf], "position 1"),
        ([2.0, 2.0, 2.0], "2.0 at every position"),
    ],
)
def test_a_series_that_is_none_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        as_series(values)


@pytest.mark.parametrize(
    "values", [[1, 2, 3], np.array([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)]
)
def test_any_run_of_numbers_becomes_a_float32_tensor(values):
    series = as_series(values)
    assert series.dtype == torch.float32 and series.tolist() == [1, 2, 3]


def test_standardising_measures_the_training_part_alone():
    series = torch.cat(
        [torch.randn(600, generator=torch.Generator().manual_seed(0)) * 5 + 100, torch.full((400,), 1e6)]
    )
    past = standardise(series, 600)[:600].numpy()
    np.testing.assert_allclose([past.mean(), past.std(ddof=1)], [0, 1], atol=1e-4)
    with pytest.raises(ValueError, match="first 3 values"):
        standardise(torch.tensor([1.0, 1.0, 1.0, 2.0]), 3)
