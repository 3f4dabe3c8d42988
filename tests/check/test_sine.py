import pytest
import torch
from wrong_answers.sine import direct, fed_back, logistic

from rnnlab.check import sine as check


def test_a_hint_about_shapes_does_not_follow_a_mistake_that_is_none_of_shapes():
    def root(predictions, labels):
        return (predictions.squeeze(-1) - labels).square().mean().sqrt()

    assert "hint" not in check.column_loss(root).message
    assert "hint 1 of 3" in check.column_loss(root, hint=1).message


def test_a_loss_of_whole_numbers_or_doubles_is_as_good():
    assert check.column_loss(lambda p, y: (p.double().flatten() - y.double()).square().mean())
    assert check.column_loss(lambda p, y: torch.nn.functional.mse_loss(p[:, 0], y))


@pytest.mark.parametrize("answer", [lambda p: direct(p, 48), lambda p: direct(p, 128), lambda p: fed_back(p, 100)])
def test_a_far_forecast_may_be_made_in_any_way(answer):
    assert check.far(answer)


def known_period(past):
    steps = 0.01 * torch.arange(664.0)
    waves = torch.stack([steps.sin(), steps.cos()], 1)
    return waves[-1] @ torch.linalg.lstsq(waves[:600], past[:, None]).solution


def test_who_fits_a_sine_comes_near_the_noise_floor():
    assert "error 0.04" in check.far(known_period).message


def threshold(length=1000):
    values = [0.0]
    while len(values) < length:
        values.append(values[-1] + 0.1 if values[-1] < 1 else -1.0)
    return values


@pytest.mark.parametrize(
    "series",
    [
        threshold(),
        logistic(2000),
        torch.randn(30, generator=torch.Generator().manual_seed(0)).repeat(34),
        torch.sin(0.2 * torch.arange(1000)).abs().numpy(),
    ],
    ids=["threshold", "logistic", "a long period", "folded sine"],
)
def test_many_series_tell_an_rnn_from_a_weighted_sum(series):
    assert check.apart(lambda: series)


def test_the_check_that_trains_does_not_depend_on_the_readers_torch():
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    try:
        assert check.apart(lambda: logistic(1000))
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
