"""`Lab`: controls above one picture, a progress bar and a line that says in words what came out."""

import base64
import gc
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from html import escape
from importlib.resources import files
from typing import Any, ClassVar

import ipywidgets as widgets
from IPython import get_ipython
from IPython.display import display

from rnnlab import device as devices
from rnnlab.draw import fold
from rnnlab.live.canvas import Canvas
from rnnlab.live.controls import control, meant
from rnnlab.live.frames import Frame, Frames, Report, State
from rnnlab.live.runner import Runner
from rnnlab.live.settings import Settings

SHARPEST = 2.0  # screen pixels per page pixel, in each direction: more take time, and nobody sees them
LARGEST_FILE = 10_000_000  # bytes; a Jupyter server accepts hardly larger messages from a page
LONGEST_LINE = 600  # characters of the status
CLOSED = "this lab is closed: run its cell again for a new one"
# Even an empty style element fires `load` when it is inserted: that runs page.js, with the picture's words.
SCRIPT = escape(files("rnnlab.live").joinpath("page.js").read_text(encoding="utf-8"))
HIDDEN = {"display": "none"}


class Lab(widgets.VBox):
    """A live lab: each move of a control does the work again and draws it as it goes.

    Settings seen before are shown at once. A button puts every control back where it began. Running a cell again closes
    the labs that it made before. If the machine lacks the device that `start` names, the lab says so and uses the CPU.

    start: the settings it begins with; `controls` has a control for each of their knobs, by name.
    run(settings): does the work, one State per step.
    draw(picture, state): moves the canvas' picture and reports.
    offered: for a knob, the options shown on the page, if not all of them.
    more: controls that belong to no knob; complete(settings) adds to the settings what they say.
    adapt(controls, moved): disables controls that have no effect, or moves one along with another. `moved` is the
        control that was moved; it is None at first and after a reset.
    """

    _collect_again: ClassVar[float] = 0.0  # the earliest time for the next collection
    # By cell: the request that ran it last, and the labs it made.
    _made: ClassVar[dict[str, tuple[str, list[weakref.ref]]]] = {}

    def __init__(
        self,
        start: Any,
        run: Callable[[Any], Iterator[State]],
        draw: Callable[[Any, Any], Report],
        canvas: Canvas,
        *,
        offered: Mapping[str, Collection] | None = None,
        more: Mapping[str, widgets.Widget] | None = None,
        complete: Callable[[Any], Settings] = lambda settings: settings,
        adapt: Callable[[dict[str, widgets.Widget], widgets.Widget | None], None] = lambda controls, moved: None,
    ):
        made = self._close_those_before()
        note = ""
        if getattr(start, "device", "cpu") not in devices.names():
            note = f"no {start.device} on this machine, using the CPU · "
            start = replace(start, device="cpu")
        offered = {"device": devices.names()} | dict(offered or {})
        knobs = start.knobs().items()
        self.controls = {name: control(knob, getattr(start, name), offered.get(name)) for name, knob in knobs}
        self.controls |= more or {}
        self._start, self._complete, self._adapt = start, complete, adapt
        self._line, self._closed = "", False
        self._frame: Frame | None = None
        self._frames = Frames(run, draw, canvas, note)
        self._runner = Runner(self._frames, self._show, self._fail)
        self._moving, self._busy = threading.RLock(), False
        self._began = [(control, control.value) for control in self.controls.values()]
        self._lay_out()
        self._move()
        for each in self.controls.values():
            each.observe(self._moved, names="value")
        made.append(weakref.ref(self))

    def _lay_out(self) -> None:
        self.image = widgets.Image(format="png", layout={"width": "100%", "max_width": "960px"})
        self.progress = widgets.FloatProgress(max=1.0, layout={"width": "auto"})
        self.reset = widgets.Button(
            description="reset", tooltip="puts every control back where it began", layout={"width": "auto"}
        )
        self.reset.on_click(self._reset)
        self.status = widgets.HTML(layout={"flex": "1 1 auto"})
        self._script = widgets.HTML(layout=HIDDEN)
        self._page_ratio = widgets.Text(layout=HIDDEN)  # screen pixels per page pixel
        self._page_ratio.add_class("rnnlab-ratio")
        self._page_ratio.observe(self._set_ratio, names="value")
        columns = "repeat(auto-fill, minmax(300px, 1fr))"
        grid = widgets.GridBox(
            list(self.controls.values()), layout={"grid_template_columns": columns, "max_width": "960px"}
        )
        left = widgets.VBox([self.progress, self.reset], layout={"flex": "0 0 84px", "margin": "0 6px 0 0"})
        line = widgets.HBox(
            [left, self.status], layout={"max_width": "960px", "min_height": "60px", "align_items": "center"}
        )
        super().__init__([grid, line, self.image, self._script, self._page_ratio])
        self.add_class("rnnlab-lab")
        label_width = f"{max(80, 8 * max(len(control.description) for control in self.controls.values()))}px"
        for each in self.controls.values():
            each.layout.width = "98%"
            if each.has_trait("style") and each.style.has_trait("description_width"):  # an upload's has none
                each.style.description_width = label_width

    @property
    def result(self) -> str:
        """The line below the controls, in plain text."""
        return self._line

    @property
    def picture(self) -> bytes:
        """The picture shown, as PNG bytes."""
        return b"" if self._frame is None else self._frame.png

    def wait(self, timeout: float | None = None) -> "Lab":
        """Return the lab once its work is done; raise what the work raised, or TimeoutError after `timeout` seconds."""
        self._runner.wait(timeout)
        return self

    def close(self) -> None:
        """End the worker; take the widgets off the page and out of memory. Result and picture can still be read."""
        self._runner.close()
        with self._moving:
            if self._closed:
                return
            self._closed = True
            del self._frames, self._complete, self._adapt
        for part in list(_parts(self)):
            part.close()
        super().close()
        self._collect()

    def _collect(self) -> None:
        """Free old figures: they refer to themselves, so Python lets ten pile up. Takes half of the time at most."""
        began = time.perf_counter()
        if began > Lab._collect_again:
            gc.collect()
            Lab._collect_again = 2 * time.perf_counter() - began

    def _close_those_before(self) -> list[weakref.ref]:
        """Close the labs that the running cell made when it ran before. Returns the list for those it makes now.

        ipywidgets keeps every widget for the page that may show it, so a cell that is run often would fill the memory.
        """
        message = getattr(get_ipython(), "get_parent", dict)() or {}  # none outside a kernel
        cell = message.get("metadata", {}).get("cellId") or message.get("content", {}).get("code")
        if not cell:
            return []
        request, labs = self._made.get(cell, ("", []))
        if request != message["header"]["msg_id"]:
            for lab in filter(None, (made() for made in labs)):
                lab.close()
            labs = []
            self._made[cell] = message["header"]["msg_id"], labs
        return labs

    def _moved(self, change: Any) -> None:
        self._move(change.owner)

    def _move(self, moved: widgets.Widget | None = None) -> None:
        with self._moving:  # a kernel may take two moves on two threads: the last one read is submitted last
            if self._busy or self._closed:
                return
            try:
                self._busy = True  # one move, even if a control moves another
                self._adapt(self.controls, moved)
            finally:
                self._busy = False
            self._runner.submit(self._read())

    def _read(self) -> Settings:
        knobs = self._start.knobs().items()
        return self._complete(
            replace(self._start, **{name: meant(knob, self.controls[name].value) for name, knob in knobs})
        )

    def _reset(self, _button: widgets.Button) -> None:
        with self._moving:
            try:
                self._busy = True  # one move in all, not one per control
                for control, value in self._began:
                    control.value = value
            finally:
                self._busy = False
                self._move()

    def _set_ratio(self, change: Any) -> None:
        """The page's script says how many pixels the screen has."""
        with self._moving:
            ratio = min(max(float(change.new), 1.0), SHARPEST)
            if not self._closed and ratio != self._frames.ratio:
                self._frames.ratio = ratio
                self._runner.submit(self._read())

    def _show(self, frame: Frame) -> None:
        self._frame = frame
        self.image.value = frame.png
        alt = escape(frame.report.alt)
        self._script.value = f'<style data-alt="{alt}" data-largest="{LARGEST_FILE}" onload="{SCRIPT}"></style>'
        self.progress.value = frame.done
        self._say(frame.status)

    def _fail(self, error: BaseException) -> None:
        # Our ValueErrors say what to do; anything else is a fault, shown with its type.
        message = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        self.progress.value = 0.0
        self._say(f"stopped: {message}")

    def _say(self, text: str) -> None:
        self._line = text = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
        # A live region: a screen reader reads out each new line.
        self.status.value = f'<div role="status" aria-live="polite">{escape(text)}</div>'

    def _ipython_display_(self) -> None:
        """Show the widget and, for pages that cannot run it, the current picture, its words and its result."""
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
    """Everything that a widget is made of: its children, layouts and styles, and theirs."""
    for name in widget.keys:
        value = getattr(widget, name)
        for part in value if isinstance(value, tuple | list) else (value,):
            if isinstance(part, widgets.Widget):
                yield part
                yield from _parts(part)
