"""How does one machine hold a class? Claim: docs/teaching.md. `python benchmarks/classroom.py [learners]`, about 2 minutes.

As many kernels as learners (default 10), each with a sine lab of its own, moved as a browser moves it: a comm message to a
slider, then its pictures counted as they come back. First each learner moves a slider every 3 seconds or so, out of step;
then all at once without a pause, the worst case. The browsers are not on this machine, as in a class. Prints one JSON line last.
"""

import json
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from tqdm import tqdm

LEARNERS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SECONDS = 40.0  # of each of the two parts
START = """
import json
from rnnlab.labs import sine_lab
lab = sine_lab()
slider = next(control for control in lab.children[0].children if control.description == "noise")
print(json.dumps([slider.model_id, lab.image.model_id, lab.status.model_id]))
"""


class Learner:
    """A kernel with a lab in it, moved by messages."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.manager: KernelManager
        self.client: BlockingKernelClient
        self.manager, self.client = start_new_kernel(kernel_name="python3")
        printed = []
        self.client.execute_interactive(
            START, output_hook=lambda message: printed.append(message["content"].get("text", "")), timeout=300
        )
        self.slider, self.image, self.status = json.loads("".join(printed).strip().splitlines()[-1])

    def move(self) -> tuple[float, float]:
        """One move of the noise slider; seconds to the first new picture and to the last."""
        data = {"method": "update", "state": {"value": round(self.random.uniform(0.0, 1.0), 4)}, "buffer_paths": []}
        began, first, last = time.perf_counter(), 0.0, 0.0
        self.client.shell_channel.send(self.client.session.msg("comm_msg", {"comm_id": self.slider, "data": data}))
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            if message["msg_type"] != "comm_msg":
                continue
            state = message["content"]["data"].get("state", {})
            if message["content"]["comm_id"] == self.image:
                last = time.perf_counter() - began
                first = first or last
            if message["content"]["comm_id"] == self.status and '">done' in state.get("value", ""):
                return first, last

    def lesson(self, pause: float) -> list[tuple[float, float]]:
        """Moves for SECONDS, with a pause of about `pause` seconds before each."""
        moves, end = [], time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(self.random.uniform(0.5, 1.5) * pause)
            moves.append(self.move())
        return moves

    def memory(self) -> tuple[float, float]:
        """The kernel's MiB: resident, and its own share of what it shares with the others."""
        info = psutil.Process(self.manager.provisioner.pid).memory_full_info()
        return info.rss / 2**20, getattr(info, "pss", info.uss) / 2**20

    def leave(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def p95(values) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    learners = [Learner(seed) for seed in tqdm(range(LEARNERS), desc="kernels")]
    figures = {"learners": LEARNERS}
    try:
        with ThreadPoolExecutor(LEARNERS) as pool:
            for name, pause in (("class", 3.0), ("worst", 0.0)):
                print(f"{name}: {SECONDS:.0f} s …", file=sys.stderr)
                lessons = list(pool.map(lambda learner, pause=pause: learner.lesson(pause), learners))
                first, final = zip(*(move for lesson in lessons for move in lesson), strict=True)
                figures |= {
                    f"{name}_first_p50_ms": 1e3 * statistics.median(first),
                    f"{name}_first_p95_ms": 1e3 * p95(first),
                }
                figures |= {
                    f"{name}_final_p50_ms": 1e3 * statistics.median(final),
                    f"{name}_final_p95_ms": 1e3 * p95(final),
                }
                counts = [len(lesson) for lesson in lessons]
                figures |= {
                    f"{name}_moves_least": min(counts),
                    f"{name}_moves_most": max(counts),
                }  # is anybody starved?
        resident, shared = zip(*(learner.memory() for learner in learners), strict=True)
        figures |= {"kernel_rss_mib": statistics.median(resident), "kernel_pss_mib": statistics.median(shared)}
    finally:
        for learner in learners:
            learner.leave()
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
