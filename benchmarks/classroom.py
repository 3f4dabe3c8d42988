"""How well does one machine serve a class? Claim: docs/teaching.md. About 2 minutes.

    python benchmarks/classroom.py [learners]

One Jupyter server per learner (10 by default), as a hub starts them, each with a kernel and a sine lab of its own. The
lab is moved over its websocket, as a browser moves it: a comm message goes to a slider, then the pictures that come
back are counted. First each learner moves a slider every 3 seconds or so, out of step; then all move at once without a
pause, the worst case. There are no browsers on this machine, as in a class. Prints one JSON line last.
"""

import json
import random
import statistics
import sys
import tempfile
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil
import websocket  # comes with Jupyter's server
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from jupyterlab_driver import TOKEN, jupyter_server

LEARNERS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SECONDS = 40.0  # of each of the two parts
START = """
import json, os
from rnnlab.labs import sine_lab
lab = sine_lab()
slider = lab.controls["noise"]
print(json.dumps([os.getpid(), slider.model_id, lab.image.model_id, lab.status.model_id]))
"""


class Learner:
    """A server at `address` with a kernel and a lab in it, moved by messages."""

    def __init__(self, seed: int, address: str):
        self.random = random.Random(seed)
        request = urllib.request.Request(f"{address}/api/kernels?token={TOKEN}", b"{}", method="POST")
        with urllib.request.urlopen(request) as reply:
            kernel = json.load(reply)["id"]
        socket = f"{address.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={TOKEN}"
        self.socket = websocket.create_connection(socket, timeout=300)
        self.send("execute_request", {"code": START, "silent": False, "store_history": False, "allow_stdin": False})
        printed = ""
        while not printed.strip().endswith("]"):
            content = self.receive("stream")
            printed += content["text"]
        self.pid, self.slider, self.image, self.status = json.loads(printed.strip().splitlines()[-1])

    def send(self, kind: str, content: dict) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": "class", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(message))

    def receive(self, kind: str) -> dict:
        """The content of the next message of a kind."""
        while True:
            message = self.socket.recv()
            if isinstance(message, bytes):  # with buffers: first comes their count, then where they begin
                begins, ends = (int.from_bytes(message[at : at + 4], "big") for at in (4, 8))
                message = message[begins:ends]
            message = json.loads(message)
            if message["msg_type"] == "error":
                raise RuntimeError(message["content"]["evalue"])
            if message["msg_type"] == kind:
                return message["content"]

    def move(self) -> tuple[float, float]:
        """One move of the noise slider. Returns the seconds to the first new picture and to the last."""
        data = {"method": "update", "state": {"value": round(self.random.uniform(0.0, 1.0), 4)}, "buffer_paths": []}
        began, first, last = time.perf_counter(), 0.0, 0.0
        self.send("comm_msg", {"comm_id": self.slider, "data": data})
        while True:
            content = self.receive("comm_msg")
            state = content["data"].get("state", {})
            if content["comm_id"] == self.image:
                last = time.perf_counter() - began
                first = first or last
            if content["comm_id"] == self.status and '">done' in state.get("value", ""):
                return first, last

    def lesson(self, pause: float) -> list[tuple[float, float]]:
        """Moves for SECONDS, with about `pause` seconds before each move."""
        moves, end = [], time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(self.random.uniform(0.5, 1.5) * pause)
            moves.append(self.move())
        return moves

    def memory(self) -> tuple[float, float, float]:
        """In MiB: the kernel's memory, the same with its share of shared pages only, and the memory of its server."""
        kernel = psutil.Process(self.pid)
        info, server = kernel.memory_full_info(), kernel.parent().memory_info()
        return info.rss / 2**20, getattr(info, "pss", info.uss) / 2**20, server.rss / 2**20


def p95(values) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    figures = {"learners": LEARNERS}
    with ExitStack() as servers:
        learners = []
        for seed in tqdm(range(LEARNERS), desc="servers"):
            home = Path(servers.enter_context(tempfile.TemporaryDirectory()))
            learners.append(Learner(seed, servers.enter_context(jupyter_server(home))))
        with ThreadPoolExecutor(LEARNERS) as pool:
            for name, pause in (("class", 3.0), ("worst", 0.0)):
                print(f"{name}: {SECONDS:.0f} s …", file=sys.stderr)
                lessons = list(pool.map(lambda learner, pause=pause: learner.lesson(pause), learners))
                first, final = zip(*(move for lesson in lessons for move in lesson), strict=True)
                for which, seconds in (("first", first), ("final", final)):
                    figures[f"{name}_{which}_p50_ms"] = 1e3 * statistics.median(seconds)
                    figures[f"{name}_{which}_p95_ms"] = 1e3 * p95(seconds)
                counts = [len(lesson) for lesson in lessons]  # is anybody starved?
                figures |= {f"{name}_moves_least": min(counts), f"{name}_moves_most": max(counts)}
        memory = zip(*(learner.memory() for learner in learners), strict=True)
        for name, values in zip(("kernel_rss", "kernel_pss", "server_rss"), memory, strict=True):
            figures[f"{name}_mib"] = statistics.median(values)
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
