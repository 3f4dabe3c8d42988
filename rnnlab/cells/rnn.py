"""The recurrence and its gradient as equations: the forward loop, the backward loop, and a layer trained with both.

    forward      a_t = W_xh x_t + W_hh h_{t-1} + b_h          h_t = f(a_t)
    backward     delta_t = dL/da_t = dL/dh_t * f'(a_t)        dL/dh_{t-1} = dh_{t-1} + W_hh^T delta_t
    the sums     dL/dW_hh = sum_t delta_t h_{t-1}^T           dL/dW_xh = sum_t delta_t x_t^T     dL/db_h = sum_t delta_t

where dh_t is what the loss reads from h_t itself. In `forward_states` and `backward_deltas` time comes first: a step is
one contiguous slice. Weights are shaped as in nn.RNN, with one bias, since two would only be added.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from rnnlab.messages import at_least_one, quote

# f, in place, and f' as a function of h = f(a): a itself need not be kept.
NONLINEARITIES = {
    "tanh": (torch.tanh_, lambda h: torch.addcmul(h.new_ones(()), h, h, value=-1)),  # 1 - h^2
    "sigmoid": (torch.sigmoid_, lambda h: h * (1 - h)),
    "relu": (torch.relu_, torch.sign),  # h >= 0, so its sign is 0 or 1
    "linear": (lambda a: a, torch.ones_like),
}
# The same f, not in place, so that autograd can follow.
BENDS = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": torch.Tensor.clone}


def forward_states(
    x: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor, h_0: Tensor, nonlinearity: str = "tanh"
) -> Tensor:
    """The states h_0, h_1 ... h_T, (T + 1, batch, hidden_size), for inputs x (T, batch, input_size). Outside autograd.

    W_xh (hidden_size, input_size), W_hh (hidden_size, hidden_size), b_h (hidden_size,), h_0 (batch, hidden_size).
    """
    f, _ = NONLINEARITIES[nonlinearity]
    h = x.new_empty(len(x) + 1, *h_0.shape)
    h[0] = h_0
    torch.addmm(b_h, x.flatten(0, 1), W_xh.T, out=h[1:].flatten(0, 1))  # W_xh x_t + b_h, all steps in one matmul
    before, *steps = h.unbind()  # views, (batch, hidden_size)
    for now in steps:
        before = f(now.addmm_(before, W_hh.T))  # a_t, then h_t, in the place of W_xh x_t + b_h
    return h


def backward_deltas(
    dh: Tensor | None, dh_T: Tensor | None, h: Tensor, W_hh: Tensor, nonlinearity: str = "tanh"
) -> tuple[Tensor, Tensor]:
    """delta_t = dL/da_t for every step, (T, batch, hidden_size), and dL/dh_0, (batch, hidden_size).

    dh (T, batch, hidden_size): what the loss reads from every h_t, or None.
    dh_T (batch, hidden_size): what it reads from the last one in addition, or None.
    h (T + 1, batch, hidden_size): the states that `forward_states` gave.

    Step t's share of dL/dW_hh is delta[t].T @ h[t], because h[t] is the state before that step.
    """
    _, slope = NONLINEARITIES[nonlinearity]
    delta = slope(h[1:])  # f'(a_t), all steps at once; multiplied by dL/dh_t below
    into_h = torch.zeros_like(h[0]) if dh_T is None else dh_T.clone()  # dL/dh_t, (batch, hidden_size)
    for t in reversed(range(len(delta))):
        if dh is not None:
            into_h += dh[t]
        torch.mm(delta[t].mul_(into_h), W_hh, out=into_h)  # what a_t passes back to h_{t-1}
    return delta, into_h


def plain_loop(
    x: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor, h: Tensor, nonlinearity: str = "tanh"
) -> tuple[Tensor, Tensor]:
    """`BPTT` as a plain loop, which autograd can follow: slower, but differentiable any number of times."""
    f, states = BENDS[nonlinearity], []
    for x_t in x:
        h = f(x_t @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return torch.stack(states), h


def in_transform(*gradients: Tensor | None) -> bool:
    """Whether torch.func or forward mode is at work, or a gradient is batched: the loops by hand support none of
    these."""
    many = [g is not None and torch._C._functorch.is_legacy_batchedtensor(g) for g in gradients]
    return torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0 or any(many)


def gradients_to_differentiate(
    loop: Callable[..., tuple[Tensor, Tensor]],
    tensors: Sequence[Tensor],
    wanted: Sequence[bool],
    gradients: Sequence[Tensor | None],
) -> list[Tensor | None]:
    """What a `backward` gives under create_graph or torch.func: the gradients of the wanted tensors, by the plain loop.

    loop(*tensors) gives the outputs that the `gradients` belong to. The loops by hand work in place, so autograd cannot
    follow what their gradients were made of.
    """
    again = torch.is_grad_enabled()
    # Aliases: one tensor may be made from another, if an earlier layer shares this one's weights.
    with torch.enable_grad():
        tensors = [tensor.view_as(tensor) for tensor in tensors]
        made = loop(*tensors)
    outputs, into = zip(*[pair for pair in zip(made, gradients, strict=True) if pair[1] is not None], strict=True)
    asked = [tensor for tensor, want in zip(tensors, wanted, strict=True) if want]
    found = iter(torch.autograd.grad(outputs, asked, into, create_graph=again))
    return [next(found) if want else None for want in wanted]


class BPTT(torch.autograd.Function):
    """Backpropagation through time by hand: one matmul for all inputs, one loop, one matmul per weight gradient."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor, h_0: Tensor, nonlinearity: str
    ) -> tuple[Tensor, Tensor]:
        h = forward_states(x, W_xh, W_hh, b_h, h_0, nonlinearity)  # (T + 1, batch, hidden_size)
        ctx.save_for_backward(x, W_xh, W_hh, b_h, h_0, h)
        ctx.nonlinearity = nonlinearity
        ctx.set_materialize_grads(False)  # a loss on h_T alone sends None, not zeros, to the other states
        return h[1:].clone(), h[-1].clone()  # copies: changing them cannot spoil the way back

    @staticmethod
    def backward(ctx: Any, *dL: Tensor | None) -> tuple[Tensor | None, ...]:
        dh, dh_T = dL  # (T, batch, hidden_size), (batch, hidden_size)
        *tensors, h = ctx.saved_tensors
        x, W_xh, W_hh, _, _ = tensors
        wanted = ctx.needs_input_grad
        if torch.is_grad_enabled() or in_transform(dh, dh_T):  # the gradient will be differentiated, or is batched
            loop = partial(plain_loop, nonlinearity=ctx.nonlinearity)
            return *gradients_to_differentiate(loop, tensors, wanted[:5], (dh, dh_T)), None
        delta, dh_0 = backward_deltas(dh, dh_T, h, W_hh, ctx.nonlinearity)
        delta, x, before = delta.flatten(0, 1), x.flatten(0, 1), h[:-1].flatten(0, 1)  # (T * batch, ...)
        return (
            (delta @ W_xh).view(*h[1:].shape[:2], -1) if wanted[0] else None,  # (T, batch, input_size)
            (x.T @ delta).T if wanted[1] else None,  # (hidden_size, input_size): the sum over t is in the matmul
            (before.T @ delta).T if wanted[2] else None,  # (hidden_size, hidden_size)
            delta.sum(0) if wanted[3] else None,  # (hidden_size,)
            dh_0 if wanted[4] else None,
            None,
        )


