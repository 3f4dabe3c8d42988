import pytest
import torch

from rnnlab import device


def test_the_cpu_is_always_there_and_first():
    assert device.names()[0] == "cpu"
    assert device.get("cpu") == torch.device("cpu")


def test_names_are_what_torch_finds():
    assert ("cuda" in device.names()) == torch.cuda.is_available()
    assert ("mps" in device.names()) == torch.backends.mps.is_available()


def test_an_unknown_device_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'tpu9'; allowed: cpu, cuda, mps"):
        device.get("tpu9")


def test_an_absent_device_is_named_with_the_present_ones(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ValueError, match=r"'cuda', which this machine lacks; it has cpu"):
        device.get("cuda")


def test_threads_are_set_inside_and_put_back_even_after_an_error():
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError), device.threads(1):
        assert torch.get_num_threads() == 1
        raise RuntimeError
    assert torch.get_num_threads() == before


def test_no_threads_at_all_is_refused():
    with pytest.raises(ValueError, match="count is 0"), device.threads(0):
        pass
