"""Wrong answers to chapter 1, each with what its check must say of it."""

import numpy as np
import torch

from rnnlab.check import recurrence as check


def two_back(step, lag=2):
    def answer(xs, w, w_h, b):
        hs = [0.0] * lag
        for x in xs:
            hs.append(step(x, hs[-lag], w, w_h, b))
        return hs[lag:]

    return answer


def switch(w, w_h, b):
    return lambda: {"w": w, "w_h": w_h, "b": b}


def right_step(x, h, W_xh, W_hh, b_h):
    return torch.tanh(x @ W_xh.T + h @ W_hh.T + b_h)


def sleeper(awake, step=right_step, dim=1, kept=1):
    def answer(x, *weights):
        h, out = x.new_zeros(len(x), len(weights[-1])), []
        for t in range(x.shape[1]):
            h = torch.where(awake(x[:, t]), step(x[:, t], h, *weights), kept * h)
            out.append(h)
        return torch.stack(out, dim=dim)

    return answer


def any_input(x_t):
    return (x_t != 0).any(1, keepdim=True)


def changed_in_place(x, W_xh, W_hh, b_h):
    h, out = x.new_zeros(len(x), len(b_h)), []
    for t in range(x.shape[1]):
        awake = any_input(x[:, t])[:, 0]
        h[awake] = right_step(x[:, t], h, W_xh, W_hh, b_h)[awake]
        out.append(h)
    return torch.stack(out, dim=1)


def asleep_for_the_read_out(x, W_xh, W_hh, b_h):
    out = sleeper(lambda x_t: torch.ones(len(x_t), 1, dtype=torch.bool))(x, W_xh, W_hh, b_h)
    return out * (x != 0).any(2, keepdim=True)


def ends(layer, pieces):
    return [layer(piece)[0][:, -1] for piece in pieces]


def reads(picked, chosen=lambda pieces: pieces):
    def answer(layer, pieces):
        h = None
        for piece in chosen(pieces):
            out, h = layer(piece, h)
        return picked(out)

    return answer


def keeps_its_states(xs, w, w_h, b, kept=[0.0, 0.0]):  # noqa: B006  (the mistake)
    hs = []
    for x in xs:
        kept[:] = kept[1], np.tanh(w * x + w_h * kept[0] + b)
        hs.append(kept[1])
    return hs


def keeps_its_list(xs, w, w_h, b, hs=[]):  # noqa: B006
    h = before = 0.0
    for x in xs:
        h, before = np.tanh(w * x + w_h * before + b), h
        hs.append(h)
    return hs


def moves_the_wrong_one_first(xs, w, w_h, b):
    hs, h = [], 0.0
    for x in xs:
        before = h
        h = np.tanh(w * x + w_h * before + b)
        hs.append(h)
    return hs


FIRST = torch.tensor([[1.0], [0.0], [0.0]])
SHIFT = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])

