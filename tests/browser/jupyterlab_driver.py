"""A real JupyterLab, or Notebook 7, driven by a real Chromium: what the browser tests and the benchmarks share.

Act through mouse and keyboard, as a reader does; look through the DOM and the notebook's own model.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCREENSHOTS = Path(__file__).parents[2] / "test-results"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The page is measured and tested as if it were the front window, though no screen shows it.
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]
TOKEN = "rnnlab-browser-tests"


def chromium(playwright: Playwright) -> Browser:
    """A Chromium from the PATH, or the one Playwright downloaded; raises Playwright's Error if there is neither."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)


@contextmanager
def jupyter_server(home: Path, ipykernel: Path | None = None) -> Iterator[str]:
    """A JupyterLab server over a copy of the notebooks in `home`; gives its address, then ends it and its kernels.

    ipykernel: a folder with another ipykernel than the environment's, for its kernels to run on.
    """
    root = home / "notebooks"
    shutil.copytree(NOTEBOOKS, root, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    # Nothing outside this machine is asked, and no question covers the page.
    (settings / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False})
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    if ipykernel is not None:
        spec = home / "share" / "kernels" / "python3"  # comes before the environment's own
        spec.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernel = {
            "argv": command,
            "display_name": "Python 3",
            "language": "python",
            "env": {"PYTHONPATH": str(ipykernel)},
        }
        (spec / "kernel.json").write_text(json.dumps(kernel))
        places["JUPYTER_PATH"] = home / "share"
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
                *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
                *(f"--IdentityProvider.token={TOKEN}", "--JupyterNotebookApp.expose_app_in_browser=True"),
            ],
            env={**os.environ, **{name: str(path) for name, path in places.items()}},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_up(server, f"{address}/api/status?token={TOKEN}", home / "server.log")
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait_until_up(server: subprocess.Popen, url: str, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not come up in {seconds} s:\n{log.read_text()}")


class Notebook:
    """One open notebook, in JupyterLab or, at `front_end` "notebooks", in Notebook 7."""

    def __init__(self, page: Page, address: str, name: str, front_end: str = "lab/tree"):
        self.page = page
        page.goto(f"{address}/{front_end}/{name}?token={TOKEN}&reset")
        page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.content?.model?.cells?.length", timeout=60_000
        )
        page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.connectionStatus === 'connected'",
            timeout=60_000,
        )

    def run_all(self, seconds: float = 120) -> None:
        """Run > Run All Cells, and wait until the last code cell has run; raise with the first error's text."""
        self.page.evaluate(  # the saved counts, or those of an earlier run, say nothing about this one
            """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === 'code')
                 .forEach(c => { c.executionCount = null; })"""
        )
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_text("Run All Cells", exact=True).click()
        self.page.wait_for_function(
            """() => {
              const cells = [...jupyterapp.shell.currentWidget.content.model.cells]
                .filter(c => c.type === 'code' && c.sharedModel.source);
              const outputs = c => [...Array(c.outputs.length).keys()].map(i => c.outputs.get(i));
              const failed = cells.some(c => outputs(c).some(output => output.type === 'error'));
              return failed || cells.every(c => c.executionCount !== null && c.executionState === 'idle');
            }""",
            timeout=seconds * 1000,
        )
        errors = self.page.evaluate(
            """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === 'code').flatMap(
                 c => c.outputs.toJSON().filter(o => o.output_type === 'error').map(o => o.ename + ': ' + o.evalue))"""
        )
        assert not errors, errors[0]

    def execute(self, code: str) -> str:
        """Run `code` in the kernel, but not in the notebook, and return what it printed; raise on an error."""
        printed, error = self.page.evaluate(
            """async code => {
              const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const future = kernel.requestExecute({code, store_history: false});
              let printed = '', error = null;
              future.onIOPub = message => {
                if (message.header.msg_type === 'stream') printed += message.content.text;
                if (message.header.msg_type === 'error') error = message.content.traceback.join('\\n');
              };
              await future.done;
              return [printed, error];
            }""",
            code,
        )
        if error:
            raise RuntimeError(error)
        return printed.strip()

    def begin(self, code: str) -> None:
        """Let the kernel start `code` without waiting; `idle` says when it has ended, successfully or not."""
        self.page.evaluate(
            """code => {
              const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              window.begun = true;
              const end = () => { window.begun = false; };
              kernel.requestExecute({code, store_history: false}).done.then(end, end);
            }""",
            code,
        )

    def idle(self) -> bool:
        """Whether what `begin` began has ended."""
        return not self.page.evaluate("window.begun")

    def interrupt(self) -> None:
        """Kernel > Interrupt Kernel."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.get_by_text("Interrupt Kernel", exact=True).click()

    def restart(self) -> None:
        """Kernel > Restart Kernel…, confirmed."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.get_by_text("Restart Kernel…", exact=True).click()
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.wait_for_timeout(500)
        self.page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'", timeout=60_000
        )

    def lab(self, index: int = 0) -> "LabPanel":
        """The `index`-th live lab of the chapter, scrolled into view."""
        panel = self.page.locator(".rnnlab-lab").nth(index)
        panel.wait_for(state="attached", timeout=60_000)
        # JupyterLab 4.4 removes cells that are out of sight from the page, so the browser alone cannot scroll to one.
        panel.evaluate(
            """panel => {
              const notebook = jupyterapp.shell.currentWidget.content;
              return notebook.scrollToCell(notebook.widgets.find(cell => cell.node.contains(panel)));
            }"""
        )
        panel.scroll_into_view_if_needed()
        return LabPanel(panel)


