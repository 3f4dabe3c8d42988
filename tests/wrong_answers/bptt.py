"""Wrong answers to chapter 2, each with what its check must say of it."""

import torch

from rnnlab.check import bptt as check


def step_back(back, share=lambda delta, dh_t, h_t, h_before: delta.T @ h_before):
    def answer(dh_t, h_t, h_before, W_hh):
        delta = dh_t * (1 - h_t**2)
        return back(delta, dh_t, h_t, W_hh), share(delta, dh_t, h_t, h_before)

    return answer


def right_back(delta, dh_t, h_t, W_hh):
    return delta @ W_hh


def leaky_loop(direct=lambda into_h, delta: into_h, states=lambda c, h: c, steps=reversed, W=lambda W_hh: W_hh):
    """The right loop, but for what is given."""

    def answer(dh_T, c, h, W_hh, alpha):
        into_h, dW_hh = dh_T, 0
        for t in steps(range(1, len(h))):
            delta = alpha * into_h * (1 - states(c, h)[t - 1] ** 2)
            dW_hh = dW_hh + delta.T @ h[t - 1]
            into_h = (1 - alpha) * direct(into_h, delta) + delta @ W(W_hh)
        return dW_hh, into_h

    return answer


def leaky(straight, through, share=lambda shares, delta, h, t: [*shares, delta.T @ h[t - 1]], total=sum):
    def answer(dh_T, c, h, W_hh, alpha):
        into_h, shares = dh_T, []
        for t in reversed(range(1, len(h))):
            delta = through(alpha) * into_h * (1 - c[t - 1] ** 2)
            into_h = straight(alpha) * into_h + delta @ W_hh
            shares = share(shares, delta, h, t)
        return total(shares), into_h

    return answer


def right_leaky(**changes):
    return leaky(lambda alpha: 1 - alpha, lambda alpha: alpha, **changes)


def norm(gradients):
    return torch.cat([g.flatten() for g in gradients]).norm()


