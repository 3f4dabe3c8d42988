import torch

from rnnlab.check import bptt as check


def test_truncation_may_also_be_written_without_detach():
    def answer(x, W_xh, W_hh, b_h, k):
        h, T = x.new_zeros(len(x), len(b_h)), x.shape[1]
        for t in range(T):
            with torch.set_grad_enabled(t >= T - k):
                h = torch.tanh(x[:, t] @ W_xh.T + h @ W_hh.T + b_h)
        return h

    assert check.truncated_state(answer)


def test_clip_and_pytorchs_own_agree():
    def answer(gradients, limit):
        weights = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients]
        for weight, g in zip(weights, gradients, strict=True):
            weight.grad = g
        torch.nn.utils.clip_grad_norm_(weights, limit)
        return [weight.grad for weight in weights]

    assert check.clip(answer)
