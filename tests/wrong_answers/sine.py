"""Wrong answers to chapter 3, each with what its check must say of it."""

import torch

from rnnlab.check import sine as check


def wrong_window(model, window, k):
    run = []
    for _ in range(k):
        run.append(model(window).unsqueeze(1))
        window = torch.cat([run[-1], window[:, :-1]], dim=1)
    return torch.cat(run, dim=1)


def right_run(model, window, k):
    run = []
    for _ in range(k):
        run.append(model(window).unsqueeze(1))
        window = torch.cat([window[:, 1:], run[-1]], dim=1)
    return torch.cat(run, dim=1)


def growing_run(model, window, k):
    values = window
    for _ in range(k):
        values = torch.cat([values, model(values).unsqueeze(1)], dim=1)
    return values[:, window.shape[1] :]


def destructive_run(model, window, k):
    run = []
    for _ in range(k):
        run.append(model(window).unsqueeze(1))
        window[:] = torch.cat([window[:, 1:], run[-1]], dim=1)
    return torch.cat(run, dim=1)


WRONG = [
    (
        check.windows_ahead,
        lambda s, tau, k: (s.unfold(0, tau, 1)[:-k], s[tau:][: len(s) - tau - k + 1]),
        "one step ahead whatever k is",
    ),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[: -k - 1], s[tau + k :]), "off by one"),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[: -k - 1], s[tau + k - 1 : -1]), "1 window.* too few"),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1), s[tau + k - 1 :]), "exactly one"),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[:-k].T, s[tau + k - 1 :]), "transposed"),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, tau, 1)[:-k].flip(1), s[tau + k - 1 :]), "consecutive values"),
    (check.windows_ahead, lambda s, tau, k: (s.unfold(0, 4, 1)[:-3], s[6:]), "right for tau 4 and k 3, not for tau 5"),
    (check.column_loss, lambda p, y: (p - y).square().mean(), "the shapes broadcast"),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).square().sum(), "the sum of the squares"),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).square().mean().sqrt(), "the root"),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).abs().mean(), "square them"),
    (check.column_loss, lambda p, y: (p.squeeze(-1) - y).square(), r"one number is wanted; the loss has shape \(4,\)"),
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
    (check.free_run, lambda model, w, k: torch.stack([model(row) for row in w]), "shape .3,.; it reads .batch, tau."),
    (check.rnn_input, lambda w: w.unsqueeze(1), "ONE time step"),
    (check.rnn_input, lambda w: w.T.unsqueeze(-1), "time first"),
    (check.rnn_input, lambda w: w.reshape(4, 3).T.unsqueeze(-1), "the values moved"),
    (check.rnn_input, lambda w: None, "is None"),
    (check.rnn_input, lambda w: w.reshape(-1, 4, 1), "with tau 6"),
    (check.free_run, wrong_window, "wrong end"),
    (check.free_run, growing_run, "a window of 4 values"),
    (check.free_run, destructive_run, "changed the caller's window"),
    (check.free_run, lambda model, w, k: right_run(model, w, k).T, "transposed"),
    (check.free_run, lambda model, w, k: right_run(model, w, k - 1), r"shape \(2, 4\), wanted \(2, 5\)"),
    (check.free_run, lambda model, w, k: right_run(model, w, k) + 1, "goes on 3, 7, 18, 46, 117"),
]
