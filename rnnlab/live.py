"""What keeps a lab alive: `Canvas` turns a Figure into one picture, `Runner` works on the latest request only."""

import atexit
import contextvars
import io
import math
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image  # comes with Matplotlib, which cannot do without it

from rnnlab.draw.look import own_look
from rnnlab.stamps import Stamps

LOOK_AGAIN_SECONDS = 0.002
LAST_STEP_SECONDS = 5.0
KEPT_BACKGROUNDS = 8  # of a canvas, two megabytes each


class Canvas:
    """A Figure as PNG bytes, fast: the background is drawn once, each frame adds the `moving` artists.

    Axes, ticks and labels cost most of a Matplotlib draw and rarely change; of what moves, words do, so they are
    stamped. `moving` artists must be `animated=True`; call `refresh` after anything else changed.
    """

    def __init__(self, figure: Figure, moving: Iterable[Artist]):
        self._canvas = FigureCanvasAgg(figure)
        self._moving = list(moving)
        self._stamps = Stamps()
        self._look, self._background, self._backgrounds = None, None, {}

    def refresh(self, look: Hashable = None) -> None:
        """Draw the background again with the next frame; one of the same `look` is kept and taken as it was."""
        self._look, self._background = look, self._backgrounds.get(look)

    def png(self) -> bytes:
        """The picture as it stands."""
        with own_look():
            if self._background is None:
                self._canvas.draw()
                self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)
                if self._look is not None:
                    if len(self._backgrounds) >= KEPT_BACKGROUNDS:
                        self._backgrounds.pop(next(iter(self._backgrounds)))
                    self._backgrounds[self._look] = self._background
            self._canvas.restore_region(self._background)
            for artist in self._moving:
                if isinstance(artist, Text):
                    self._stamps.draw(artist, self._canvas.get_renderer())
                else:
                    artist.axes.draw_artist(artist)
            # No transparency, and level 1: the quickest that keeps every colour. A palette turns pale ones white or grey.
            size, pixels = self._canvas.get_width_height(), self._canvas.buffer_rgba()
            picture = Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1).convert("RGB")
            buffer = io.BytesIO()
            picture.save(buffer, "png", compress_level=1)
        return buffer.getvalue()


class Runner:
    """One worker thread; the latest request wins.

    `work(request)` yields as often as it can be stopped: a frame to show, or None. `show(frame)` is called
    on the worker, never for a request that a newer one has overtaken. When `work` raises, `fail(error)` is
    called the same way, and `wait` raises the error again. The thread lives while there is work and ends
    after it, so that nothing is left behind when a lab is closed or forgotten.
    """

    def __init__(self, work: Callable[[object], Iterator], show: Callable, fail: Callable[[BaseException], None]):
        self._work, self._show, self._fail = work, show, fail
        # A bare lock, and waits that look again and again. An interrupted kernel raises KeyboardInterrupt in the main
        # thread wherever that is: a Condition may stay locked for good, and Python 3.11 takes a joined thread for ended.
        self._lock = threading.RLock()
        self._generation = 0
        self._request = None
        self._context = contextvars.copy_context()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._closed = False
        _runners.add(self)

    def submit(self, request) -> None:
        """Work on `request` as soon as the work under way has taken its next step. Returns at once."""
        with self._lock:
            if self._closed:
                return
            self._generation += 1
            self._request, self._error = request, None
            # What a worker shows belongs to whoever asked: some kernels (ipykernel 7.0) find no cell to send it to else.
            self._context = contextvars.copy_context()
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="rnnlab-runner", daemon=True)
                thread.start()
                self._thread = thread

    def wait(self, timeout: float | None = None) -> None:
        """Return when nothing is left to do; raise what the last request raised, or TimeoutError after `timeout` seconds."""
        until = math.inf if timeout is None else time.monotonic() + timeout
        while self._thread is not None:
            if time.monotonic() >= until:
                raise TimeoutError(f"still working after {timeout} s; allow more time or wait without a limit")
            time.sleep(LOOK_AGAIN_SECONDS)
        if (error := self._error) is not None:
            raise error

    def close(self, timeout: float = math.inf) -> None:
        """End the work under way at its next step and take no more. Returns by then, at the latest after `timeout` seconds."""
        with self._lock:
            self._closed = True
            self._generation += 1
        if self._thread is threading.current_thread():
            return  # closed from `show`, and a worker cannot wait for itself
        until = time.monotonic() + timeout
        while self._thread is not None and time.monotonic() < until:
            time.sleep(LOOK_AGAIN_SECONDS)

    def _do(self, generation: int, request) -> None:
        try:
            for frame in self._work(request):
                with self._lock:
                    if generation != self._generation:
                        break
                    if frame is not None:
                        self._show(frame)
        except BaseException as error:  # whatever the work raises belongs in the panel, not in a dead thread
            with self._lock:
                if generation == self._generation:
                    self._failed(error)

    def _failed(self, error: BaseException) -> None:
        self._error = error
        try:
            self._fail(error)
        except Exception as fault:  # nothing is left to show it on: `wait` raises it
            self._error = fault

    def _run(self) -> None:
        with self._lock:
            if self._thread not in (None, threading.current_thread()):
                return  # `submit` was interrupted after it had started one: that one works
            self._thread = threading.current_thread()
        while True:
            with self._lock:
                generation, request, context = self._generation, self._request, self._context
            context.run(self._do, generation, request)
            with self._lock:
                if self._closed or generation == self._generation:
                    self._thread = None
                    return


_runners: weakref.WeakSet[Runner] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """An interpreter that ends under a thread inside torch aborts, so every worker may take its last step."""
    for runner in list(_runners):
        runner.close(LAST_STEP_SECONDS)