WRONG = [
    (check.two_back, two_back(lambda x, h, w, w_h, b: np.tanh(w * x + w_h * h + b), 1), "reads h_{t-1}"),
    (check.two_back, moves_the_wrong_one_first, "reads h_{t-1}"),
    (check.two_back, two_back(lambda x, h, w, w_h, b: np.tanh(w * x + w_h * h + b), 3), "one step too far back"),
    (check.two_back, lambda xs, w, w_h, b: [np.tanh(w * x + b) for x in xs], "no earlier state is read"),
    (check.two_back, two_back(lambda x, h, w, w_h, b: np.tanh(w_h * x + w * h + b)), "swapped"),
    (check.two_back, two_back(lambda x, h, w, w_h, b: np.tanh(w * x + b) + w_h * h), "outside tanh"),
    (check.two_back, two_back(lambda x, h, w, w_h, b: 1 / (1 + np.exp(-(w * x + w_h * h + b)))), "the sigmoid"),
    (check.two_back, two_back(lambda x, h, w, w_h, b: w * x + w_h * h + b), "np.tanh is missing"),
    (check.two_back, lambda xs, w, w_h, b: np.tanh(w * xs[-1] + b), "it should be a list of numbers"),
    (check.two_back, lambda xs, w, w_h, b: xs[1:], "return them all"),
    (check.two_back, lambda xs, w, w_h, b: None, "a return is missing"),
    (check.two_back, two_back(lambda x, h, w, w_h, b: np.tanh(w * x + w_h * h)), "yours is 0.66"),
    (check.two_back, keeps_its_states, "a call remembers the calls before it"),
    (check.two_back, keeps_its_list, "a call remembers the calls before it"),
    (check.two_back, lambda xs, w, w_h, b: {"h": xs}, "what you return is a dict of length 1; it should hold numbers"),
    (
        check.switch,
        switch(8, 8, -4),
        "is -1.00: w is too small, or b pulls the other way",
    ),  # the sigmoid neuron's of 1.1
    (check.switch, switch(1, 1, 0), r"it is -0.26: with w_h = 1 and b = 0 there is only one resting level, 0.00"),
    (check.switch, switch(2.5, 2, 0), r"a single input of \+1 .* already enough to switch it on"),
    (check.switch, switch(2, 2, -0.3), "a single input of -1 .* already enough to switch it off"),
    (check.switch, switch(1, 2, 0), r"two inputs of \+1 .* w is too small"),
    (check.switch, switch(-1.5, 2, 0), "w is negative"),
    (check.switch, switch(1.5, -2, 0), "goes up and down at every step"),
    (check.switch, switch(1.5, 2, 1), "after two inputs of -1 .* only one resting level, 0.99"),
    (check.switch, switch(1.6, 1.4, -0.1), r"a single input of \+1 .* it is 0.70: one pulse is already enough"),
    (check.switch, switch(0.2, 0.5, -1), "only one resting level, -0.90"),
    (check.switch, switch(0.2, 1.0, 0.3), "only one resting level, 0.8"),
    (check.switch, switch(1.5, -1.5, 2), "only one resting level, 0.72"),
    (check.switch, switch(1.2, 1.3, 0), r"that level is -0.7\d, not far enough out"),
    (check.switch, switch(np.nan, 2, 0), "finite numbers"),
    (check.switch, lambda: {"w": 8, "w_h": 8}, "a dict with the keys w, w_h and b; you return a dict of length 2"),
    (check.switch, lambda: None, "you return None"),
    (check.sleeper, sleeper(lambda x_t: torch.ones(len(x_t), 1, dtype=torch.bool)), "silent steps still change"),
    (check.sleeper, sleeper(lambda x_t: x_t.any()), "only where the whole batch is silent"),
    (check.sleeper, sleeper(lambda x_t: any_input(x_t).all()), "as soon as one sample is silent"),
    (check.sleeper, sleeper(any_input, kept=0), "yours goes to 0"),
    (check.sleeper, asleep_for_the_read_out, "yours goes to 0"),
    (check.sleeper, lambda x, *w: sleeper(any_input)(x, *w) * (x != 0).any(2, keepdim=True), "yours goes to 0"),
    (check.sleeper, sleeper(lambda x_t: (x_t != 0).all(1, keepdim=True)), "one zero among its inputs"),
    (check.sleeper, sleeper(lambda x_t: x_t.sum(1, keepdim=True) != 0), "add up to 0"),
    (check.sleeper, changed_in_place, r"append h.clone\(\)"),
    (check.sleeper, sleeper(any_input, lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U + b)), "wrong way round"),
    (check.sleeper, sleeper(any_input, lambda x, h, W, U, b: torch.tanh(x @ W.T + h @ U.T)), "b_h is missing"),
    (check.sleeper, sleeper(any_input, dim=0), "stack along dim=1"),
    (check.sleeper, lambda *a: sleeper(any_input)(*a)[:, -1], "is one state"),
    (
        check.sleeper,
        sleeper(any_input, lambda *a: torch.relu(right_step(*a))),
        r"the first wrong state is sample 1's at x\[:, 0\], where it is awake",
    ),
    *(
        (
            check.sleeper,
            sleeper(lambda x_t, limit=limit: (x_t.abs() > limit).any(1, keepdim=True)),
            r"sample 0's at x\[:, 1\], where it is awake .*0.001, -0.002.*only zeros are silent",
        )
        for limit in (0.01, 0.1, 0.3)
    ),
    (check.sleeper, sleeper(lambda x_t: x_t.norm(dim=1, keepdim=True) > 0.05), "only zeros are silent"),
    (check.sleeper, lambda *a: None, "is None"),
    (check.delay_line, lambda: (FIRST, 0 * SHIFT), "W_hh is all zeros"),
    (check.delay_line, lambda: (FIRST, SHIFT.T), "transposed"),
    (check.delay_line, lambda: (FIRST.flip(0), SHIFT.T), "from unit 3 to unit 1"),
    (check.delay_line, lambda: (FIRST * 0, SHIFT), "takes the input"),
    (
        check.delay_line,
        lambda: (FIRST, torch.ones(3, 3).tril(-1)),
        r"after reading 3, -1 the state should be \(-1, 3, 0\); it is \(-1, 3, 3\)",
    ),
    (check.delay_line, lambda: (FIRST, torch.eye(3)), "unit 1 should hold -1"),
    (
        check.delay_line,
        lambda: (FIRST, torch.tensor([[0, 0, 1], [1, 0, 0], [0, 1, 0]])),
        "after reading 3, -1, 4, 2 unit 1 should hold 2; it holds 5",
    ),
    (check.delay_line, lambda: (FIRST.T, SHIFT), r"shape \(1, 3\)"),
    (check.delay_line, lambda: None, "the stub is still there"),
    (check.reader, lambda layer, pieces: ends(layer, pieces)[-1], "what came before it is lost"),
    (check.reader, lambda layer, pieces: ends(layer, pieces)[0], "after the first piece"),
    (check.reader, lambda layer, pieces: sum(ends(layer, pieces)), "put together"),
    (check.reader, lambda layer, pieces: layer(torch.cat(pieces[::-1], 1))[0][:, -1], "from the last to the first"),
    (check.reader, reads(lambda out: out[:, -1], lambda pieces: pieces[:-1]), "the last piece is missing"),
    (check.reader, reads(lambda out: out[:, 0]), r"first step of the last piece: .* out\[:, -1\]"),
    (check.reader, reads(lambda out: out.mean(1)), "the mean of the last piece's states"),
    (check.reader, reads(lambda out: out[:, -1], lambda pieces: pieces[::-1]), "from the last to the first"),
    (check.reader, reads(lambda out: -out[:, -1]), "which state"),
    (check.reader, lambda layer, pieces: layer(torch.cat(pieces, 1))[0][:, -1], "the pieces were joined"),
    (check.reader, lambda layer, pieces: layer(torch.cat(pieces, 1))[0], r"should have shape \(4, 3\)"),
]
