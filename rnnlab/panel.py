"""`Lab`: controls above one picture, a progress bar and a line that says in words what came out."""

import base64
import gc
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator
from html import escape
from typing import ClassVar, NamedTuple, Protocol

import ipywidgets as widgets
from IPython import get_ipython
from IPython.display import display

from rnnlab.device import threads
from rnnlab.draw import fold
from rnnlab.live import Canvas, Runner

FRAME_SECONDS = 0.1
FIRST_PICTURE_SECONDS = 0.02  # the first picture reaches the page before training takes its core
KEPT_PICTURES = 64
LARGEST_FILE = 10_000_000  # bytes; a Jupyter server takes messages of little more from a page
LONGEST_LINE = 600  # characters of the status
CLOSED = "this lab is closed: run its cell again for a new one"
# ipywidgets names neither a slider's handle nor a picture, so a screen reader would say 'slider' and 'image' and no more.
# A style element, though empty, is told when it arrives: then handles get their labels, and the picture its words.
# Keys pressed on a control are the control's: JupyterLab would take the arrows for a walk through the cells.
# A file too large for the page's line to its kernel would cut that line, and nobody would say why: it is held back here.
NAMES = """<style data-alt="{alt}" onload="
  const lab = this.closest('.rnnlab-lab'), alt = this.dataset.alt;
  (function name() {{
    const image = lab.querySelector('img'), handles = lab.querySelectorAll('.noUi-handle');
    if (!image || !handles.length) return setTimeout(name, 100);
    image.alt = alt;
    for (const handle of handles) handle.ariaLabel = handle.closest('.widget-inline-hbox').querySelector('label').textContent;
    const refused = lab.querySelector('.rnnlab-refused input');
    function holdBack(event) {{
      const file = [...this.files].find(file => file.size > {largest});
      if (!file) return;
      event.stopImmediatePropagation();
      refused.value = file.name + ' ' + file.size;
      for (const told of ['input', 'change']) refused.dispatchEvent(new Event(told, {{bubbles: true}}));
    }}
    if (refused && !refused.dataset.watched) {{
      refused.dataset.watched = 'true';
      lab.addEventListener('click', event => {{  // an upload's input is in no page: it is met when the button clicks it
        const click = HTMLInputElement.prototype.click, putBack = () => HTMLInputElement.prototype.click = click;
        if (!event.target.closest('.widget-upload')) return;
        HTMLInputElement.prototype.click = function () {{
          putBack();
          this.addEventListener('change', holdBack, true);
          this.click();
        }};
        setTimeout(putBack);
      }}, true);
    }}
    for (const control of [...handles, ...lab.querySelectorAll('select, button')]) control.dataset.lmSuppressShortcuts = 'true';
  }})()"></style>"""


class State(Protocol):
    """What a lab's work yields: `done`, 0 before the first step and exactly 1 with the last."""

    done: float


class Report(NamedTuple):
    """A state in words."""

    result: str  # one line, with figures as fine as the reader wants them
    summary: str  # the same, so coarsely rounded that another machine prints it too
    alt: str  # what there is to see in the picture


class Frame(NamedTuple):
    """A picture and the words to it, ready to be shown."""

    png: bytes
    done: float
    status: str
    report: Report


