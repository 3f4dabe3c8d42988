"""Checks of chapter 2, backpropagation through time."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from rnnlab.check.answers import WHAT, as_row, as_tensor, draws, settle, want_tensor, want_two
from rnnlab.check.verdict import NotYet, describe, exercise, progress_of, refuse

progress = partial(progress_of, __name__)
double_draws = partial(draws, dtype=torch.float64)


@exercise(
    "first from h_t to a_t, through tanh; then from a_t to what went into it, h_{t-1} and W_hh.",
    "delta = dh_t * (1 - h_t**2) is dL/da_t; a sample is a row, so a_t = h_before @ W_hh.T.",
    "delta = dh_t * (1 - h_t**2); return delta @ W_hh, delta.T @ h_before.",
)
def one_step_back(answer: Any) -> str:
    """`answer(dh_t, h_t, h_before, W_hh)` -> dL/dh_{t-1}, (batch, n), and step t's share in dL/dW_hh, (n, n)."""
    dh_t, h_before, W_hh = double_draws((5, 3), (5, 3), (3, 3))
    h_t = torch.tanh(h_before @ W_hh.T)
    back, share = want_two(answer(dh_t, h_t, h_before, W_hh), "dL/dh_{t-1} and the share in dL/dW_hh")
    _refuse_swapped(back, share, (5, 3), (3, 3), "dL/dh_{t-1} comes first, then the share")
    delta, second_tanh = dh_t * (1 - h_t**2), dh_t * (1 - torch.tanh(h_t) ** 2)
    mistakes = {
        "dL/dh_{t-1} skips tanh: the factor f'(a_t) = 1 - h_t**2 is missing": dh_t @ W_hh,
        "h_t is tanh(a_t) already: its slope is 1 - h_t**2, with no second tanh": second_tanh @ W_hh,
        "W_hh is transposed: forward a row goes through W_hh.T, so back it goes through W_hh": delta @ W_hh.T,
        "that is dL/da_t; one more product, with W_hh, leads to h_{t-1}": delta,
        "the slope belongs to step t, so it is 1 - h_t**2; yours is made of h_{t-1}": dh_t * (1 - h_before**2) @ W_hh,
        "first through tanh to a_t, then through W_hh; here W_hh comes first": (dh_t @ W_hh) * (1 - h_t**2),
        "the slope of tanh is 1 - h_t**2; the square is missing": dh_t * (1 - h_t) @ W_hh,
        "h_t * (1 - h_t) is the slope of the sigmoid; the one of tanh is 1 - h_t**2": dh_t * h_t * (1 - h_t) @ W_hh,
        "dL/dh_{t-1} has the wrong sign": -delta @ W_hh,
    }
    otherwise = "dL/dh_{t-1} is not the one autograd finds: delta is dL/da_t, and W_hh leads it on to h_{t-1}"
    settle(back, delta @ W_hh, otherwise, mistakes, "dL/dh_{t-1}")
    wanted = delta.T @ h_before
    mistakes = {
        "the share skips tanh: it starts from delta, not from dh_t": dh_t.T @ h_before,
        "the share uses h_t; what W_hh multiplied was h_{t-1}": delta.T @ h_t,
        "the share is transposed: row i belongs to unit i's sum a_t, so delta.T comes first": wanted.T,
        "the share is averaged over the batch; delta already holds what each sample adds": wanted / 5,
    }
    otherwise = "dL/dh_{t-1} is right; the share in dL/dW_hh is not the one autograd finds"
    settle(share, wanted, otherwise, mistakes, "the share in dL/dW_hh")
    return "one step back in time; the rest is a loop."


