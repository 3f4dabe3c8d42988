import pytest
import torch

from rnnlab.check import recurrence as check


@pytest.mark.parametrize("judge", [check.batch_loop, check.reader])
def test_a_check_leaves_the_readers_generator_alone(judge):
    torch.manual_seed(3)
    wanted = torch.rand(3)
    torch.manual_seed(3)
    judge(lambda *arguments: None)
    assert torch.equal(torch.rand(3), wanted)
