"""The book runs only its own code: nothing is unpickled; its server answers this machine alone, with the token."""

import ast
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
# Python tells every audit hook when an unpickler looks up what to call: there a pickle could run code.
NO_PICKLE = """
import sys

def refuse(event, arguments):
    if event == "pickle.find_class":
        raise RuntimeError(f"unpickled {arguments}")

sys.addaudithook(refuse)
"""
ALL_DATA = """
from quick import quick

from rnnlab import labs
from rnnlab.data.recordings import RECORDINGS, recording

for name in labs.__all__:
    getattr(labs, name)(**quick(name)).close()
for task in ("tags", "translation"):
    labs.tasks_lab(task=task, **quick("tasks_lab")).close()
print(*[len(recording(name)) for name in RECORDINGS])
"""


def run_watched(code: str) -> subprocess.CompletedProcess:
    found = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": found}
    command = [sys.executable, "-c", NO_PICKLE + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=250, env=environment)


@pytest.mark.slow
def test_no_lab_and_no_data_is_unpickled():
    done = run_watched(ALL_DATA)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1000", "1047"]


def test_the_watch_sees_an_unpickling():
    done = run_watched("import pickle; pickle.loads(pickle.dumps(print))")
    assert done.returncode == 1 and "unpickled" in done.stderr


@pytest.mark.parametrize("folder", ["rnnlab", "tools", "benchmarks"])
def test_no_module_asks_for_a_pickle(folder):
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            tops = {name.split(".")[0] for name in names}
            assert not {"pickle", "dill", "joblib", "cloudpickle"} & tops, path
            if isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "weights_only"):
                assert node.value.value is (node.arg == "weights_only"), path


def lab_command() -> list[str]:
    """What `make lab` runs to open JupyterLab."""
    printed = subprocess.run(
        ["make", "-n", "lab", f"PYTHON={sys.executable}"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    (line,) = [line for line in printed.splitlines() if "-m jupyterlab" in line]
    return shlex.split(line)


def get(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_make_lab_serves_this_machine_alone_and_asks_for_the_token(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    runtime = tmp_path / "runtime"
    places = {"JUPYTER_RUNTIME_DIR": runtime, "JUPYTER_CONFIG_DIR": tmp_path / "config", "IPYTHONDIR": tmp_path}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [*lab_command(), "--no-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"],
            cwd=tmp_path,
            env={**os.environ, **{name: str(path) for name, path in places.items()}},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + 60
        known = ""  # what the server writes about itself, once it is complete
        while not known.endswith("}"):
            assert time.monotonic() < until and server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
            known = "".join(path.read_text().strip() for path in runtime.glob("jpserver-*.json"))
        told = json.loads(known)
        address = f"http://127.0.0.1:{port}/api/kernels"
        assert len(told["token"]) >= 32
        assert get(address) == 403 and get(f"{address}?token=guessed") == 403
        assert get(f"{address}?token={told['token']}") == 200
        listening = {at.laddr.ip for at in psutil.Process(server.pid).net_connections() if at.status == "LISTEN"}
        assert listening == {"127.0.0.1"}
    finally:
        server.terminate()
        server.wait(30)
