"""A training with an example to look at: when another example is chosen, the same training goes on."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any


class Resumable:
    """A lab's run over `training(settings)` that keeps the latest training and its state.

    `shown` names the field of the settings that only says which example is shown. A change of that field alone neither
    stops nor restarts the training: its state is shown again with the new settings, and it goes on where it was.
    `training` yields one state, which changes and has `settings`. Use it from one thread only, such as a lab's worker.
    """

    def __init__(self, training: Callable[[Any], Iterator[Any]], *, shown: str):
        self._training, self._shown = training, shown
        self._settings: Any = None  # those of the training kept

    def __call__(self, settings: Any) -> Iterator[Any]:
        example = {self._shown: getattr(settings, self._shown)}
        if self._settings is None or settings != replace(self._settings, **example):
            self._settings = None
            self._states = self._training(settings)
            self._state = next(self._states)
        self._settings = self._state.settings = settings
        yield self._state
        try:
            # Not `yield from`: that would close the training when a newer request closes this generator.
            for state in self._states:  # noqa: UP028
                yield state
        except Exception:
            self._settings = None  # a broken training has no more to show: begin anew
            raise
