"""Backpropagation through time by hand for a GRU.

On a CPU, torch has a fast path for the LSTM, but records every operation of a GRU for autograd. Let a_r, a_z, a_g be
the pre-activations of r, z, g in `gated.gru_step`, and hg_t = W_hg h_{t-1} + b_hg:

    backward     dL/da_g = dL/dh_t * (1 - z_t) * (1 - g_t^2)       dL/da_z = dL/dh_t * (h_{t-1} - g_t) * z_t (1 - z_t)
                 dL/da_r = dL/da_g * hg_t * r_t (1 - r_t)          dL/dhg_t = dL/da_g * r_t
                 dL/dh_{t-1} = dh_{t-1} + z_t * dL/dh_t + W_hh^T (dL/da_r, dL/da_z, dL/dhg_t)

where dh_t is what the loss reads from h_t itself. Every delta is dL/dh_t times something the forward pass knows, so
only the last line needs a loop. The fewer sequences at once, the more this saves: with 32 of them it is twice as fast.
From 250 sequences and 64 units on nothing is gained: the matrix products dominate.
"""

from typing import Any

import torch
from torch import Tensor, nn

from rnnlab.cells.gated import gru_step
from rnnlab.cells.rnn import fit, gradients_to_differentiate, in_transform


def plain_loop(x: Tensor, W_xh: Tensor, W_hh: Tensor, b_xh: Tensor, b_hh: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """`GRUBPTT` as a plain loop, which autograd can follow."""
    states = []
    for x_t in x:
        h = gru_step(x_t, h, W_xh, W_hh, b_xh, b_hh)["h"]
        states.append(h)
    return torch.stack(states), h


class GRUBPTT(torch.autograd.Function):
    """Like `rnn.BPTT`, for a GRU: x (T, batch, input_size), h_0 (batch, n) -> h_1 ... h_T, (T, batch, n), and h_T.

    W_xh (3n, input_size), W_hh (3n, n), b_xh and b_hh (3n,), their rows in the order r, z, g.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, W_xh: Tensor, W_hh: Tensor, b_xh: Tensor, b_hh: Tensor, h_0: Tensor
    ) -> tuple[Tensor, Tensor]:
        (T, batch, _), n = x.shape, h_0.shape[1]
        into_rz, into_g = torch.addmm(b_xh, x.flatten(0, 1), W_xh.T).view(T, batch, 3 * n).split([2 * n, n], 2)
        gates, g, h = x.new_empty(T, batch, 3 * n), x.new_empty(T, batch, n), x.new_empty(T + 1, batch, n)
        h[0] = h_0
        rz, hg = gates.split([2 * n, n], 2)
        r, z = rz.chunk(2, 2)
        before, W = h[0], W_hh.T
        views = (part.unbind() for part in (into_rz, into_g, gates, rz, r, z, hg, g, h[1:]))
        for x_rz, x_g, gates_t, rz_t, r_t, z_t, hg_t, g_t, h_t in zip(*views, strict=True):
            torch.addmm(b_hh, before, W, out=gates_t)
            rz_t.add_(x_rz).sigmoid_()
            torch.addcmul(x_g, r_t, hg_t, out=g_t).tanh_()
            before = torch.lerp(g_t, before, z_t, out=h_t)
        ctx.save_for_backward(x, W_xh, W_hh, b_xh, b_hh, h_0, gates, g, h)
        ctx.set_materialize_grads(False)
        return h[1:].clone(), h[-1].clone()

    @staticmethod
    def backward(ctx: Any, *dL: Tensor | None) -> tuple[Tensor | None, ...]:
        dh, dh_T = dL  # (T, batch, n), (batch, n)
        *tensors, gates, g, h = ctx.saved_tensors
        if torch.is_grad_enabled() or in_transform(dh, dh_T):  # the gradient will be differentiated, or is batched
            return tuple(gradients_to_differentiate(plain_loop, tensors, ctx.needs_input_grad, (dh, dh_T)))
        x, W_xh, W_hh, *_ = tensors
        T, _, n = g.shape
        before = h[:-1]
        r, z, hg = gates.chunk(3, 2)
        to_g = (1 - z) * (1 - g * g)  # what to multiply dL/dh_t by
        into_h = torch.stack([to_g * hg * r * (1 - r), (before - g) * z * (1 - z), to_g * r], 2)  # (T, batch, 3, n)
        flat = into_h.flatten(2)
        dL_dh = torch.zeros_like(h[0]) if dh_T is None else dh_T.clone()
        for t in reversed(range(T)):
            if dh is not None:
                dL_dh += dh[t]
            into_h[t].mul_(dL_dh[:, None])
            to_g[t].mul_(dL_dh)
            dL_dh.mul_(z[t]).addmm_(flat[t], W_hh)
        into_x = torch.cat([flat[..., : 2 * n], to_g], 2).flatten(0, 1)  # (T * batch, 3n)
        flat, wanted = flat.flatten(0, 1), ctx.needs_input_grad
        return (
            (into_x @ W_xh).view_as(x) if wanted[0] else None,
            (x.flatten(0, 1).T @ into_x).T if wanted[1] else None,
            (before.flatten(0, 1).T @ flat).T if wanted[2] else None,
            into_x.sum(0) if wanted[3] else None,
            flat.sum(0) if wanted[4] else None,
            dL_dh if wanted[5] else None,
        )


class GRULayer(nn.GRU):
    """nn.GRU with one layer and batch_first, trained by `GRUBPTT` on a CPU. Elsewhere it is plain nn.GRU."""

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__(input_size, hidden_size, batch_first=True)

    # pyrefly: ignore[bad-override]  # nn.GRU calls them input and hx
    def forward(self, x: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x (batch, T, input_size) -> every h_t, (batch, T, hidden_size), and h_T, (1, batch, hidden_size).

        h_0 (1, batch, hidden_size), zeros if not given. A PackedSequence is read by nn.GRU itself. Raises ValueError
        unless T >= 1, and sizes, dtypes and devices match.
        """
        if isinstance(x, nn.utils.rnn.PackedSequence):
            return super().forward(x, h_0)
        W_xh, W_hh, b_xh, b_hh = self.all_weights[0]
        x, h_0 = fit(x, h_0, W_xh, W_hh, (1,))
        if x.device.type != "cpu":
            return super().forward(x, h_0)
        loop = plain_loop if in_transform() else GRUBPTT.apply
        h, h_T = loop(x.transpose(0, 1).contiguous(), W_xh, W_hh, b_xh, b_hh, h_0[0])
        return h.transpose(0, 1), h_T[None]