def fit(
    x: Tensor, h_0: Tensor | None, W_xh: Tensor, W_hh: Tensor, layers: tuple[int, ...] = ()
) -> tuple[Tensor, Tensor]:
    """x (batch, T, input_size) and h_0 (*layers, batch, hidden_size) as a layer with these weights reads them.

    h_0 is zeros if not given; under autocast both take the weights' dtype. Raises ValueError, with the remedy, unless
    T >= 1, and sizes, dtypes and devices match.
    """
    if not W_xh.is_floating_point():
        raise ValueError(f"the weights have dtype {W_xh.dtype}; allowed: real floating-point numbers")
    for name, tensor in (("x", x), ("h_0", h_0)):
        if not isinstance(tensor, Tensor | None):
            raise ValueError(f"{name} is of type {type(tensor).__name__}; allowed: a tensor")
    size = W_xh.shape[1]
    if x.ndim != 3 or x.shape[1] < 1 or x.shape[2] != size:
        raise ValueError(f"x has shape {tuple(x.shape)}; allowed: (batch, T, {size}) with T 1 or more")
    start = (*layers, len(x), W_hh.shape[1])
    h_0 = W_xh.new_zeros(start) if h_0 is None else h_0
    if h_0.shape != start:
        raise ValueError(f"h_0 has shape {tuple(h_0.shape)}; allowed: {start}")
    for name, tensor in (("x", x), ("h_0", h_0)):
        if tensor.device != W_xh.device:
            remedy = f"{name}.to({str(W_xh.device)!r})"
            raise ValueError(f"{name} is on {tensor.device}; allowed: {W_xh.device}, like the weights; use {remedy}")
        if tensor.dtype != W_xh.dtype and not torch.is_autocast_enabled(W_xh.device.type):
            remedy = f"{name}.to({W_xh.dtype})"
            raise ValueError(f"{name} has dtype {tensor.dtype}; allowed: {W_xh.dtype}, like the weights; use {remedy}")
    return x.to(W_xh.dtype), h_0.to(W_xh.dtype)


