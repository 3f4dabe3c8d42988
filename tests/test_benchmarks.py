"""The benchmarks still run: they load, and those with networks of their own build and train each of them."""

import runpy
import sys
from pathlib import Path

import pytest

from rnnlab.data.mnist import load_mnist

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def load(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmark"])
    return lambda name: runpy.run_path(str(BENCHMARKS / name))


@pytest.mark.parametrize("name", sorted(path.name for path in BENCHMARKS.glob("*.py")))
def test_it_loads(load, name):
    assert load(name)["main"]


def test_every_cell_of_the_memory_benchmark_trains(load):
    benchmark = load("memory.py")
    for cell in benchmark["CELLS"]:
        _, accuracy = benchmark["steps_of"](cell, "lag_20", 2, seed=0)
        assert 0 <= accuracy <= 1


def test_every_cell_of_the_mnist_benchmark_trains(load):
    benchmark = load("mnist.py")
    ours = benchmark["ours"]
    ours.__globals__["load_mnist"] = lambda whole, device: load_mnist()
    for cell in benchmark["CELLS"]:
        _, accuracy = ours(cell, 1, seed=0, first=256)
        assert 0 <= accuracy <= 1
