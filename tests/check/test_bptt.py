import pytest
import torch

from rnnlab.check import bptt as check


def test_clip_and_pytorchs_own_agree():
    def answer(gradients, limit):
        weights = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients]
        for weight, g in zip(weights, gradients, strict=True):
            weight.grad = g
        torch.nn.utils.clip_grad_norm_(weights, limit)
        return [weight.grad for weight in weights]

    assert check.clip(answer)


@pytest.mark.parametrize("late", [-0.01, -0.015])
@pytest.mark.parametrize("sign", [1, -1])
def test_many_inputs_mislead(late, sign):
    early = [0.3, 0.1, 0.3, 0.1, 0.3, 0.2, 0.1] if late == -0.01 else [0.2] * 7
    assert check.misled(lambda: [sign * x for x in [*early, *[late] * 5]])


def test_detours_of_every_kind():
    generator = torch.Generator().manual_seed(0)
    chain = 0.9 * torch.eye(6) + torch.diag(torch.ones(5), -1)
    long = (0.5 * torch.eye(12) + torch.diag(torch.ones(11), 1)).double()
    turn = torch.linalg.qr(torch.randn(12, 12, generator=generator, dtype=torch.float64)).Q
    turned = turn @ long @ turn.T  # not triangular: its eigenvalues come out only roughly
    signs = torch.triu(torch.randint(0, 2, (20, 20), generator=generator) * 2.0 - 1, 1)
    for W in (chain, turned.clamp(-1, 1), signs):
        assert check.detour(lambda W=W: W)