class LabPanel:
    """One live lab on the page: its controls by their descriptions, its status line and its picture."""

    def __init__(self, root: Locator):
        self.root = root
        self.page = root.page
        self.status = root.get_by_role("status")
        self.image = root.locator("img")

    def _control(self, description: str) -> Locator:
        label = self.page.get_by_text(description, exact=True)
        return self.root.locator(".widget-inline-hbox", has=label)

    def sliders(self) -> list[str]:
        """The descriptions of its sliders, in reading order."""
        return (
            self.root.locator(".widget-inline-hbox", has=self.page.locator(".noUi-handle"))
            .locator("label")
            .all_inner_texts()
        )

    def handle(self, description: str) -> Locator:
        """A slider's handle, which takes focus and arrow keys."""
        return self._control(description).locator(".noUi-handle")

    def value(self, description: str) -> float:
        """The value in a slider's read-out."""
        return float(self._control(description).locator(".widget-readout").inner_text().replace("−", "-"))

    def press(self, description: str, key: str, times: int = 1) -> None:
        """Press a key on a slider."""
        handle = self.handle(description)
        expect(handle).to_be_visible()
        handle.focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def steps_from_start(self, description: str, steps: int) -> None:
        """Move a slider `steps` steps up from its lower end; a page is five of them."""
        self.press(description, "Home")
        self.press(description, "PageUp", steps // 5)
        self.press(description, "ArrowRight", steps % 5)

    def settle(self, slider: str, end: str, steps: int, *wanted: str) -> None:
        """Move a slider last, to its upper end and then `steps` up from its lower end; wait until `wanted` is done.

        If the moves lead back to the words that were there before, a wait for them would be over at once, and the test
        would begin while the lab is still moving. So the line has to say `end` first: what it says at the upper end.
        """
        self.press(slider, "End")
        self.wait_done(end)
        self.steps_from_start(slider, steps)
        self.wait_done(*wanted)

    def dropdown(self, description: str) -> Locator:
        return self._control(description).locator("select")

    def select(self, description: str, option: str) -> None:
        """Choose an option of a dropdown."""
        self.dropdown(description).select_option(option)

    def entry(self, description: str) -> Locator:
        """A text field."""
        return self._control(description).locator("input")

    def type(self, description: str, text: str) -> None:
        """Type into a text field and press Enter."""
        self.entry(description).fill(text)
        self.entry(description).press("Enter")

    def upload(self, path: Path) -> None:
        """Press the upload button and choose a file."""
        with self.page.expect_file_chooser() as chooser:
            self.root.get_by_role("button", name="CSV file").click()
        chooser.value.set_files(path)

    def wait_done(self, *wanted: str, seconds: float = 20) -> str:
        """Wait until the status reads `done` with all of the `wanted` words, and return it."""
        return self.wait_status("done:", *wanted, seconds=seconds)

    def wait_status(self, begins: str, *wanted: str, seconds: float = 20) -> str:
        """Wait until the status begins with `begins` and has all of the `wanted` words, and return it."""
        every = "".join(f"(?=.*{re.escape(word)})" for word in wanted)
        expect(self.status).to_have_text(re.compile(f"^{re.escape(begins)}{every}"), timeout=seconds * 1000)
        return self.status.inner_text()

    def screenshot(self, name: str) -> None:
        """Save what a reader sees of the lab as test-results/<name>.png."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.root.scroll_into_view_if_needed()
        self.root.screenshot(path=SCREENSHOTS / f"{name}.png")

    def faults(self) -> list[str]:
        """What a reader cannot see or a screen reader cannot say: cut labels, a shrunken picture, axe's findings."""
        found = [
            f"the label {label.inner_text()} is cut"
            for label in self.root.locator("label").all()
            if label.is_visible() and not label.evaluate("label => label.scrollWidth <= label.clientWidth")
        ]
        if self.image.evaluate("image => image.clientWidth") <= 600:
            found.append("the picture is small")
        axe = Axe().run(self.page, context=".rnnlab-lab").response["violations"]
        return found + [f"{fault['id']}: {node['html']}" for fault in axe for node in fault["nodes"]]

    def picture(self) -> bytes:
        """The bytes of the picture on the page."""
        return bytes(
            self.image.evaluate(
                "async image => Array.from(new Uint8Array(await (await fetch(image.src)).arrayBuffer()))"
            ),
        )


def digest(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def from_scratch(notebook: Notebook, call: str) -> str:
    """The digest of a new lab's final picture; `call` makes the lab, as in "sine_lab(tau=8)"."""
    return notebook.execute(
        f"import hashlib; from rnnlab import labs; print(hashlib.sha256(labs.{call}.picture).hexdigest())"
    )