class RNNLayer(nn.Module):
    """h_t = f(W_xh x_t + W_hh h_{t-1} + b_h), trained by `BPTT`: it does what nn.RNN does, under the book's names.

    nonlinearity: "tanh", "sigmoid", "relu" or "linear". Weights start as nn.RNN's do, from U(-1/sqrt(n), 1/sqrt(n)),
    where n is the hidden size. Raises ValueError for sizes below 1 or any other nonlinearity.
    """

    def __init__(self, input_size: int, hidden_size: int, nonlinearity: str = "tanh"):
        super().__init__()
        at_least_one(input_size=input_size, hidden_size=hidden_size)
        if nonlinearity not in NONLINEARITIES:
            raise ValueError(f"nonlinearity is {quote(nonlinearity)}; allowed: {', '.join(NONLINEARITIES)}")
        self.nonlinearity, self.hidden_size = nonlinearity, hidden_size
        self.W_xh = nn.Parameter(torch.empty(hidden_size, input_size))
        self.W_hh = nn.Parameter(torch.empty(hidden_size, hidden_size))
        self.b_h = nn.Parameter(torch.empty(hidden_size))
        for weight in self.parameters():
            nn.init.uniform_(weight, -(hidden_size**-0.5), hidden_size**-0.5)

    def forward(self, x: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x (batch, T, input_size) -> every h_t, (batch, T, hidden_size), and h_T, (batch, hidden_size).

        h_0 (batch, hidden_size), zeros if not given. A loss on the last state alone should read h_T: the way back is
        shorter than through [:, -1]. Raises ValueError unless T >= 1, and sizes, dtypes and devices match.
        """
        if isinstance(x, nn.utils.rnn.PackedSequence):
            raise ValueError("x is a PackedSequence; allowed: a tensor, from pad_packed_sequence(x, batch_first=True)")
        x, h_0 = fit(x, h_0, self.W_xh, self.W_hh)
        time_first = x.transpose(0, 1).contiguous()  # (T, batch, input_size)
        loop = plain_loop if in_transform() else BPTT.apply
        h, h_T = loop(time_first, self.W_xh, self.W_hh, self.b_h, h_0, self.nonlinearity)
        return h.transpose(0, 1), h_T