@exercise(
    "h_{t-1} reaches h_t by two paths: directly, times 1 - alpha, and through c_t, times alpha. "
    "The gradient flows back along both.",
    "on the path through c_t everything is multiplied by alpha: delta = alpha * into_h * (1 - c_t**2).",
    "into_h = (1 - alpha) * into_h + delta @ W_hh.",
)
def leaky_backward(answer: Any) -> str:
    """`answer(dh_T, c, h, W_hh, alpha)` -> dL/dW_hh, (n, n), and dL/dh_0, (batch, n), of the leaky recurrence."""
    x, h_0, W, dh_T = double_draws((6, 5, 3), (5, 3), (3, 3), (5, 3))
    W_hh, alpha, T = 0.6 * W, 0.3, 6
    c, h = [], [h_0]
    for t in range(T):
        c.append(torch.tanh(x[t] + h[t] @ W_hh.T))
        h.append((1 - alpha) * h[t] + alpha * c[t])
    dW_hh, dh_0 = want_two(answer(dh_T, torch.stack(c), torch.stack(h), W_hh, alpha), "dL/dW_hh and dL/dh_0")
    _refuse_swapped(dW_hh, dh_0, (3, 3), (5, 3), "dL/dW_hh comes first, then dL/dh_0")
    dW_hh = want_tensor(dW_hh, (3, 3), "dL/dW_hh")

    def backward(
        straight: float = 1 - alpha,
        through: float = alpha,
        W: Tensor = W_hh,
        states: Sequence[Tensor] = c,
        steps: Sequence[int] = range(T - 1, -1, -1),
        direct_delta: bool = False,
    ) -> tuple[Tensor, list[Tensor]]:
        """dL/dh_0 and every step's delta, the first step's first, if the two paths back were as given."""
        into_h, deltas = dh_T, []
        for t in steps:
            deltas.insert(0, through * into_h * (1 - states[t] ** 2))
            into_h = straight * (deltas[0] if direct_delta else into_h) + deltas[0] @ W
        return into_h, deltas

    factors = {
        "that is the plain RNN's backward pass; here alpha enters twice": (0, 1),
        "h_{t-1} also reaches h_t directly, times 1 - alpha: that path back is missing": (0, alpha),
        "the direct path back is right; the one through c_t needs its factor alpha": (1 - alpha, 1),
        "alpha and 1 - alpha are swapped": (alpha, 1 - alpha),
        "the direct path back carries 1 - alpha of the gradient, not all of it": (1, alpha),
    }
    wanted, deltas = backward()
    others: dict[str, dict[str, Any]] = {
        "W_hh is transposed: forward a row goes through W_hh.T, so back it goes through W_hh": {"W": W_hh.T},
        "the direct path carries the factor 1 - alpha, not alpha": {"straight": alpha},
        "the direct path goes round tanh: 1 - alpha times into_h, not times delta": {"direct_delta": True},
        "the slope of tanh needs what tanh gave, c_t; yours is made of h_t": {"states": h[1:]},
        "the loop runs from the first step to the last; back means from the last to the first": {"steps": range(T)},
        "that is dL/dh_1; the loop stops one step early": {"steps": range(T - 1, 0, -1)},
    }
    mistakes = {message: backward(*both)[0] for message, both in factors.items()}
    mistakes |= {message: backward(**changes)[0] for message, changes in others.items()}
    otherwise = "dL/dh_0 is not autograd's: follow one number of h_0 forward, and collect every path it takes"
    settle(dh_0, wanted, otherwise, mistakes, "dL/dh_0")
    shares, shifted = ([delta.T @ h[t + ahead] for t, delta in enumerate(deltas)] for ahead in (0, 1))
    whole = torch.stack(shares).sum(0)
    mistakes = {
        "dL/dW_hh holds the first step's share alone: add, do not overwrite": shares[0],
        "dL/dW_hh holds the last step's share alone: every step adds one": shares[-1],
        "the shares use h_t; what W_hh multiplied at step t was h_{t-1}": torch.stack(shifted).sum(0),
        "dL/dW_hh is the sum of the shares, not their mean": whole / T,
        "dL/dh_0 is right; in dL/dW_hh the factor alpha is missing": whole / alpha,
        "dL/dW_hh is averaged over the batch; delta already holds what each sample adds": whole / 5,
        "dL/dW_hh is transposed: row i belongs to unit i's sum, so delta.T comes first": whole.T,
    }
    otherwise = "dL/dh_0 is right; dL/dW_hh is not: step t adds delta.T @ h[t - 1]"
    settle(dW_hh, whole, otherwise, mistakes, "dL/dW_hh")
    return "the direct path multiplies by 1 - alpha and by nothing else. Remember it in chapter 6."


