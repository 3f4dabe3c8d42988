import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.data.series import as_series, noisy_sine, split_in_time, standardise, windows

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
        ([1e300, 2e300], r"1e\+300 at position 0; allowed: finite"),
        (np.ma.masked_equal([1.0, 2.0, -9999.0, 4.0], -9999), "1 gap.* position 2"),
        ([1.0, None, 2.0], "1 gap.* position 1"),
        (pd.Series([1, None, 3], dtype="Int64"), "1 gap.* position 1"),
        (np.array([1 + 5j, 2 - 3j]), "not a number .its type is complex128"),
        (torch.tensor([1 + 5j, 2 - 3j]), "its type is complex64"),
        (pd.date_range("2020", periods=9), "its type is datetime64"),
        (pd.Series(pd.to_timedelta(range(9), "D")), "its type is timedelta64"),
        (pd.Series(["1.5", "2.5"]), "not a number"),
        ([1.0, "2"], "not a number"),
        ([1.0, {}], "not a number, {}, at position 1"),
        (
            [10**18, 10**18 + 1],
            "beyond 9007199254740992, whose last digits would be lost; allowed: smaller numbers, so subtract",
        ),
        (np.array([0, 2**62]), "last digits would be lost"),
        (torch.zeros(4, device="meta"), "not a number"),
        (pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4]}), r"shape \(2, 2\)"),
        ((i for i in range(3)), "not a number"),
    ],
)
def test_a_series_that_is_none_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        as_series(values)


ONE_TWO_THREE = (
    [1, 2, 3],
    (1, Fraction(2), Decimal(3)),
    range(1, 4),
    np.array([1.0, 2.0, 3.0]),
    np.array([3, 2, 1], np.int16)[::-1],
    np.array([1, 2, 3], ">f8"),
    np.array([[1.0, 9.0], [2.0, 9.0], [3.0, 9.0]])[:, 0],
    np.ma.array([1.0, 2.0, 3.0], mask=False),
    torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64),
    torch.tensor([1.0, 2.0, 3.0], dtype=torch.bfloat16),
    torch.tensor([1.0, 2.0, 3.0], requires_grad=True),
    pd.Series([1.0, 2.0, 3.0], index=pd.date_range("2020", periods=3)),
    pd.Series([9, 9, 1, 2, 3]).iloc[2:],
    pd.Series([1, 2, 3], dtype="Int64"),
    pd.DataFrame({"y": [1.0, 2.0, 3.0]})["y"],
)


@pytest.mark.parametrize(
    "values", ONE_TWO_THREE, ids=lambda values: f"{type(values).__name__} {getattr(values, 'dtype', '')}"
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


@pytest.mark.parametrize("values", [np.array([1.0, 2, 3], np.float32), torch.tensor([1.0, 2, 3])])
def test_a_series_is_a_copy_that_later_changes_do_not_reach(values):
    series = as_series(values)
    values[0] = 99
    assert series.tolist() == [1, 2, 3]


def test_differences_far_from_zero_are_kept():
    meter = 1e9 + 0.5 * np.arange(300)
    assert np.array_equal(np.diff(as_series(meter)), np.full(299, 0.5))
    past = standardise(meter, 180)
    assert past.dtype == torch.float32
    np.testing.assert_allclose(past.numpy(), (meter - meter[:180].mean()) / meter[:180].std(ddof=1), rtol=1e-5)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1.0, 1e30, 1e148])
def test_standardising_does_not_depend_on_the_unit(scale):
    values = np.sin(np.arange(300.0))
    np.testing.assert_allclose(
        standardise(scale * values, 200).numpy(), standardise(values, 200).numpy(), rtol=1e-5, atol=1e-6
    )


def test_whole_numbers_are_standardised_as_their_floats():
    assert torch.equal(standardise(torch.arange(100), 60), standardise(torch.arange(100.0), 60))


def test_a_list_is_no_tensor_and_that_is_said():
    with pytest.raises(ValueError, match="series is of type list; allowed: a tensor"):
        windows([1.0, 2.0, 3.0], 1)


def test_half_a_value_is_refused():
    with pytest.raises(ValueError, match=r"length is 10\.5; allowed: a whole number"):
        noisy_sine(10.5)


def test_one_jump_does_not_hide_small_steps():
    exchanged = np.concatenate([1e9 + 0.5 * np.arange(300), 0.5 * np.arange(10)])
    assert as_series(exchanged).diff()[:299].unique().tolist() == [0.5]
    late = np.concatenate([np.linspace(0, 1e7, 2000), 1e7 + 0.05 * np.sin(np.arange(1000.0))])
    np.testing.assert_allclose(standardise(late[2000:], 600), standardise(late[2000:] - 1e7, 600), atol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: windows(noisy_sine(), 2.5), "tau is 2.5; allowed: a whole number"),
        (lambda: split_in_time(noisy_sine(), 4, math.nan), "n_train is nan; allowed: a whole number"),
        (lambda: standardise(noisy_sine(), "many"), "n_train is 'many'; allowed: a whole number"),
        (lambda: noisy_sine(math.inf), "length is inf; allowed: a whole number"),
    ],
)
def test_a_count_that_is_none_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_whole_numbers_of_any_type_count():
    assert len(noisy_sine(np.int64(10))) == 10
    assert split_in_time(noisy_sine(), 4.0, 0.6 * 1000).train_targets.shape == (596,)
