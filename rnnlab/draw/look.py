"""Our pictures in the book's own look, whatever Matplotlib style a reader has set; theirs is kept."""

import inspect
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes

# One picture at a time: the whole program shares Matplotlib's settings, fonts and paths.
_drawing = threading.RLock()
NOT_LOOKS = ("backend", "interactive", "toolbar", "webagg", "keymap", "animation", "date", "timezone", "docstring")


@contextmanager
def own_look() -> Iterator[None]:
    """Matplotlib's default settings within the `with` block, or the function this decorates; then the reader's again.

    A lab draws on a thread of its own. So what a reader sets meanwhile stays set, and settings that are at their
    defaults are not touched.
    """
    settings, ours = matplotlib.rcParams, matplotlib.rcParamsDefault
    with _drawing:
        before = {
            key: value
            for key, value in dict.items(settings)
            if key in ours and not key.startswith(NOT_LOOKS) and value != dict.__getitem__(ours, key)
        }
        swapped = {key: dict.__getitem__(ours, key) for key in before}
        dict.update(settings, swapped)
        try:
            yield
        finally:
            untouched = {key for key in before if dict.__getitem__(settings, key) is swapped[key]}
            dict.update(settings, {key: before[key] for key in untouched})


class OwnAxes(Axes):
    """Axes that draw in the book's own look, too, when a chapter calls their methods."""


for _name, _method in inspect.getmembers(Axes, inspect.isfunction):
    if not _name.startswith("_") and not hasattr(Artist, _name):
        setattr(OwnAxes, _name, own_look()(_method))