@exercise(
    "step t adds delta_t * x_t, and here all delta_t have the same sign. What, then, decides the sign of each sum? "
    "(Try small inputs: large ones saturate tanh, and its slope is gone.)",
    "give the last five inputs one sign and the first seven the other. The first seven must outweigh them, although "
    "each delta_t is smaller the further back it is.",
    "return [0.2] * 7 + [-0.01] * 5.",
)
def misled(answer: Any) -> str:
    """`answer()` -> twelve inputs of one neuron for which the gradient of w, cut to 5 steps, has the wrong sign."""
    x = as_row(answer()).double()
    refuse(len(x) != 12, f"twelve inputs are wanted; you return {len(x)}")
    _refuse_beyond_one(x, "inputs")
    whole, cut = (_gradient_of_w(x, k) for k in (12, 5))
    both = f"the whole gradient of w is {whole:z.4f}, truncated to 5 steps it is {cut:z.4f}"
    refuse(not x[-5:].any(), f"{both}: the last five inputs are silent, so truncation leaves nothing")
    refuse(whole * cut > 0, f"{both}: the same sign")
    refuse(min(abs(whole), abs(cut)) < 0.001, f"{both}: each must be at least 0.001 in size")
    return f"{both}: truncation would move w the wrong way."


def _refuse_beyond_one(numbers: Tensor, what: str) -> None:
    beyond = numbers[~(numbers.abs() <= 1)]  # nan, too
    refuse(len(beyond), f"the {what} are to be between -1 and 1; one of yours is {beyond[:1].sum():.4g}")


def _refuse_swapped(first: Any, second: Any, shape: tuple, other: tuple, order: str) -> None:
    """Refuse two results of which each has the shape of the other."""
    shapes = [tuple(as_tensor(part, WHAT).shape) for part in (first, second)]
    refuse(shapes == [other, shape], f"the two are in the wrong order: {order}")


def _gradient_of_w(x: Tensor, k: int) -> float:
    """dL/dw at w 1, through the last k of the steps, of the neuron and the loss of exercise 3."""
    w = torch.ones((), dtype=torch.float64, device="cpu", requires_grad=True)
    with torch.enable_grad():
        h = torch.zeros_like(w)
        for t, x_t in enumerate(x):
            h = torch.tanh(w * x_t + 0.9 * (h.detach() if t == len(x) - k else h))
        return torch.autograd.grad((h - 1) ** 2 / 2, w)[0].item()


