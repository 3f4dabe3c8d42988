"""Checks of chapter 2, backpropagation through time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from rnnlab.check.answers import close, draws, settle, want_gradient, want_tensor, want_two
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
    delta, second_tanh = dh_t * (1 - h_t**2), dh_t * (1 - torch.tanh(h_t) ** 2)
    mistakes = {
        "dL/dh_{t-1} skips tanh: the factor f'(a_t) = 1 - h_t**2 is missing": dh_t @ W_hh,
        "h_t is tanh(a_t) already: its slope is 1 - h_t**2, with no second tanh": second_tanh @ W_hh,
        "W_hh is transposed: forward a row goes through W_hh.T, so back it goes through W_hh": delta @ W_hh.T,
        "that is dL/da_t; one more product, with W_hh, leads to h_{t-1}": delta,
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
    "h_{t-1} reaches h_t on two ways: straight on, times 1 - alpha, and through c_t, times alpha. "
    "The gradient goes back both.",
    "on the way through c_t everything is alpha times what it was: delta = alpha * into_h * (1 - c_t**2).",
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
    dW_hh = want_tensor(dW_hh, (3, 3), "dL/dW_hh")

    def backward(straight: float, through: float) -> tuple[Tensor, list[Tensor]]:
        """dL/dh_0 and every step's delta, the first step's first, if the two ways back carried these factors."""
        into_h, deltas = dh_T, []
        for t in reversed(range(T)):
            deltas.insert(0, through * into_h * (1 - c[t] ** 2))
            into_h = straight * into_h + deltas[0] @ W_hh
        return into_h, deltas

    factors = {
        "that is the plain RNN's way back; here alpha enters twice": (0, 1),
        "h_{t-1} also goes straight on to h_t, times 1 - alpha: that way back is missing": (0, alpha),
        "the way straight back is right; the one through c_t needs its factor alpha": (1 - alpha, 1),
        "alpha and 1 - alpha are swapped": (alpha, 1 - alpha),
        "the way straight back carries 1 - alpha of the gradient, not all of it": (1, alpha),
    }
    wanted, deltas = backward(1 - alpha, alpha)
    mistakes = {message: backward(*both)[0] for message, both in factors.items()}
    otherwise = "dL/dh_0 is not autograd's: follow one number of h_0 forward, and collect every way it goes"
    settle(dh_0, wanted, otherwise, mistakes, "dL/dh_0")
    shares, shifted = ([delta.T @ h[t + ahead] for t, delta in enumerate(deltas)] for ahead in (0, 1))
    mistakes = {
        "dL/dW_hh holds the first step's share alone: add, do not overwrite": shares[0],
        "dL/dW_hh holds the last step's share alone: every step adds one": shares[-1],
        "the shares use h_t; what W_hh multiplied at step t was h_{t-1}": sum(shifted),
        "dL/dW_hh is the sum of the shares, not their mean": sum(shares) / T,
        "dL/dh_0 is right; in dL/dW_hh the factor alpha is missing": sum(shares) / alpha,
    }
    otherwise = "dL/dh_0 is right; dL/dW_hh is not: step t adds delta.T @ h[t - 1]"
    settle(dW_hh, sum(shares), otherwise, mistakes, "dL/dW_hh")
    return "the straight way multiplies by 1 - alpha and by nothing else. Remember it in chapter 6."


@exercise(
    "h.detach() is the same numbers with no way back. Where must it stand, and how often?",
    "steps 1 to T - k are to be forgotten by the gradient: detach once, after T - k of them.",
    "in the loop, before the step: if t == x.shape[1] - k: h = h.detach().",
)
def truncated_state(answer: Any) -> str:
    """`answer(x (batch, T, input_size), W_xh, W_hh, b_h, k)` -> h_T, whose gradient reaches back k steps."""
    x, W_xh, W_hh, b_h = double_draws((4, 8, 2), (3, 2), (3, 3), (3,))
    W_hh.requires_grad_()

    def state(cut: int) -> Tensor:
        h = x.new_zeros(4, 3)
        for t in range(8):
            h = torch.tanh(x[:, t] @ W_xh.T + (h.detach() if t == cut else h) @ W_hh.T + b_h)
        return h

    def gradient(h: Tensor) -> Tensor:
        return torch.autograd.grad(h.sum(), W_hh, allow_unused=True)[0]

    for k in (3, 8, 1):
        with _Detaches() as detaches:
            h_T = want_gradient(answer(x, W_xh, W_hh, b_h, k), "h_T", "the gradient goes back through it")
        changed = "the values of h_T change: truncation cuts the gradient, never the forward pass"
        settle(h_T, state(0).detach(), changed, what="h_T")
        found = gradient(h_T) if h_T.requires_grad else None
        if found is None:
            raise NotYet(f"for k {k} no gradient is left at all: the last {k} step(s) must stay connected")
        longest = (k, *range(8, 0, -1))  # h_0 is 0, so 7 steps and 8 leave W_hh the same gradient
        reach = next((steps for steps in longest if close(found, gradient(state(8 - steps)))), 0)
        refuse(reach != k, _reach(k, reach, detaches.count))
    return "the values stay, the gradient stops k steps back."


class _Detaches(TorchFunctionMode):
    """Counts the calls of detach: a gradient alone cannot tell one in the last step from one in every step."""

    count = 0

    def __torch_function__(self, func: Callable, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func in (Tensor.detach, Tensor.detach_)
        return func(*args, **(kwargs or {}))


def _reach(k: int, reach: int, detaches: int) -> str:
    if reach == 0:
        return f"for k {k} of T 8 the gradient of W_hh is not that of the last {k} steps"
    if reach == 8:
        return f"for k {k} of T 8 the gradient still runs through every step: nothing is detached"
    if detaches == 8:
        return f"h is detached at every step: for k {k} that leaves 1 step, not {k}"
    found = f"for k {k} of T 8 the gradient reaches back {reach} step(s)"
    if detaches > 1:
        return f"{found}: h is detached {detaches} times, and the last one decides. Once is enough"
    if reach == 8 - k:
        return f"the first {k} steps are cut off; the last {k} are to be kept"
    return f"{found}, {abs(k - reach)} too {'few' if reach < k else 'many'}{': off by one' * (abs(k - reach) == 1)}"


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
    mistakes = {
        f"their joint norm is {norm:.1f}, the limit 2, and nothing was clipped": arrow,
        "every number was clamped by itself: that turns the arrow; scale it as a whole": arrow.clamp(-2, 2),
        "each tensor was clipped by itself; the limit is for all together": alone,
        "divided by the squared norm: a square root is missing": arrow * 2 / norm**2,
        "scaled to norm 1; the limit is 2": arrow / norm,
    }
    settle(clipped(2.0), arrow * 2 / norm, f"all should be multiplied by 2 / {norm:.2f}, one number for all", mistakes)
    settle(clipped(100.0), arrow, f"the norm {norm:.1f} is below the limit 100, so nothing should change")
    return "shorter, in the same direction, and only when it must be."


def _arrow(gradients: list[Tensor]) -> Tensor:
    return torch.cat([g.flatten() for g in gradients])


@exercise(
    "the spectral radius is the largest |eigenvalue|; scaling W scales every eigenvalue with it.",
    "torch.linalg.eigvals(W) gives complex numbers; .abs() gives their sizes.",
    "return W * (radius / torch.linalg.eigvals(W).abs().max()).",
)
def set_radius(answer: Any) -> str:
    """`answer(W (n, n), radius)` -> W scaled so that its largest |eigenvalue| is `radius`."""
    (W,) = double_draws((6, 6))
    given = want_tensor(answer(W, 1.5), (6, 6), "W")
    eigenvalues = torch.linalg.eigvals(W)
    sizes = {
        "W was multiplied by the radius: that is right only for a W whose radius is 1 already": 1.0,
        "scaled by the 2-norm, the largest singular value: that is the bound, not the radius": torch.linalg.norm(W, 2),
        "scaled by the norm of all entries; the eigenvalues decide": W.norm(),
        "scaled by the largest entry; the eigenvalues decide": W.abs().max(),
        "scaled by the largest real part; a turning pair a ± bi counts with its size |a + bi|": eigenvalues.real.max(),
    }
    finite = given.isfinite().all()  # of a nan MKL's eigvals may take the kernel down
    found = torch.linalg.eigvals(given.double()).abs().max() if finite else torch.nan
    otherwise = f"asked for 1.5, the largest |eigenvalue| is {found:.5f}"
    if abs(found - 1.5) < 1e-5:
        otherwise = "the radius is right, but W is not a multiple of what it was"
    mistakes = {message: W * 1.5 / size for message, size in sizes.items()}
    settle(given, W * 1.5 / eigenvalues.abs().max(), otherwise, mistakes)
    return "the rate at which a gradient fades or grows is yours to choose."
