"""Checks of chapter 3, the sine forecast."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from rnnlab.check.answers import (
    as_number,
    as_row,
    as_tensor,
    close,
    draws,
    layer,
    refuse_mistakes,
    settle,
    want_gradient,
    want_two,
)
from rnnlab.check.verdict import NotYet, Plain, exercise, progress_of, refuse

progress = partial(progress_of, __name__)
KNOWN, AHEAD, PASTS = 600, 64, 48  # of `far`: values of a past, steps ahead, pasts that are tried
TAU = 4  # of `apart`


@exercise(
    "a window still holds tau consecutive values; only its target moves further away.",
    "the target lies k steps after a window's last value, inside the series: which windows still have one?",
    "return series.unfold(0, tau, 1)[:-k], series[tau + k - 1 :]",
)
def windows_ahead(answer: Any) -> str:
    """`answer(series, tau, k)` -> inputs (n, tau), targets (n,), each target k steps after its window."""
    series, tau, k = torch.arange(20.0) ** 2, 4, 3
    inputs, targets = want_two(answer(series, tau, k), "inputs and targets")
    inputs, targets = as_tensor(inputs, "the tensor of inputs"), as_tensor(targets, "the tensor of targets")
    n, found = len(series) - tau - k + 1, tuple(inputs.shape)
    refuse(found == (tau, n), f"the inputs have shape ({tau}, {n}): transposed; each row should be one window")
    refuse(targets.dim() == 2 and inputs.dim() == 1, "the two are swapped: return the inputs first, then the targets")
    if found[:1] != targets.shape[:1]:
        both = f"inputs of shape {found}, targets of shape {tuple(targets.shape)}"
        raise NotYet(f"{both}: each window needs exactly one")
    if found == (len(targets), tau) and targets.dim() == 1 and len(targets):
        _measure(inputs.double().sqrt(), targets.double().sqrt(), k, n)
    scattered = "each window should hold consecutive values, the first one from the start of the series"
    settle(inputs, series.unfold(0, tau, 1)[:n], scattered, what="the tensor of inputs")
    astray = "the targets are not k steps after the last value of their window"
    settle(targets, series[tau + k - 1 :], astray, what="the tensor of targets")
    others = want_two(answer(series, 5, 1), "inputs and targets")
    inputs, targets = (as_tensor(other, "what comes back") for other in others)
    if tuple(inputs.shape) != (15, 5) or not close(targets, series[5:]):
        raise NotYet("right for tau 4 and k 3, wrong for tau 5 and k 1: does it use the tau and k that it is given?")
    return "each target lies k steps after its window."


def _measure(windows: Tensor, targets: Tensor, k: int, n: int) -> None:
    """Refuse targets that are not `k` steps after their window, and windows that are missing. Both hold positions."""
    ahead = (targets - windows[:, -1]).round(decimals=3)
    if not (
        close(windows.diff(dim=1), torch.ones(len(windows), windows.shape[1] - 1)) and (ahead == ahead[0].round()).all()
    ):
        return
    if not ahead[0].isfinite():
        return
    steps = int(ahead[0])
    refuse(steps == 1, f"with k = {k} your targets are only one step ahead: does your function use k?")
    off_by_one = "off by one: " if abs(steps - k) == 1 else ""
    refuse(steps != k, f"{off_by_one}with k = {k} your targets lie {steps} steps after the end of their window")
    missing = f"{n - len(windows)} window(s) too few"
    refuse(len(windows) < n and windows[0, 0] > 0, f"{missing}: the first window starts at the first value")
    refuse(len(windows) < n, f"{missing}: the last value of the series can still be a target")


@exercise(
    "write down both shapes. Which pairs does the subtraction form?",
    "(n, 1) against (n,) broadcasts to (n, n): give both the same shape first.",
    "return (predictions.squeeze(-1) - labels).square().mean()",
)
def column_loss(answer: Any) -> str:
    """`answer(predictions (n, 1), labels (n,))` -> the mean squared error over n pairs, shape ()."""
    predictions, labels = torch.tensor([[1.0], [2.0], [4.0], [8.0]]), torch.tensor([1.0, 3.0, 4.0, 6.0])
    trained = predictions.clone().requires_grad_()
    loss = want_gradient(answer(trained, labels), "the loss", "training needs its gradient")
    value = as_number(loss, "the loss")
    if not loss.requires_grad or torch.autograd.grad(loss.sum(), trained, allow_unused=True)[0] is None:
        raise NotYet("the loss has lost its gradient: leave out detach, item and no_grad")
    errors = predictions.squeeze(-1) - labels
    others = {
        "that is the sum of the squares, not their mean": errors.square().sum(),
        "that is the mean of the distances; square them": errors.abs().mean(),
        "that is the root of the mean squared error; leave the root out": errors.square().mean().sqrt(),
    }
    refuse_mistakes(value, others, Plain)  # the hints speak of shapes
    wanted, pairs = errors.square().mean(), (predictions - labels).square().mean()
    otherwise = f"for errors 0, -1, 0, 2 the mean of the squares is {wanted:g}; yours is {value:.4f}"
    settle(value, wanted, otherwise, {"that is the mean over all 16 pairs: the shapes broadcast": pairs})
    return "four predictions, four errors, one mean."


@exercise(
    "each forecast repeats a value of the last known period. Which one, once the forecast is longer than a period?",
    "take the last period of the past, repeat it often enough, and keep the first k values.",
    "return past[-period:].repeat(k // period + 1)[:k]",
)
def seasonal(answer: Any) -> str:
    """`answer(past (n,), period, k)` -> (k,) values, each the latest known one whole periods before it."""
    past, period, k = torch.arange(18.0) ** 2, 4, 10
    last, first = past[-period:], past[:period]
    shapes = {
        (period,): "that is one period; k may be larger, and then the forecast starts the period again",
        (3 * period,): f"these are whole periods, {3 * period} values; keep the first k, here {k}",
    }
    wrong = {
        "that is persistence, the last value k times; go back a whole period instead": past[-1].expand(k),
        "these are the last k values as they are; only the last period of the past may be repeated": past[-k:],
        "that repeats the first period of the past; take the last one": first.repeat(3)[:k],
        "that is the last period backwards": last.flip(0).repeat(3)[:k],
        "that is one step off: the first forecast is the value exactly one period before it": (
            last.roll(1).repeat(3)[:k],
            last.roll(-1).repeat(3)[:k],
            past[-period - 1 : -1].repeat(3)[:k],
        ),
        "after one period your forecast goes on with the start of the past; it should repeat the last period": (
            torch.cat([last, past])[:k]
        ),
    }
    otherwise = f"after 0, 1, 4, 9 … 289, with period 4, the forecast begins {', '.join(f'{v:g}' for v in last)}"
    settle(answer(past, period, k), last.repeat(3)[:k], otherwise, wrong, "the forecast", shapes)
    short = (
        "right for a k above the period, wrong for k 3 and period 7: the forecast begins with the value a period ago"
    )
    settle(answer(past, 7, 3), past[-7:-4], short, what="with period 7 and k 3, the forecast")
    return "every forecast is a value of the last period."


@exercise(
    "four noisy values cannot tell a rising sine from a falling one, and very wide windows are too few to fit their "
    "weights. What lies between?",
    f"cut the past into windows wider than 32, each with the value {AHEAD} steps later as its target (exercise 1); fit "
    "weights by least squares, and apply them to the last window.",
    f"w = past.unfold(0, {AHEAD}, 1); a = torch.linalg.lstsq(w[:-{AHEAD}], past[{2 * AHEAD - 1}:, None]).solution; "
    "return w[-1] @ a",
)
def far(answer: Any) -> str:
    """`answer(past (600,))` -> one number: the value 64 steps after the last, of a noisy sine."""
    starts = torch.linspace(0, 628, PASTS + 1)[:-1].unsqueeze(1)  # over one period
    clean = torch.sin(0.01 * (starts + torch.arange(KNOWN + AHEAD)))
    pasts, truth = clean[:, :KNOWN] + 0.2 * draws((PASTS, KNOWN))[0], clean[:, -1]

    def error(forecasts: Tensor, truth: Tensor = truth) -> Tensor:
        return (forecasts - truth).square().mean() + 0.2**2  # what the noise of the target adds in the mean

    given = []
    for past in pasts:
        value = as_tensor(answer(past), "the forecast")
        refuse(value.numel() == AHEAD, f"your function returns {AHEAD} values; only the last of them is wanted")
        given.append(as_number(value, "the forecast").float())
    forecasts = torch.stack(given)
    refuse(not forecasts.isfinite().all(), "some of your forecasts are nan or infinite")
    found, needed = error(forecasts), "below 0.08 is needed"
    refuse((forecasts == forecasts[0]).all(), f"every past gets the same forecast; error {found:.2f}, {needed}")
    refuse(close(forecasts, pasts[:, -1]), f"that is persistence; error {found:.2f}, {needed}")
    if found < 0.08:
        return f"error {found:.3f}; persistence has {error(pasts[:, -1]):.2f}, and nothing can expect less than 0.04."
    near = error(forecasts, clean[:, KNOWN])
    where = f"; they are closer to the next value (error {near:.2f}): did you aim {AHEAD} steps ahead?"
    raise NotYet(
        f"over {PASTS} pasts your forecasts have error {found:.2f}; {needed}{where if near < found / 4 else ''}"
    )


@exercise(
    "a linear forecast is a weighted sum of the last four values. Which rules are not weighted sums?",
    "let the next value follow from the last one or two by a curve with a bend: a square, a product, a threshold.",
    "the logistic map: begin with 0.3, then append 3.9 * x * (1 - x) again and again, where x is the last value.",
)
def apart(answer: Any) -> str:
    """`answer()` -> about 1,000 numbers whose next value an RNN can forecast and a weighted sum of four cannot."""
    series = as_row(answer(), "the series").double()
    n = len(series)
    refuse(not 300 <= n <= 2000, f"the series has {n} values; about 1,000 are wanted, 300 to 2,000 are allowed")
    refuse(not series.isfinite().all(), "the series holds nan or infinity")
    n_train = int(0.6 * n)
    past = series[:n_train]
    refuse((past == past[0]).all(), "the training part, the first 60 %, never changes")
    series = (series - past.mean()) / past.std()
    refuse(series.abs().max() > 1000, "the test part goes far beyond the training part; let both look alike")
    linear, rnn = _errors(series.float(), n_train - TAU)
    found = f"errors: linear forecast {linear:.2f}, RNN {rnn:.2f} (1 is the variance of the training part)"
    neither = (
        "neither is good. Perhaps four values do not decide the next one, or the rule is too jumpy for the RNN, or the "
        "test part is unlike the training part"
    )
    if rnn < linear / 10:
        return f"{found}: this series tells them apart."
    refuse(linear < 0.05, f"{found}: the linear forecast is already good, so the RNN cannot be ten times better")
    refuse(rnn > 0.5, f"{found}: {neither}")
    raise NotYet(f"{found}: an RNN error below a tenth of the linear one is needed")


def _errors(series: Tensor, cut: int) -> tuple[float, float]:
    """The test errors, one step ahead, of least squares and of an RNN of 32 units after 50 epochs."""
    inputs, targets = series.unfold(0, TAU, 1)[:-1], series[TAU:]
    with_one = nn.functional.pad(inputs, (0, 1), value=1.0).double()
    weights = torch.linalg.lstsq(with_one[:cut], targets[:cut, None].double(), driver="gelsd").solution
    linear = (with_one[cut:] @ weights).squeeze(1)
    rnn = layer(nn.RNN, 1, 32)
    W_hq, b_q = draws((32,))[0] / 32**0.5, torch.zeros((), dtype=torch.float32)
    read_out = [W_hq.requires_grad_(), b_q.requires_grad_()]
    optimizer = torch.optim.Adam([*rnn.parameters(), *read_out], lr=0.015, betas=(0.8, 0.95))
    order, steps = torch.Generator().manual_seed(0), 50 * -(-cut // 150)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.015, total_steps=steps + 1, div_factor=5, cycle_momentum=False
    )
    with torch.enable_grad():
        for _ in range(50):
            for batch in torch.randperm(cut, generator=order).split(150):
                forecast = rnn(inputs[batch].unsqueeze(-1))[0][:, -1] @ W_hq + b_q
                loss = (forecast - targets[batch]).square().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
    with torch.no_grad():
        forecast = rnn(inputs[cut:].unsqueeze(-1))[0][:, -1] @ W_hq + b_q
    return float((linear - targets[cut:]).square().mean()), float((forecast - targets[cut:]).square().mean())
