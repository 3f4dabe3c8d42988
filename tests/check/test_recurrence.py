import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from rnnlab.check import recurrence as check


@pytest.mark.parametrize("judge", [check.batch_loop, check.reader])
def test_a_check_leaves_the_readers_generator_alone(judge):
    torch.manual_seed(3)
    wanted = torch.rand(3)
    torch.manual_seed(3)
    judge(lambda *arguments: None)
    assert torch.equal(torch.rand(3), wanted)


@pytest.mark.parametrize(
    "call",
    [
        lambda layer, piece, h: layer(input=piece, hx=h),
        lambda layer, piece, h: layer(pack_padded_sequence(piece, [piece.shape[1]] * 4, batch_first=True), h),
    ],
)
def test_a_reader_may_call_the_layer_in_every_way_it_takes(call):
    def answer(layer, pieces):
        h = None
        for piece in pieces:
            _, h = call(layer, piece, h)
        return h[0]

    assert check.reader(answer)