@exercise(
    "the gradients of all weights are one long arrow; clipping shortens it and keeps its direction.",
    "its length: the square root of the sum of g.square().sum() over all gradients.",
    "norm = torch.sqrt(sum(g.square().sum() for g in gradients)); "
    "if it is above the limit, return [g * limit / norm ...].",
)
def clip(answer: Any) -> str:
    """`answer(gradients, limit)` -> the list of tensors, their joint norm at most `limit`, as clip_grad_norm_ does."""
    gradients = [3 * g for g in double_draws((3, 3), (4,), (2, 3))]
    arrow = _arrow(gradients)
    norm = arrow.norm()

    def clipped(limit: float) -> Tensor:
        parts = answer(gradients, limit)
        if not isinstance(parts, tuple | list) or len(parts) != 3:
            raise NotYet(f"return a list, one tensor for each gradient; you return {describe(parts)}")
        pairs = zip(parts, gradients, strict=True)
        return _arrow([want_tensor(part, tuple(g.shape), "a clipped gradient") for part, g in pairs])

    alone = _arrow([g * 2 / g.norm() for g in gradients])
    norms = [g.norm() for g in gradients]
    mistakes = {
        f"their joint norm is {norm:.1f}, the limit 2, and nothing was clipped": arrow,
        "every number was clamped separately: that turns the arrow; scale it as a whole": arrow.clamp(-2, 2),
        "each tensor was clipped separately; the limit is for all together": alone,
        "divided by the squared norm: a square root is missing": arrow * 2 / norm**2,
        "scaled to norm 1; the limit is 2": arrow / norm,
        "the direction is reversed: clipping only shortens": -arrow * 2 / norm,
        "you divided by the sum of the sizes; the joint norm is the root of the sum of squares": (
            arrow * 2 / arrow.abs().sum()
        ),
        "you divided by the largest number; the joint norm is the root of the sum of squares": (
            arrow * 2 / arrow.abs().max()
        ),
        "you added the norms; add the squares of all numbers, then take the root": arrow * 2 / sum(norms),
        "you averaged the norms; add the squares of all numbers, then take the root": arrow * 2 / (sum(norms) / 3),
        "the limit itself became the factor": arrow * 2,
    }
    otherwise = f"each number should come out multiplied by 2 / {norm:.2f}, the limit divided by the joint norm"
    settle(clipped(2.0), arrow * 2 / norm, otherwise, mistakes)
    settle(clipped(100.0), arrow, f"the norm {norm:.1f} is below the limit 100, so nothing should change")
    gradients = [torch.zeros_like(g) for g in gradients]
    settle(
        clipped(2.0), _arrow(gradients), "gradients that are all 0 should stay 0: is something divided by their norm?"
    )
    return "shorter, in the same direction, and only when it must be."


def _arrow(gradients: list[Tensor]) -> Tensor:
    return torch.cat([g.flatten() for g in gradients])


@exercise(
    "the radius rules the long run; for a few steps only the bound counts. Of which matrices can you read off the "
    "eigenvalues?",
    "the eigenvalues of a triangular matrix are the numbers on its diagonal, whatever is above it. So keep the "
    "diagonal small, and fill what is above it.",
    "return 0.5 * torch.eye(10) + torch.triu(torch.ones(10, 10), diagonal=1).",
)
def detour(answer: Any) -> str:
    """`answer()` -> W_hh (n, n), of radius 0.9 at most, with which a gradient first grows at least a hundredfold."""
    W = as_tensor(answer(), "W_hh").double()
    square = W.ndim == 2 and W.shape[0] == W.shape[1] and 1 <= len(W) <= 32
    refuse(not square, f"W_hh has shape {tuple(W.shape)}; it should be (n, n), with n from 1 to 32")
    _refuse_beyond_one(W, "entries")
    radius = torch.linalg.eigvals(W).abs().max().item()
    refuse(radius > 0.9 + 1e-4, f"the spectral radius is {radius:.4g}; it may be 0.9 at most")
    growth, products = [], torch.eye(len(W), dtype=W.dtype, device="cpu")
    for _ in range(50):
        products = products @ W
        growth.append(torch.linalg.matrix_norm(products, 2).item())
    best = max(growth)
    lag = growth.index(best) + 1
    if growth[0] <= 1.0001 * radius:  # a normal matrix: symmetric, orthogonal times a number ...
        raise NotYet(f"no gradient ever grows: this W_hh stretches nothing by more than its radius, {radius:.2g}")
    refuse(
        best < 100, f"within 50 steps a gradient becomes {best:.4g} times as long at best, at lag {lag}; wanted: 100"
    )
    return f"{best:.3g} times as long at lag {lag}, and yet it vanishes in the end: the radius rules the long run."
