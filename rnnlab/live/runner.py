"""`Runner`: a thread that works on the latest request only."""

import atexit
import contextvars
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

LOOK_AGAIN_SECONDS = 0.002
LAST_STEP_SECONDS = 5.0


class Runner:
    """One worker thread; the latest request wins.

    `work(request)` yields wherever it can be stopped: a frame to show, or None. `show(frame)` is called
    on the worker, never for a request that a newer one has overtaken. When `work` raises, `fail(error)` is
    called the same way, and `wait` raises the error again. The thread lives while there is work and ends
    after it, so that nothing is left behind when a lab is closed or forgotten.
    """

    def __init__(self, work: Callable[[Any], Iterator], show: Callable, fail: Callable[[BaseException], None]):
        self._work, self._show, self._fail = work, show, fail
        # A bare lock, and waits that poll. An interrupted kernel raises KeyboardInterrupt in the main thread wherever
        # that is: a Condition may stay locked for good, and Python 3.11 takes an interrupted join() for a finished one.
        self._lock = threading.RLock()
        self._generation = 0
        self._request = None
        self._context = contextvars.copy_context()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._closed = False
        _runners.add(self)

    def submit(self, request: Any) -> None:
        """Work on `request` as soon as the work under way has taken its next step. Returns at once."""
        with self._lock:
            if self._closed:
                return
            self._generation += 1
            self._request, self._error = request, None
            # What a worker shows belongs to whoever asked: without this, ipykernel 7.0 finds no cell for it.
            self._context = contextvars.copy_context()
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="rnnlab-runner", daemon=True)
                thread.start()
                self._thread = thread

    def wait(self, timeout: float | None = None) -> None:
        """Return when nothing is left to do. Raises what the last request raised, or TimeoutError after `timeout` s."""
        until = math.inf if timeout is None else time.monotonic() + timeout
        while self._thread is not None:
            if time.monotonic() >= until:
                raise TimeoutError(f"still working after {timeout} s; allow more time or wait without a limit")
            time.sleep(LOOK_AGAIN_SECONDS)
        if (error := self._error) is not None:
            raise error

    def close(self, timeout: float = math.inf) -> None:
        """End the work under way at its next step, take no more, and let go of what it works with.

        Returns when that is done, or after `timeout` seconds.
        """
        with self._lock:
            self._closed = True
            self._generation += 1
            self._work = lambda request: iter(())
        if self._thread is threading.current_thread():
            return  # closed from `show`, and a worker cannot wait for itself
        until = time.monotonic() + timeout
        while self._thread is not None and time.monotonic() < until:
            time.sleep(LOOK_AGAIN_SECONDS)

    def _do(self, generation: int, request: Any) -> None:
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
        except Exception as fault:  # it cannot be shown: `wait` raises it
            self._error = fault

    def _run(self) -> None:
        with self._lock:
            if self._thread not in (None, threading.current_thread()):
                return  # `submit` was interrupted after it had started a thread: that one works
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
    """An interpreter that exits while a thread is inside torch aborts, so every worker may finish its step."""
    for runner in list(_runners):
        runner.close(LAST_STEP_SECONDS)
