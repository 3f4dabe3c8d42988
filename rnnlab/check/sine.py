"""Checks of chapter 3, the sine forecast."""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from rnnlab.check.answers import (
    as_number,
    as_tensor,
    close,
    refuse_mistakes,
    settle,
    want_gradient,
    want_tensor,
    want_two,
)
from rnnlab.check.verdict import NotYet, Plain, exercise, progress_of, refuse

progress = partial(progress_of, __name__)


@exercise(
    "a window still holds tau consecutive values; only its target moves.",
    "the last window must leave room for a target k steps after its last value: how many windows are left?",
    "inputs = series.unfold(0, tau, 1)[:-k], and the first target stands at position tau + k - 1.",
)
def windows_ahead(answer: Any) -> str:
    """`answer(series, tau, k)` -> inputs (n, tau), targets (n,), each target k steps after its window."""
    series, tau, k = torch.arange(20.0) ** 2, 4, 3
    inputs, targets = want_two(answer(series, tau, k), "inputs and targets")
    inputs, targets = as_tensor(inputs, "the tensor of inputs"), as_tensor(targets, "the tensor of targets")
    n, found = len(series) - tau - k + 1, tuple(inputs.shape)
    refuse(found == (tau, n), f"the inputs are ({tau}, {n}): transposed; a row is one window")
    if found[:1] != targets.shape[:1]:
        both = f"inputs of shape {found}, targets of shape {tuple(targets.shape)}"
        raise NotYet(f"{both}: each window needs exactly one")
    if len(inputs) < n and close(targets, series[tau + k - 1 :][: len(targets)]):
        raise NotYet(f"{n - len(inputs)} window(s) too few: the last value of the series can still be a target")
    if len(inputs) in (n - 1, n + 1) or close(targets[:1], series[tau + k : tau + k + 1]):
        raise NotYet("off by one: with k = 1 the target must be the very next value after the window")
    scattered = "the windows do not hold consecutive values from the start of the series"
    settle(inputs, series.unfold(0, tau, 1)[:n], scattered, what="the tensor of inputs")
    astray = "the targets are not k steps after the last value of their window"
    one_ahead = {"the targets are one step ahead whatever k is": series[tau : tau + n]}
    settle(targets, series[tau + k - 1 :], astray, one_ahead, "the tensor of targets")
    others = want_two(answer(series, 5, 1), "inputs and targets")
    inputs, targets = (as_tensor(other, "what comes back") for other in others)
    if tuple(inputs.shape) != (15, 5) or not close(targets, series[5:]):
        raise NotYet("right for tau 4 and k 3, not for tau 5 and k 1: does it use the tau and the k that it is given?")
    return "windows and targets line up, k steps apart."


@exercise(
    "write both shapes down. Which pairs does the subtraction form?",
    "(n, 1) against (n,) broadcasts to (n, n): bring both to one shape first.",
    "return (predictions.squeeze(-1) - labels).square().mean()",
)
def column_loss(answer: Any) -> str:
    """`answer(predictions (n, 1), labels (n,))` -> the mean squared error over n pairs, shape ()."""
    predictions, labels = torch.tensor([[1.0], [2.0], [4.0], [8.0]]), torch.tensor([1.0, 3.0, 4.0, 6.0])
    trained = predictions.clone().requires_grad_()
    loss = want_gradient(answer(trained, labels), "the loss", "nothing can be trained on anything else")
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
    "nn.RNN with batch_first=True reads (batch, time steps, features).",
    "the time steps of a window are its tau values; each brings one feature.",
    "add a last axis of size 1: windows.unsqueeze(-1)",
)
def rnn_input(answer: Any) -> str:
    """`answer(windows (batch, tau))` -> what nn.RNN(1, hidden_size, batch_first=True) should read."""
    windows = torch.arange(12.0).reshape(3, 4)
    shapes = {
        (3, 1, 4): "(batch, 1, tau) is ONE time step of tau features: nothing recurs",
        (4, 3, 1): "(tau, batch, 1) puts time first; batch_first=True wants the batch first",
        (3, 4): "a 2-D input is ONE unbatched sequence: nn.RNN(1, ...) refuses it, nn.RNN(tau, ...) would not",
    }
    moved = "the shape is right but the values moved: window 1 must still read 4, 5, 6, 7"
    settle(answer(windows), windows[..., None], moved, what="the input", shapes=shapes)
    want_tensor(answer(torch.zeros(2, 6)), (2, 6, 1), "with tau 6, the input")
    return "three windows, four time steps, one feature each."


@exercise(
    "after each prediction the window moves one step: the oldest value leaves, the prediction enters.",
    "window = torch.cat([window[:, 1:], prediction], dim=1), the prediction shaped (batch, 1).",
    "collect k predictions in a list and return torch.cat(them, dim=1).",
)
def free_run(answer: Any) -> str:
    """`answer(model, window (batch, tau), k)` -> (batch, k) values, each predicted from the ones before."""

    def model(x: Tensor) -> Tensor:  # shows at once which values a prediction was made from
        refuse(x.ndim != 2, f"the model got a window of shape {tuple(x.shape)}; it reads (batch, tau)")
        wide = x.shape[1]
        refuse(wide != 3, f"the model got a window of {wide} values; it must stay 3 wide, as the caller gave it")
        return x[:, 0] + x[:, 1] + 2 * x[:, 2]

    window = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 2.0]])
    given = answer(model, window, 5)
    run = want_tensor(given, (2, 5), "the run", {(5, 2): "(k, batch): transposed; a row is one forecast"})
    refuse(not torch.equal(answer.handed[1], window), "your function changed the caller's window; work on a copy")
    refuse((run == run[:, :1]).all(), "the same value five times: the window never moves")
    if run[:, 1].tolist() == [4.0, 7.0]:  # the first prediction, 3 or 5, read as if it were the oldest value
        raise NotYet("the prediction entered at the wrong end of the window: the newest value comes last")
    wanted = torch.tensor([[3.0, 7.0, 18.0, 46.0, 117.0], [5.0, 13.0, 33.0, 84.0, 214.0]])
    goes_on = "after 1, 0, 1 the sum of the window plus its last value goes on 3, 7, 18, 46, 117"
    settle(run, wanted, f"{goes_on}; yours gives {run[0].tolist()}")
    return "each prediction stands on the ones before it."
