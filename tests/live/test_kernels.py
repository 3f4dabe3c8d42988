"""The start page's lab on each ipykernel that a reader may have, without a browser: a test sends what a page would."""

import json
import os
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager
from missing import missing

from rnnlab.labs.sine.run import CSV

KERNELS = Path(sys.prefix) / "kernels"
INSTALLED = "the one installed"
ROOT = Path(__file__).parents[2]
SECONDS = 60

MAKE = """
import ipykernel, json
from rnnlab.labs import sine_lab
lab = sine_lab()
controls = {
    name: {"comm": control.model_id, "options": getattr(control, "_options_labels", None)}
    for name, control in lab.controls.items()
}
print(json.dumps({"ipykernel": ipykernel.__version__, "status": lab.status.model_id, "controls": controls}))
"""


class Kernel:
    """A kernel and the page that talks to it."""

    def __init__(self, client):
        self._client = client
        # As JupyterLab does: what its widgets send goes to a subshell, if the kernel has them.
        client.kernel_info()
        about = client.get_shell_msg(timeout=SECONDS)["content"]
        self.subshell = None
        if "kernel subshells" in about.get("supported_features", []):
            client.control_channel.send(client.session.msg("create_subshell_request"))
            self.subshell = client.get_control_msg(timeout=SECONDS)["content"]["subshell_id"]

    def execute(self, code: str) -> str:
        """Return what the code printed, or raise what it raised."""
        printed = []

        def hook(message):
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        reply = self._client.execute_interactive(code, timeout=SECONDS, output_hook=hook)
        assert reply["content"]["status"] == "ok", "\n".join(reply["content"]["traceback"])
        return "".join(printed)

    def move(self, comm: str, **state) -> None:
        """What a page sends when a control has been moved."""
        update = {"method": "update", "state": state, "buffer_paths": []}
        message = self._client.session.msg("comm_msg", {"comm_id": comm, "data": update})
        if self.subshell is not None:
            message["header"]["subshell_id"] = self.subshell
        self._client.shell_channel.send(message)

    def wait(self, comm: str, *words: str) -> str:
        """The first value sent to the widget that has all of the words."""
        until, values = time.monotonic() + 15, []
        while time.monotonic() < until:
            if not self._client.iopub_channel.msg_ready():
                time.sleep(0.01)
                continue
            message = self._client.get_iopub_msg(timeout=1)
            content = message["content"]
            if message["msg_type"] == "comm_msg" and content["comm_id"] == comm:
                values.append(content["data"]["state"].get("value", ""))
                if all(word in values[-1] for word in words):
                    return values[-1]
        raise AssertionError(f"no value with {words} came, but {values}")


@pytest.fixture(scope="module", params=["6.17.1", "6.31.0", "7.0.1", "7.1.0", INSTALLED])
def kernel(request):
    """A kernel on that ipykernel, and the version."""
    path = [str(ROOT)]
    if request.param != INSTALLED:
        if not (KERNELS / request.param).is_dir():
            missing(f"no ipykernel {request.param} beside the one installed: `make test` brings it")
        path.insert(0, str(KERNELS / request.param))
    manager = KernelManager()
    manager.start_kernel(env=os.environ | {"PYTHONPATH": os.pathsep.join(path)})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(SECONDS)
        yield Kernel(client), request.param
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.slow
def test_the_lab_is_made_answers_a_slider_and_says_what_is_wrong(kernel):
    kernel, version = kernel
    lab = json.loads(kernel.execute(MAKE))
    if version != INSTALLED:
        assert lab["ipykernel"] == version
    assert (kernel.subshell is not None) == (int(lab["ipykernel"].split(".")[0]) >= 7)
    controls = lab["controls"]
    kernel.move(controls["tau"]["comm"], value=8)
    kernel.wait(lab["status"], 'role="status"', "done:", "tau 8")
    kernel.move(controls["source"]["comm"], index=controls["source"]["options"].index(CSV))
    kernel.wait(lab["status"], "stopped:")
    kernel.move(controls["source"]["comm"], index=0)
    kernel.move(controls["noise"]["comm"], value=0.0)
    kernel.wait(lab["status"], "done:", "noise 0.00", "tau 8")