class Lab(widgets.VBox):
    """A live lab: each move of a control does the work again and draws it while it goes.

    controls: the widgets, in reading order. read() gives the settings they stand for, hashable and complete: the
    same settings end in the same picture. run(settings) does the work, a State a step. draw(state) moves the
    canvas' artists and reports. A setting seen before is shown at once. A button puts every control back where it began.
    `wait()` returns when the work is done and raises what it raised; `close()` ends the worker and lets go of all it held.
    Where a page shows a cell's labs, running the cell again closes those it made before.
    """

    _collect_again: ClassVar[float] = 0.0  # not before this time
    # By cell: the request that ran it last, and the labs it made.
    _made: ClassVar[dict[str, tuple[str, list[weakref.ref]]]] = {}

    def __init__(
        self,
        controls: list[widgets.Widget],
        read: Callable[[], Hashable],
        run: Callable[[Hashable], Iterator[State]],
        draw: Callable[[State], Report],
        canvas: Canvas,
        note: str = "",
    ):
        self._close_those_before()
        self._read, self._run, self._draw, self._canvas, self._note = read, run, draw, canvas, note
        self._line, self._closed = "", False
        self._pictures: dict[Hashable, Frame] = {}
        self._frame: Frame | None = None
        self._runner = Runner(self._work, self._show, self._fail)
        self._moving, self._resetting = threading.RLock(), False
        self._began = [(control, control.value) for control in controls]
        self.image = widgets.Image(format="png", layout=widgets.Layout(width="100%", max_width="960px"))
        self.progress = widgets.FloatProgress(max=1.0, layout=widgets.Layout(width="auto"))
        self.reset = widgets.Button(
            description="reset", tooltip="every control back where it began", layout=widgets.Layout(width="auto")
        )
        self.reset.on_click(self._reset)
        self.status = widgets.HTML(layout=widgets.Layout(flex="1 1 auto"))
        self._names = widgets.HTML(layout=widgets.Layout(display="none"))
        grid = widgets.GridBox(
            controls,
            layout=widgets.Layout(grid_template_columns="repeat(auto-fill, minmax(300px, 1fr))", max_width="960px"),
        )
        line = widgets.HBox(
            [
                widgets.VBox([self.progress, self.reset], layout=widgets.Layout(flex="0 0 84px", margin="0 6px 0 0")),
                self.status,
            ],
            layout=widgets.Layout(max_width="960px", min_height="60px", align_items="center"),
        )
        super().__init__([grid, line, self.image, self._names])
        self.add_class("rnnlab-lab")
        label_width = f"{max(80, 8 * max(len(control.description) for control in controls))}px"
        for control in controls:
            control.layout.width = "98%"
            if control.has_trait("style") and control.style.has_trait("description_width"):  # an upload's has none
                control.style.description_width = label_width
            control.observe(self._moved, names="value")
        self._moved()

    @property
    def result(self) -> str:
        """The line below the controls, in plain text."""
        return self._line

    @property
    def picture(self) -> bytes:
        """The picture shown, as PNG bytes."""
        return b"" if self._frame is None else self._frame.png

    def wait(self, timeout: float | None = None) -> "Lab":
        """Return the lab once its work is done; raise what the work raised, TimeoutError after `timeout` seconds."""
        self._runner.wait(timeout)
        return self

    def close(self) -> None:
        """End the worker, take the widgets off the page and out of memory. The last result and picture stay to be read."""
        self._runner.close()
        with self._moving:
            if self._closed:
                return
            self._closed = True
            self._pictures.clear()
            del self._canvas, self._read, self._run, self._draw
        for part in list(_parts(self)):
            part.close()
        super().close()
        self._collect()

    def _collect(self) -> None:
        """A figure refers to itself, and Python would let ten of them pile up. Half of the time at most goes into that."""
        began = time.perf_counter()
        if began > Lab._collect_again:
            gc.collect()
            Lab._collect_again = 2 * time.perf_counter() - began

    def _close_those_before(self) -> None:
        """ipywidgets keeps every widget for the page that may show it, so a cell run often would fill the memory."""
        message = getattr(get_ipython(), "get_parent", dict)() or {}  # none outside a kernel
        cell = message.get("metadata", {}).get("cellId") or message.get("content", {}).get("code")
        if not cell:
            return
        request, before = self._made.get(cell, ("", []))
        if request != message["header"]["msg_id"]:
            for lab in filter(None, (made() for made in before)):
                lab.close()
            before = []
        self._made[cell] = message["header"]["msg_id"], [*before, weakref.ref(self)]

    def _moved(self, _change=None) -> None:
        with self._moving:  # a kernel may take two moves on two threads: what is read last is asked for last
            if not self._resetting and not self._closed:
                self._runner.submit(self._read())

    def _reset(self, _button) -> None:
        with self._moving:
            self._resetting = True  # one move, not one a control
            try:
                for control, value in self._began:
                    control.value = value
            finally:
                self._resetting = False
                self._moved()

    def _work(self, settings: Hashable) -> Iterator[Frame | None]:
        if settings in self._pictures:
            yield self._pictures[settings]
            return
        began = time.perf_counter()
        due = 0.0
        with threads(1):
            for state in self._run(settings):
                now = time.perf_counter()
                if now < due and state.done < 1:
                    yield None
                    continue
                report = self._draw(state)
                picture = self._canvas.png()
                # Drawing may take a ninth of the time at most, however dear a frame is: the reader waits for the last one.
                due = now + max(FRAME_SECONDS, 9 * (time.perf_counter() - now))
                if state.done < 1:
                    status = f"training… {self._note}{report.result}"
                else:
                    status = f"done: {self._note}{report.result} · {time.perf_counter() - began:.2f} s"
                frame = Frame(picture, state.done, status, report)
                if state.done == 1:
                    while len(self._pictures) >= KEPT_PICTURES:
                        self._pictures.pop(next(iter(self._pictures)))
                    self._pictures[settings] = frame
                yield frame
                if state.done == 0:
                    time.sleep(FIRST_PICTURE_SECONDS)

    def _show(self, frame: Frame) -> None:
        self._frame = frame
        self.image.value = frame.png
        self._names.value = NAMES.format(alt=escape(frame.report.alt), largest=LARGEST_FILE)
        self.progress.value = frame.done
        self._say(frame.status)

    def _fail(self, error: BaseException) -> None:
        # A ValueError of ours says what to do; anything else is a fault and names its kind.
        message = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        self.progress.value = 0.0
        self._say(f"stopped: {message}")

    def _say(self, text: str) -> None:
        self._line = text = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
        # A live region: a screen reader reads out each new line.
        self.status.value = f'<div role="status" aria-live="polite">{escape(text)}</div>'

    def _ipython_display_(self) -> None:
        """The widget; and for pages that cannot run it the picture as it is now, its words and its result."""
        data = {} if self._closed else self._repr_mimebundle_()
        if self._frame is None:
            display(data or {"text/plain": CLOSED}, raw=True)
            return
        report = self._frame.report
        data["image/png"] = base64.b64encode(self._frame.png).decode()
        data["text/plain"] = f"{report.summary}\n{report.alt}"
        display(data, raw=True, metadata={"image/png": {"alt": report.alt}})
        fold(f"{CLOSED if self._closed else 'Before any move'}: {report.summary}", report.alt)


def _parts(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """All that a widget is made of: children, layouts, styles, and theirs."""
    for name in widget.keys:
        value = getattr(widget, name)
        for part in value if isinstance(value, tuple | list) else (value,):
            if isinstance(part, widgets.Widget):
                yield part
                yield from _parts(part)
