"""What labs with an example to look at share: another example, and the same training goes on."""

from collections.abc import Callable, Iterator
from dataclasses import fields


def keep_latest(training: Callable[[object], Iterator], apart_from: str) -> Callable[[object], Iterator]:
    """A run(settings) over `training(settings)` that keeps the latest one.

    Another value of the field `apart_from`, which decides no training, stops and repeats nothing: the state kept is
    shown again with the new settings, and its training goes on where it stood, unless it broke. `training` yields one
    state, which changes and has `settings`.
    """
    latest = {}

    def run(settings):
        decisive = tuple(getattr(settings, field.name) for field in fields(settings) if field.name != apart_from)
        if decisive not in latest:
            latest.clear()
            states = training(settings)
            latest[decisive] = states, next(states)
        states, state = latest[decisive]
        state.settings = settings
        yield state
        try:
            for state in states:
                yield state
        except Exception:  # a training that broke has no more to show: the next one begins anew
            latest.clear()
            raise

    return run
