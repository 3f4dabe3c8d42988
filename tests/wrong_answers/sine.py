"""Wrong answers to chapter 3, each with what its check must say of it."""

import torch

from rnnlab.check import sine as check


def repeated(period, k):
    """The values of a period, again and again."""
    return period.repeat(k // len(period) + 1)[:k]


def direct(past, tau, k=64):
    """The value k steps ahead, by least squares over windows of tau values."""
    windows = past.unfold(0, tau, 1)
    weights = torch.linalg.lstsq(windows[:-k], past[tau + k - 1 :, None]).solution
    return windows[-1] @ weights


def fed_back(past, tau, k=64):
    """The same by a forecast one step ahead, fed back."""
    windows = past.unfold(0, tau, 1)
    weights = torch.linalg.lstsq(windows[:-1], past[tau:, None]).solution
    values = past[-tau:]
    for _ in range(k):
        values = torch.cat([values, values[-tau:] @ weights])
    return values[-1]


def white():
    return torch.randn(1000, generator=torch.Generator().manual_seed(1))


def logistic(length):
    values = [0.3]
    while len(values) < length:
        values.append(3.9 * values[-1] * (1 - values[-1]))
    return values


def sawtooth(length):
    values = [0.3]
    while len(values) < length:
        values.append(2.7 * values[-1] % 1)
    return values


WRONG = [
    (
        check.windows_ahead,
        lambda s, tau, k: (s.unfold(0, tau, 1)[:-k], s[tau:][: len(s) - tau - k + 1]),
        "only one step ahead: does your function use k",
    ),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[:-1], s[tau:]), "does your function use k"),
    (
        check.windows_ahead,
        lambda s, tau, k: (s.unfold(0, tau, 1)[: -k - 1], s[tau + k :]),
        "off by one: with k = 3 your targets lie 4 steps after",
    ),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[:-2], s[tau + 1 :]), "off by one: .* lie 2 steps"),
    (
        check.windows_ahead,
        lambda s, tau, k: (s.unfold(0, tau, 1)[:-6], s[tau + 5 :]),
        "with k = 3 your targets lie 6 steps",
    ),
    (
        check.windows_ahead,
        lambda s, tau, k: (s.unfold(0, tau, 1)[1:-k], s[tau + k :]),
        "1 window.* too few: the first window starts at the first value",
    ),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[:-k], s[tau + k - 1 :] / 0), "not k steps after"),
    (check.windows_ahead, lambda s, tau, k: (s[tau + k - 1 :], s.unfold(0, tau, 1)[:-k]), "swapped"),
    (
        check.windows_ahead,
        lambda s, tau, k: (s.unfold(0, tau, 1)[: -k - 1], s[tau + k - 1 : -1]),
        "too few: the last value",
    ),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1), s[tau + k - 1 :]), "exactly one"),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[:-k].T, s[tau + k - 1 :]), "transposed"),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[:-k].flip(1), s[tau + k - 1 :]), "consecutive values"),
    (
        check.windows_ahead,
        lambda s, tau, k: (s.unfold(0, 4, 1)[:-3], s[6:]),
        "right for tau 4 and k 3, wrong for tau 5",
    ),
    (check.column_loss, lambda p, y: (p - y).square().mean(), "the shapes broadcast"),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).square().sum(), "the sum of the squares"),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).square().mean().sqrt(), "the root"),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).abs().mean(), "square them"),
    (
        check.column_loss,
        lambda p, y: (p.squeeze(-1) - y).square(),
        r"the loss has shape \(4,\); it should be one number",
    ),
    (check.column_loss, lambda p, y: (p * 0).sum() + 7, "yours is 7.0000"),
    (
        check.column_loss,
        lambda p, y: (p.squeeze(-1) - y).square().mean().item(),
        "the loss is a float: return a torch tensor",
    ),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).square().mean().detach(), "lost its gradient"),
    (
        check.column_loss,
        lambda p, y: (p.detach().squeeze(-1) - y).square().mean().requires_grad_(),
        "lost its gradient",
    ),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).square().mean().numpy(force=True), "return a torch tensor"),
    (
        check.windows_ahead,
        lambda s, tau, k: {"inputs": s, "targets": s},
        "return inputs and targets; you return a dict",
    ),
    (check.seasonal, lambda past, period, k: past[-1].repeat(k), "that is persistence"),
    (check.seasonal, lambda past, period, k: past[-k:], "the last k values as they are"),
    (check.seasonal, lambda past, period, k: past[-period:], "that is one period; k may be larger"),
    (check.seasonal, lambda past, period, k: past[-period:].repeat(-(-k // period)), "whole periods, 12 values"),
    (check.seasonal, lambda past, period, k: repeated(past[:period], k), "the first period of the past"),
    (check.seasonal, lambda past, period, k: repeated(past[-period:].flip(0), k), "the last period backwards"),
    (check.seasonal, lambda past, period, k: repeated(past[-period - 1 : -1], k), "one step off"),
    (check.seasonal, lambda past, period, k: repeated(past[-period:].roll(-1), k), "one step off"),
    (
        check.seasonal,
        lambda past, period, k: [past[i - period] for i in range(k)],
        "goes on with the start of the past",
    ),
    (
        check.seasonal,
        lambda past, period, k: repeated(past[-period:], k) + 1,
        "with period 4, the forecast begins 196, 225",
    ),
    (check.seasonal, lambda past, period, k: repeated(past[-4:], k), "right for a k above the period"),
    (check.seasonal, lambda past, period, k: None, "is None"),
    (check.far, lambda past: past[-1], "that is persistence; error 0.24"),
    (check.far, lambda past: 0.0, "every past gets the same forecast"),
    (check.far, lambda past: past[-20:].mean(), "closer to the next value"),
    (check.far, lambda past: direct(past, 64, k=1), "did you aim 64 steps ahead"),
    (check.far, lambda past: direct(past, 4), "your forecasts have error 0.2.; below 0.08 is needed$|0.08 is needed\n"),
    (check.far, lambda past: direct(past, 32), "have error 0.11; below 0.08"),
    (check.far, lambda past: direct(past, 256), "below 0.08"),
    (check.far, lambda past: fed_back(past, 32), "your forecasts have error"),
    (check.far, lambda past: past[-64:], "64 values; only the last"),
    (check.far, lambda past: past, r"the forecast has shape .600,.*one number"),
    (check.far, lambda past: float("nan"), "nan or infinite"),
    (check.apart, lambda: torch.sin(0.1 * torch.arange(1000)), "the linear forecast is already good"),
    (check.apart, white, "neither is good"),
    (check.apart, lambda: sawtooth(1000), "neither is good"),
    (check.apart, lambda: white().cumsum(0), "the linear forecast is already good"),
    (check.apart, lambda: [float(i % 20 == 0) for i in range(1000)], "neither is good"),
    (check.apart, lambda: [*torch.sin(torch.arange(600) / 10).square(), *[5.0] * 400], "unlike the training part"),
    (check.apart, lambda: logistic(300), "below a tenth"),
    (check.apart, lambda: logistic(100), "100 values; about 1,000"),
    (check.apart, lambda: [1.0] * 1000, "never changes"),
    (check.apart, lambda: [*logistic(999), float("nan")], "nan or infinity"),
    (check.apart, lambda: [*logistic(999), 1e6], "far beyond the training part"),
    (check.apart, lambda: torch.zeros(1000, 2), "it should be a list of numbers"),
]
