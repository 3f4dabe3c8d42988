"""What the labs' pictures share: a figure whose artists are built once and then moved."""

from collections.abc import Hashable

from matplotlib.artist import Artist
from matplotlib.figure import Figure

DPI = 100  # a lab's picture is 960 pixels wide


class Picture:
    """A lab's picture. A subclass builds its artists in `__init__`, under `@own_look()`, and moves them in `update`.

    What moves is made with `animated=True`; everything else is background. `look` is whatever the background depends
    on: the background is drawn once per look.
    """

    look: Hashable = None

    def __init__(self, height: float):
        self.figure = Figure(figsize=(9.6, height), dpi=DPI, facecolor="white")

    @property
    def moving(self) -> list[Artist]:
        """The artists that `update` changes."""
        return [artist for ax in self.figure.axes for artist in ax.get_children() if artist.get_animated()]
