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


def truncated(cut, start=lambda T, k: 0):
    def answer(x, W_xh, W_hh, b_h, k):
        h, T = x.new_zeros(len(x), len(b_h)), x.shape[1]
        for t in range(start(T, k), T):
            h = torch.tanh(x[:, t] @ W_xh.T + (h.detach() if cut(t, T, k) else h) @ W_hh.T + b_h)
        return h

    return answer


def norm(gradients):
    return torch.cat([g.flatten() for g in gradients]).norm()


def gelfand(W, radius):
    return W * radius / torch.linalg.matrix_norm(torch.linalg.matrix_power(W, 100), 2) ** 0.01


WRONG = [
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: dh_t @ W_hh), "skips tanh"),
    (
        check.one_step_back,
        step_back(lambda delta, dh_t, h_t, W_hh: dh_t * (1 - torch.tanh(h_t) ** 2) @ W_hh),
        "no second tanh",
    ),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: delta @ W_hh.T), "W_hh is transposed"),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: delta), "that is dL/da_t"),
    (check.one_step_back, step_back(lambda delta, dh_t, h_t, W_hh: -delta @ W_hh), "not the one autograd finds"),
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
    (check.one_step_back, step_back(right_back, lambda delta, *a: delta), r"wanted \(3, 3\)"),
    (check.one_step_back, lambda *a: None, "the stub is still there"),
    (check.one_step_back, lambda *a: torch.zeros(5, 3), "two things are wanted"),
    (check.leaky_backward, leaky(lambda alpha: 0, lambda alpha: 1), "plain RNN"),
    (check.leaky_backward, leaky(lambda alpha: 0, lambda alpha: alpha), "goes straight on"),
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
    (check.leaky_backward, right_leaky(total=lambda shares: sum(shares).T), "step t adds"),
    (check.leaky_backward, lambda *a: (right_leaky()(*a)[0], a[0][0]), "dL/dh_0 has shape"),
    (check.truncated_state, truncated(lambda t, T, k: True), "leaves 1 step"),
    (check.truncated_state, truncated(lambda t, T, k: False), "nothing is detached"),
    (check.truncated_state, truncated(lambda t, T, k: t == T - k + 1), "1 too few: off by one"),
    (check.truncated_state, truncated(lambda t, T, k: t == T - k - 1), "1 too many: off by one"),
    (check.truncated_state, truncated(lambda t, T, k: t == k), "the first 3 steps are cut off"),
    (check.truncated_state, truncated(lambda t, T, k: False, lambda T, k: T - k), "the values of h_T change"),
    (check.truncated_state, lambda *a: truncated(lambda *t: False)(*a).detach(), "no gradient is left at all"),
    (
        check.truncated_state,
        lambda *a: truncated(lambda *t: False)(*a).detach().requires_grad_(),
        "no gradient is left at all",
    ),
    (check.truncated_state, truncated(lambda t, T, k: t == 2), r"reaches back 6 step\(s\), 3 too many\n"),
    (check.truncated_state, truncated(lambda t, T, k: t % k == 0), "h is detached 3 times, and the last one decides"),
    (
        check.truncated_state,
        truncated(lambda t, T, k: (t + 1) % k == 0),
        "for k 8 of T 8 the gradient reaches back 1 step",
    ),
    (check.truncated_state, truncated(lambda t, T, k: t >= T - k), "h is detached 3 times"),
    (
        check.truncated_state,
        lambda *a: 2 * truncated(lambda *t: False)(*a).detach() - truncated(lambda *t: False)(*a),
        "is not that of the last 3 steps",
    ),
    (check.truncated_state, lambda *a: None, "is None"),
    (check.clip, lambda gradients, limit: gradients, "nothing was clipped"),
    (check.clip, lambda gradients, limit: [g.clamp(-limit, limit) for g in gradients], "turns the arrow"),
    (check.clip, lambda gradients, limit: [g * (limit / g.norm()) for g in gradients], "clipped by itself"),
    (
        check.clip,
        lambda gradients, limit: [g * (limit / g.norm()).clamp(max=1) for g in gradients],
        "clipped by itself",
    ),
    (check.clip, lambda gradients, limit: [g * limit / norm(gradients) ** 2 for g in gradients], "square root"),
    (check.clip, lambda gradients, limit: [g / norm(gradients) for g in gradients], "scaled to norm 1"),
    (check.clip, lambda gradients, limit: [g * limit / norm(gradients) for g in gradients], "below the limit"),
    (check.clip, lambda gradients, limit: [g * 0 for g in gradients], "one number for all"),
    (check.clip, lambda gradients, limit: gradients[:2], "one tensor for each"),
    (check.set_radius, lambda W, radius: W * radius, "that is right only"),
    (check.set_radius, lambda W, radius: W * radius / torch.linalg.matrix_norm(W, 2), "the bound"),
    (check.set_radius, lambda W, radius: W * radius / W.norm(), "all entries"),
    (check.set_radius, lambda W, radius: W * radius / W.abs().max(), "largest entry"),
    (check.set_radius, lambda W, radius: W * radius / torch.linalg.eigvals(W).real.max(), "largest real part"),
    (check.set_radius, lambda W, radius: torch.eye(6) * radius, "not a multiple"),
    (check.set_radius, gelfand, "eigenvalue. is 1.49"),
    (check.set_radius, lambda W, radius: W * 0, "eigenvalue. is 0.00"),
]
