import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from rnnlab.check import recurrence as check


@pytest.mark.parametrize("judge", [check.sleeper, check.reader])
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


@pytest.mark.parametrize(("w", "b"), [(1.25, 0), (1.5, 0.05), (1.5, -0.05), (1.9, 0)])
def test_a_switch_may_be_set_in_many_ways(w, b):
    assert check.switch(lambda: {"w": w, "w_h": 2, "b": b})


@pytest.mark.parametrize("w", [1.2, 1.95])
def test_beyond_the_solutions_range_a_switch_is_refused(w):
    assert not check.switch(lambda: {"w": w, "w_h": 2, "b": 0})


@pytest.fixture
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_a_reader_may_have_set_another_default_dtype(double):
    assert check.reader(lambda layer, pieces: layer(pieces[2], layer(pieces[1], layer(pieces[0])[1])[1])[1][0])
    assert "silent steps" in check.sleeper(_usual).message


def _usual(x, W_xh, W_hh, b_h):
    h, out = torch.zeros(len(x), len(b_h)).to(x), []
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)
        out.append(h)
    return torch.stack(out, dim=1)


def test_a_sleeper_may_choose_its_rows():
    def answer(x, W_xh, W_hh, b_h):
        h, out = x.new_zeros(len(x), len(b_h)), []
        for t in range(x.shape[1]):
            h = h.clone()
            rows = x[:, t].abs().sum(1) > 0
            h[rows] = torch.tanh(x[rows, t] @ W_xh.T + h[rows] @ W_hh.T + b_h)
            out.append(h)
        return torch.stack(out, dim=1)

    assert check.sleeper(answer)
