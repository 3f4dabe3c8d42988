import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.data.series import noisy_sine, windows
from rnnlab.forecast import free_run, linear_floor
from rnnlab.networks import RNN, Linear, Persistence


def test_a_free_run_of_the_right_rule_goes_on_with_the_sine():
    def rule(x):  # sin(i + 1) = 2 cos(1) sin(i) - sin(i - 1), for steps of 0.01
        return 2 * math.cos(0.01) * x[:, -1] - x[:, -2]

    inputs, _ = windows(torch.sin(0.01 * torch.arange(400, dtype=torch.float64)), 3)
    run = free_run(rule, inputs[:10], 50)
    truth = torch.sin(0.01 * (torch.arange(10)[:, None] + 3 + torch.arange(50)).double())
    torch.testing.assert_close(run, truth, atol=1e-8, rtol=0)


def test_a_free_run_is_one_prediction_at_a_time():
    torch.manual_seed(0)
    model, window = RNN(4), torch.randn(3, 5)
    values = window.tolist()
    for _ in range(6):
        predictions = model(torch.tensor([row[-5:] for row in values])).tolist()
        values = [[*row, p] for row, p in zip(values, predictions, strict=True)]
    np.testing.assert_allclose(free_run(model, window, 6), [row[5:] for row in values], atol=1e-6)


def test_no_step_at_all_is_refused():
    with pytest.raises(ValueError, match="k is 0"):
        free_run(Persistence(), torch.zeros(1, 2), 0)


@pytest.mark.parametrize(("tau", "noise"), [(1, 0.2), (4, 0.2), (7, 0.5), (16, 1.0)])
def test_the_floor_is_the_minimum_of_the_expected_error(tau, noise):
    """Compared with LBFGS on the expected error written out, which knows nothing of least squares."""
    clean = noisy_sine(300, 0).double()
    w, s = windows(clean, tau)
    a, b = (
        torch.zeros(tau, dtype=torch.float64, requires_grad=True),
        torch.zeros((), dtype=torch.float64, requires_grad=True),
    )
    optimizer = torch.optim.LBFGS(
        [a, b], max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-15, line_search_fn="strong_wolfe"
    )

    def expected():
        return (s - w @ a - b).square().mean() + noise**2 * a.square().sum() + noise**2

    def closure():
        optimizer.zero_grad()
        error = expected()
        error.backward()
        return error

    optimizer.step(closure)
    assert linear_floor(clean, tau, noise) == pytest.approx(float(expected().detach()), rel=1e-6)


def test_the_floor_over_whole_periods_is_wieners():
    period, tau, noise = 50, 3, 0.3
    clean = torch.sin(2 * math.pi / period * torch.arange(period * 4 + tau, dtype=torch.float64))
    lags = np.cos(2 * math.pi / period * np.arange(tau + 1)) / 2  # the autocovariance of a sine
    R = np.array([[lags[abs(i - j)] for j in range(tau)] for i in range(tau)]) + noise**2 * np.eye(tau)
    r = lags[tau:0:-1]
    wiener = lags[0] + noise**2 - r @ np.linalg.solve(R, r)
    assert linear_floor(clean, tau, noise) == pytest.approx(wiener, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 32), st.floats(0, 1), st.floats(0, 1))
def test_the_floor_lies_above_the_noise_and_rises_with_it(tau, noise, more):
    clean = noisy_sine(noise=0)[600 - tau :]
    floor = linear_floor(clean, tau, noise)
    assert floor >= noise**2
    assert linear_floor(clean, tau, noise + more) >= floor - 1e-12


def test_no_fitted_forecast_expects_less_than_the_floor():
    clean, tau, noise = noisy_sine(noise=0), 4, 0.2
    floor = linear_floor(clean[600 - tau :], tau, noise)
    errors = []
    for seed in range(200):
        inputs, targets = windows(noisy_sine(noise=noise, seed=seed), tau)
        model = Linear.fit(inputs[:596], targets[:596])
        errors.append(float((model(inputs[596:]) - targets[596:]).square().mean()))
    mean, spread = np.mean(errors), np.std(errors) / math.sqrt(len(errors))
    assert floor - 3 * spread < mean < 1.1 * floor


@pytest.mark.parametrize(
    ("tau", "noise", "message"),
    [(0, 0.2, "tau is 0"), (400, 0.2, "tau is 400"), (4, -1, "noise is -1"), (4, math.nan, "noise is nan")],
)
def test_bad_arguments_are_refused(tau, noise, message):
    with pytest.raises(ValueError, match=message):
        linear_floor(torch.zeros(400), tau, noise)
