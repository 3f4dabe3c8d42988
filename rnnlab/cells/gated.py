"""The gated cells as equations, one step of each, equal to torch's own layers.

    LSTM  i_t, f_t, o_t = sigmoid(W_x x_t + W_h h_{t-1} + b)   g_t = tanh(W_xg x_t + W_hg h_{t-1} + b_g)
          c_t = f_t * c_{t-1} + i_t * g_t                      h_t = o_t * tanh(c_t)
    GRU   r_t, z_t = sigmoid(W_x x_t + W_h h_{t-1} + b)        g_t = tanh(W_xg x_t + b_xg + r_t * (W_hg h_{t-1} + b_hg))
          h_t = (1 - z_t) * g_t + z_t * h_{t-1}

The gates' rows are stacked in torch's order: i f g o, and r z g. LSTM: Hochreiter & Schmidhuber 1997, the
forget gate f by Gers, Schmidhuber & Cummins 2000. GRU: Cho et al. 2014, in the variant of nn.GRU and cuDNN, which
resets *after* the product with W_hg ('reset after'); the paper resets h_{t-1} before it.
"""

from torch import Tensor


def lstm_step(x: Tensor, h: Tensor, c: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> dict[str, Tensor]:
    """One step: x (batch, input_size), h and c (batch, n) -> the new h and c and the gates i, f, g, o, all (batch, n).

    W_xh (4n, input_size), W_hh (4n, n), b_h (4n,).
    """
    i, f, g, o = (x @ W_xh.T + h @ W_hh.T + b_h).chunk(4, 1)  # (batch, n) each
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g  # what it keeps, and what it adds
    return {"h": o * c.tanh(), "c": c, "i": i, "f": f, "g": g, "o": o}


def gru_step(x: Tensor, h: Tensor, W_xh: Tensor, W_hh: Tensor, b_xh: Tensor, b_hh: Tensor) -> dict[str, Tensor]:
    """One step: x (batch, input_size), h (batch, n) -> the new h and the gates r, z, g, all (batch, n).

    W_xh (3n, input_size), W_hh (3n, n), b_xh and b_hh (3n,): two biases, which r keeps from being added into one.
    """
    x_r, x_z, x_g = (x @ W_xh.T + b_xh).chunk(3, 1)
    h_r, h_z, h_g = (h @ W_hh.T + b_hh).chunk(3, 1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    g = (x_g + r * h_g).tanh()
    return {"h": (1 - z) * g + z * h, "r": r, "z": z, "g": g}
