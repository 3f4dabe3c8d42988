from dataclasses import dataclass, replace

import pytest

from rnnlab.live.resumable import Resumable


@dataclass(frozen=True)
class Settings:
    size: int = 1
    shown: int = 0


class State:
    steps = 0
    settings = None


def test_a_training_that_broke_is_not_taken_for_one_that_is_done():
    begun = []

    def training(settings):
        begun.append(settings)
        state = State()
        yield state
        raise RuntimeError("torn")

    run = Resumable(training, shown="shown")
    for settings in (Settings(), replace(Settings(), shown=1)):
        with pytest.raises(RuntimeError, match="torn"):
            list(run(settings))
    assert len(begun) == 2


def test_one_that_was_left_goes_on_where_it_stood():
    def training(settings):
        state = State()
        for state.steps in range(5):
            yield state

    run = Resumable(training, shown="shown")
    first = run(Settings())
    for _ in range(3):
        next(first)
    first.close()
    assert [state.steps for state in run(replace(Settings(), shown=1))] == [2, 3, 4]
