import copy
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnnlab.data.series import noisy_sine, split_in_time
from rnnlab.networks import MLP, RNN, build
from rnnlab.train import mse, train


def toy():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(50, 4, generator=generator), torch.randn(50, generator=generator)


def test_mse_is_torchs():
    a, b = torch.randn(7), torch.randn(7)
    torch.testing.assert_close(mse(a, b), nn.functional.mse_loss(a, b))


@pytest.mark.parametrize(("predictions", "targets"), [((32, 1), (32,)), ((32,), (32, 1)), ((3,), (4,))])
def test_mse_never_broadcasts(predictions, targets):
    with pytest.raises(ValueError, match="targets has shape"):
        mse(torch.zeros(predictions), torch.zeros(targets))


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 40), epochs=st.integers(1, 3), batch_size=st.integers(1, 50))
def test_every_step_is_counted(n, epochs, batch_size):
    steps = list(train(MLP(2, 2), torch.randn(n, 2), torch.randn(n), epochs=epochs, batch_size=batch_size))
    expected = epochs * ((n + batch_size - 1) // batch_size)
    assert [step.step for step in steps] == list(range(1, expected + 1))
    assert all(step.steps == expected and step.loss.isfinite() for step in steps)


def test_an_epoch_sees_every_row_once_and_in_an_order_of_its_own():
    seen = []

    class Spy(MLP):
        def forward(self, x):
            seen.extend(x[:, 0].tolist())
            return super().forward(x)

    inputs = torch.arange(20.0).unsqueeze(1)
    list(train(Spy(1), inputs, torch.zeros(20), epochs=2, batch_size=6))
    assert sorted(seen[:20]) == sorted(seen[20:]) == list(range(20))
    assert seen[:20] != seen[20:]


def test_full_batches_are_plain_adam_on_a_one_cycle_rate():
    """Against torch's optimiser and scheduler driven by hand, without shuffling (one batch holds all)."""
    inputs, targets = toy()
    ours = build(lambda: MLP(4, 3))
    theirs = copy.deepcopy(ours)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.02, betas=(0.8, 0.95))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=6, div_factor=5, cycle_momentum=False)
    losses = [step.loss for step in train(ours, inputs, targets, epochs=5, batch_size=50, lr=0.02)]
    for loss in losses:
        theirs_loss = nn.functional.mse_loss(theirs(inputs), targets)
        torch.testing.assert_close(loss, theirs_loss.detach(), atol=1e-6, rtol=1e-5)
        optimizer.zero_grad()
        theirs_loss.backward()
        optimizer.step()
        schedule.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-5)


def test_the_seed_decides_the_order_whatever_else_draws_numbers():
    inputs, targets = toy()

    def losses(seed):
        run = []
        for step in train(build(lambda: MLP(4, 3)), inputs, targets, batch_size=8, seed=seed):
            torch.rand(1)  # as another cell may do
            run.append(float(step.loss))
        return run

    assert losses(0) == losses(0) != losses(1)


def test_training_stops_when_no_more_is_asked_for():
    model = build(lambda: MLP(4, 3))
    steps = train(model, *toy(), batch_size=8)
    next(steps)
    after_one = copy.deepcopy(model.state_dict())
    steps.close()
    assert all(torch.equal(after_one[name], weight) for name, weight in model.state_dict().items())


def test_the_rnn_gets_near_the_best_linear_forecast():
    split = split_in_time(noisy_sine(), 4)
    model = build(lambda: RNN(32))
    list(train(model, split.train_inputs, split.train_targets))
    assert float(mse(model(split.test_inputs), split.test_targets).detach()) < 0.065


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"lr": 0.0}, "lr is 0.0"),
        ({"lr": float("nan")}, "lr is nan"),
    ],
)
def test_bad_arguments_are_refused_before_the_first_step(arguments, message):
    with pytest.raises(ValueError, match=message):
        train(MLP(4), *toy(), **arguments)


def test_unequal_rows_are_refused():
    with pytest.raises(ValueError, match="targets has 3 rows and inputs has 5"):
        train(MLP(4), torch.zeros(5, 4), torch.zeros(3))


def test_targets_of_another_shape_are_refused_at_the_first_step():
    with pytest.raises(ValueError, match=r"targets has shape \(5, 1\); allowed: \(5,\)"):
        next(train(MLP(4), torch.zeros(5, 4), torch.zeros(5, 1)))


def test_clip_is_clip_grad_norm_before_every_step(monkeypatch):
    """Against a plain loop: the same weights when the gradients are scaled down to the limit by hand."""
    inputs, targets = torch.randn(24, 4), torch.randn(24)
    clipped, free, by_hand = (build(lambda: MLP(4, 3)) for _ in range(3))
    for model, clip in ((clipped, 0.01), (free, math.inf)):
        for _ in train(model, inputs, targets, epochs=1, batch_size=8, clip=clip):
            pass
    step = torch.optim.Adam.step

    def scaled_step(self, *arguments):
        norm = torch.cat([weight.grad.flatten() for weight in by_hand.parameters()]).norm()
        for weight in by_hand.parameters():
            weight.grad *= min(1.0, 0.01 / norm.item())
        return step(self, *arguments)

    monkeypatch.setattr(torch.optim.Adam, "step", scaled_step)
    for _ in train(by_hand, inputs, targets, epochs=1, batch_size=8):
        pass
    for ours, hand, unclipped in zip(clipped.parameters(), by_hand.parameters(), free.parameters(), strict=True):
        assert torch.allclose(ours, hand, atol=1e-6) and not torch.allclose(ours, unclipped, atol=1e-6)


@pytest.mark.parametrize("clip", [0.0, -1.0, math.nan])
def test_a_clip_that_lets_nothing_through_is_named(clip):
    with pytest.raises(ValueError, match="clip is"):
        train(MLP(4, 3), torch.randn(8, 4), torch.randn(8), clip=clip)