WRONG = [
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: dh_t @ W_hh), "skips tanh"),
    (
        check.one_step_back,
        step_back(lambda delta, dh_t, h_t, W_hh: dh_t * (1 - torch.tanh(h_t) ** 2) @ W_hh),
        "no second tanh",
    ),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: delta @ W_hh.T), "W_hh is transposed"),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: delta), "that is dL/da_t"),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: -delta @ W_hh), "wrong sign"),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: 2 * delta @ W_hh), "not the one autograd finds"),
    (
        check.one_step_back,
        step_back(lambda delta, dh_t, h_t, W_hh: (dh_t @ W_hh) * (1 - h_t**2)),
        "here W_hh comes first",
    ),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: dh_t * (1 - h_t) @ W_hh), "square is missing"),
    (
        check.one_step_back,
        step_back(lambda delta, dh_t, h_t, W_hh: dh_t * h_t * (1 - h_t) @ W_hh),
        "slope of the sigmoid",
    ),
    (
        check.one_step_back,
        lambda dh_t, h_t, h_before, W_hh: (dh_t * (1 - h_before**2) @ W_hh, dh_t.T @ h_before),
        r"yours is made of h_\{t-1\}",
    ),
    (
        check.one_step_back,
        lambda *a: step_back(right_back)(*a)[::-1],
        r"wrong order: dL/dh_\{t-1\} comes first",
    ),
    (
        check.one_step_back,
        step_back(right_back, lambda delta, dh_t, h_t, h_before: dh_t.T @ h_before),
        "share skips tanh",
    ),
    (check.one_step_back, step_back(right_back, lambda delta, dh_t, h_t, h_before: delta.T @ h_t), "share uses h_t"),
    (
        check.one_step_back,
        step_back(right_back, lambda delta, dh_t, h_t, h_before: h_before.T @ delta),
        "share is transposed",
    ),
    (
        check.one_step_back,
        step_back(right_back, lambda delta, dh_t, h_t, h_before: delta.T @ h_before / 5),
        "averaged over the batch",
    ),
    (check.one_step_back, step_back(right_back, lambda *a: torch.zeros(3, 3)), "the share in dL/dW_hh is not"),
    (check.one_step_back, step_back(right_back, lambda delta, *a: delta), r"should have shape \(3, 3\)"),
    (check.one_step_back, lambda *a: None, "the stub is still there"),
    (check.one_step_back, lambda *a: torch.zeros(5, 3), "return dL.dh_.t-1. and the share in dL.dW_hh; you return"),
    (check.leaky_backward, leaky(lambda alpha: 0, lambda alpha: 1), "plain RNN"),
    (check.leaky_backward, leaky(lambda alpha: 0, lambda alpha: alpha), "reaches h_t directly"),
    (check.leaky_backward, leaky(lambda alpha: 1 - alpha, lambda alpha: 1), "needs its factor alpha"),
    (check.leaky_backward, leaky(lambda alpha: alpha, lambda alpha: 1 - alpha), "swapped"),
    (check.leaky_backward, leaky(lambda alpha: 1, lambda alpha: alpha), "not all of it"),
    (check.leaky_backward, leaky(lambda alpha: -alpha, lambda alpha: alpha), "follow one number"),
    (check.leaky_backward, right_leaky(total=lambda shares: shares[-1]), "first step's share alone"),
    (check.leaky_backward, right_leaky(total=lambda shares: shares[0]), "last step's share alone"),
    (check.leaky_backward, right_leaky(total=lambda shares: sum(shares) / len(shares)), "not their mean"),
    (
        check.leaky_backward,
        right_leaky(share=lambda shares, delta, h, t: [*shares, delta.T @ h[t]]),
        "what W_hh multiplied",
    ),
    (check.leaky_backward, right_leaky(total=lambda shares: sum(shares) / 0.3), "the factor alpha is missing"),
    (check.leaky_backward, right_leaky(total=lambda shares: sum(shares).T), "is transposed: row i"),
    (check.leaky_backward, right_leaky(total=lambda shares: sum(shares) / 5), "averaged over the batch"),
    (check.leaky_backward, right_leaky(total=lambda shares: 2 * sum(shares)), "step t adds"),
    (check.leaky_backward, lambda *a: right_leaky()(*a)[::-1], "wrong order: dL/dW_hh comes first"),
    (check.leaky_backward, leaky(lambda alpha: alpha, lambda alpha: alpha), "factor 1 - alpha, not alpha"),
    (check.leaky_backward, leaky_loop(direct=lambda into_h, delta: delta), "goes round tanh"),
    (check.leaky_backward, leaky_loop(states=lambda c, h: h[1:]), "yours is made of h_t"),
    (check.leaky_backward, leaky_loop(steps=list), "from the last to the first"),
    (check.leaky_backward, leaky_loop(steps=lambda steps: reversed(steps[1:])), "one step early"),
    (check.leaky_backward, leaky_loop(W=lambda W_hh: W_hh.T), "W_hh is transposed"),
    (check.leaky_backward, lambda *a: (right_leaky()(*a)[0], a[0][0]), "dL/dh_0 has shape"),
    (
        check.misled,
        lambda: [1.0] * 7 + [0.0] * 5,
        "-0.0083, truncated to 5 steps it is 0.0000: the last five inputs are",
    ),
    (check.misled, lambda: [0.2] * 7 + [-0.05] * 5, r"0.0703, truncated to 5 steps it is 0.1519: the same sign"),
    (check.misled, lambda: [0.2] * 12, "the same sign"),
    (check.misled, lambda: [0.2] * 7 + [-0.0001] * 5, "at least 0.001 in size"),
    (check.misled, lambda: [2.0] * 7 + [-0.1] * 5, "between -1 and 1; one of yours is 2"),
    (check.misled, lambda: [0.2] * 11 + [float("nan")], "one of yours is nan"),
    (check.misled, lambda: [0.2] * 6 + [-0.01] * 5, "twelve inputs are wanted; you return 11"),
    (check.misled, lambda: torch.full((12, 2), 0.1), "it should be a list of numbers"),
    (check.misled, lambda: None, "is None"),
    (check.clip, lambda gradients, limit: gradients, "nothing was clipped"),
    (check.clip, lambda gradients, limit: [g.clamp(-limit, limit) for g in gradients], "turns the arrow"),
    (check.clip, lambda gradients, limit: [g * (limit / g.norm()) for g in gradients], "clipped separately"),
    (
        check.clip,
        lambda gradients, limit: [g * (limit / g.norm()).clamp(max=1) for g in gradients],
        "clipped separately",
    ),
    (check.clip, lambda gradients, limit: [g * limit / norm(gradients) ** 2 for g in gradients], "square root"),
    (check.clip, lambda gradients, limit: [g / norm(gradients) for g in gradients], "scaled to norm 1"),
    (check.clip, lambda gradients, limit: [g * limit / norm(gradients) for g in gradients], "below the limit"),
    (check.clip, lambda gradients, limit: [g * 0 for g in gradients], "divided by the joint norm"),
    (check.clip, lambda gradients, limit: [-g * limit / norm(gradients) for g in gradients], "direction is reversed"),
    (
        check.clip,
        lambda gradients, limit: [g * limit / sum(g.abs().sum() for g in gradients) for g in gradients],
        "sum of the sizes",
    ),
    (
        check.clip,
        lambda gradients, limit: [g * limit / max(g.abs().max() for g in gradients) for g in gradients],
        "the largest number",
    ),
    (
        check.clip,
        lambda gradients, limit: [g * limit / sum(g.norm() for g in gradients) for g in gradients],
        "added the norms",
    ),
    (
        check.clip,
        lambda gradients, limit: [g * limit * 3 / sum(g.norm() for g in gradients) for g in gradients],
        "averaged the norms",
    ),
    (check.clip, lambda gradients, limit: [g * limit for g in gradients], "the limit itself"),
    (
        check.clip,
        lambda gradients, limit: [g / norm(gradients) * min(norm(gradients), limit) for g in gradients],
        "all 0 should stay 0",
    ),
    (check.clip, lambda gradients, limit: gradients[:2], "one tensor for each"),
    (check.detour, lambda: 0.9 * torch.eye(4), "stretches nothing by more than its radius, 0.9"),
    (check.detour, lambda: torch.zeros(3, 3), "no gradient ever grows"),
    (check.detour, lambda: torch.tensor([[0.6, 0.6], [-0.6, 0.6]]), "by more than its radius, 0.85"),
    (
        check.detour,
        lambda: torch.triu(torch.ones(4, 4), 1),
        "becomes 2.414 times as long at best, at lag 2; wanted: 100",
    ),
    (check.detour, lambda: torch.triu(torch.ones(10, 10), 1), "becomes 90"),
    (check.detour, lambda: [[0.5, 1000], [0, 0.5]], "between -1 and 1; one of yours is 1000"),
    (check.detour, lambda: torch.triu(torch.ones(10, 10)), "spectral radius is 1; it may be 0.9 at most"),
    (check.detour, lambda: torch.full((3, 3), float("nan")), "one of yours is nan"),
    (check.detour, lambda: torch.ones(3, 4), r"shape \(3, 4\); it should be \(n, n\)"),
    (check.detour, lambda: 0.01 * torch.ones(33, 33), "with n from 1 to 32"),
    (check.detour, lambda: None, "W_hh is None"),
]
