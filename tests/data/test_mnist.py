"""load_mnist: the same digits from every source, and a clear line and a running chapter when a source fails."""

import errno
import gzip
import hashlib
import os
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST

from rnnlab.data import mnist_files
from rnnlab.data.mnist import load_mnist
from rnnlab.data.mnist_files import FILES, RAW

ROOT = Path(__file__).parents[2]


@pytest.fixture
def whole(data, monkeypatch):
    """The whole of MNIST, from the tester's folder."""
    monkeypatch.setenv("RNNLAB_DATA", str(data))
    return load_mnist(whole=True)


def test_the_whole_is_what_torchvision_reads(whole, data):
    for train, x, y in ((True, whole.x, whole.y), (False, whole.x_test, whole.y_test)):
        theirs = MNIST(data, train=train)
        assert torch.equal(x, theirs.data / 255) and torch.equal(y, theirs.targets)
        assert x.dtype == torch.float32 and y.dtype == torch.int64
    assert str(data) in whole.source


def test_the_bundled_digits_are_the_first_of_each_kind(whole):
    few = load_mnist()
    for x, y, all_x, all_y, count in (
        (few.x, few.y, whole.x, whole.y, 500),
        (few.x_test, few.y_test, whole.x_test, whole.y_test, 100),
    ):
        assert y.bincount().tolist() == [count] * 10
        for label in range(10):
            assert torch.equal(x[y == label], all_x[all_y == label][:count])


def test_the_bundle_goes_into_the_installed_package():
    package = ROOT / "rnnlab"
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["rnnlab"]
    wanted = {path for path in package.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert package / "data" / "digits" / "mnist-6000.npz" in wanted
    assert wanted == {path for pattern in patterns for path in package.glob(pattern)}


# A miniature MNIST, served from this machine by a server that can be made to fail.


def idx(values: np.ndarray) -> bytes:
    """The IDX format, written out by hand: magic number, sizes, bytes."""
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.ndim]) + sizes + values.astype(np.uint8).tobytes()


rng = np.random.default_rng(0)
PIXELS, LABELS = rng.integers(0, 256, (7, 28, 28)), rng.integers(0, 10, 7)
CONTENTS = dict(zip(FILES, (idx(PIXELS), idx(LABELS), idx(PIXELS[:3]), idx(LABELS[:3])), strict=True))
PACKED = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in CONTENTS.items()}


class Server(BaseHTTPRequestHandler):
    """Answers with PACKED, unless `fails` says for a file: not at all, broken off, with a false length, or garbage."""

    fails: dict[str, str]
    asked: list[str]  # torchvision asks twice for a file, once to follow redirects

    def do_HEAD(self):
        self.answer(with_body=False)

    def do_GET(self):
        self.asked.append(self.path[1:])
        self.answer(with_body=True)

    def answer(self, with_body: bool):
        name = self.path[1:]
        body, fault = PACKED[name], self.fails.get(name)
        if fault == "missing":
            self.send_error(404)
            return
        if fault == "garbage":
            body = bytes(reversed(body))
        if fault == "another file":
            body = PACKED["t10k-images-idx3-ubyte.gz"]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + {"says less": -9, "says more": 9}.get(fault, 0)))
        self.end_headers()
        if with_body:
            self.wfile.write(body[: len(body) // 2] if fault == "breaks off" else body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    """The miniature instead of MNIST, an empty cache, and the handler whose `fails` can be set."""
    handler = type("Handler", (Server,), {"fails": {}, "asked": []})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    md5 = {name: hashlib.md5(content).hexdigest() for name, content in (CONTENTS | PACKED).items()}
    monkeypatch.setattr(mnist_files, "FILES", {name: md5[name] for name in CONTENTS})
    monkeypatch.setattr(MNIST, "resources", [(name, md5[name]) for name in PACKED])
    monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{http.server_port}/"])
    monkeypatch.setattr(mnist_files, "PATIENCE", 2.0)
    monkeypatch.setattr(mnist_files, "cache_folders", lambda: [tmp_path / "cache"])
    yield handler
    http.shutdown()
    http.server_close()
    thread.join()


def cached() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (mnist_files.cache_folders()[0] / RAW).iterdir()}


def is_miniature(digits) -> bool:
    return torch.equal(digits.x, torch.from_numpy(PIXELS).float() / 255) and digits.y.tolist() == LABELS.tolist()


def is_bundled(digits) -> bool:
    return len(digits.y) == 5000


def test_what_is_downloaded_is_kept(server, capsys):
    assert is_miniature(load_mnist(whole=True)) and cached() == CONTENTS
    server.asked.clear()
    assert is_miniature(load_mnist(whole=True)) and not server.asked
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("fault", ["missing", "breaks off", "says less", "garbage", "another file"])
def test_a_server_that_fails_leaves_one_line_a_clean_cache_and_the_bundled_digits(server, capsys, fault):
    server.fails["train-labels-idx1-ubyte.gz"] = fault
    assert is_bundled(load_mnist(whole=True))
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "train-labels-idx1-ubyte could not be fetched" in out and "bundled" in out
    # A file that arrived complete before the fault is kept, and is not asked for again.
    assert cached() == {"train-images-idx3-ubyte": CONTENTS["train-images-idx3-ubyte"]}
    server.fails.clear()
    server.asked.clear()
    assert is_miniature(load_mnist(whole=True)) and "train-images-idx3-ubyte.gz" not in server.asked


def test_a_server_that_promises_more_than_there_is_does_no_harm(server, capsys):
    server.fails |= dict.fromkeys(PACKED, "says more")
    assert is_miniature(load_mnist(whole=True)) and cached() == CONTENTS and capsys.readouterr().out == ""


def test_the_next_mirror_is_tried(server, monkeypatch, capsys):
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/", *MNIST.mirrors])  # port 9: nobody answers
    assert is_miniature(load_mnist(whole=True)) and capsys.readouterr().out == ""


def test_no_network(server, monkeypatch, capsys):
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/"])
    assert is_bundled(load_mnist(whole=True)) and cached() == {}
    assert capsys.readouterr().out.count("\n") == 1


def cut(content):
    return content[:-5]


def flipped(content):
    return content[:20] + bytes([content[20] ^ 1]) + content[21:]


def another(content):
    return CONTENTS["t10k-images-idx3-ubyte"]


@pytest.mark.parametrize("damage", [cut, flipped, another])
def test_a_damaged_file_in_the_cache_is_named_set_aside_and_fetched_again(server, capsys, damage):
    load_mnist(whole=True)
    path = mnist_files.cache_folders()[0] / RAW / "train-images-idx3-ubyte"
    path.write_bytes(damage(CONTENTS[path.name]))
    assert is_miniature(load_mnist(whole=True))
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and str(path) in out and "damaged" in out
    after = cached()
    assert CONTENTS.items() <= after.items()
    (aside,) = after.keys() - CONTENTS.keys()
    assert after[aside] == damage(CONTENTS[path.name])


def test_the_readers_own_folder_comes_first_and_is_never_changed(server, tmp_path, monkeypatch, capsys):
    own = tmp_path / "own"
    (own / RAW).mkdir(parents=True)
    for name, content in CONTENTS.items():
        (own / RAW / name).write_bytes(content)
    monkeypatch.setenv("RNNLAB_DATA", str(own))
    assert is_miniature(load_mnist(whole=True)) and not server.asked
    broken = own / RAW / "train-labels-idx1-ubyte"
    broken.write_bytes(b"short")
    assert is_miniature(load_mnist(whole=True)) and server.asked
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and str(broken.parent) in out and broken.name in out
    assert broken.read_bytes() == b"short"


def test_a_cache_that_cannot_be_made_leaves_one_line(server, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(mnist_files, "cache_folders", lambda: [tmp_path / "file"])
    assert is_bundled(load_mnist(whole=True))
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and str(tmp_path / "file") in out


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_read_only_disk_leaves_one_line_and_no_half_file(server, monkeypatch, capsys, code):
    def write(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("torchvision.datasets.utils._urlretrieve", write)
    assert is_bundled(load_mnist(whole=True)) and cached() == {}
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and os.strerror(code) in out


AT_ONCE = """
import sys
from pathlib import Path
from torchvision.datasets import MNIST
from rnnlab.data import mnist_files
from rnnlab.data.mnist import load_mnist
mnist_files.FILES, MNIST.resources, MNIST.mirrors = {files}, {resources}, {mirrors}
mnist_files.cache_folders = lambda: [Path({cache!r})]
print("ready", flush=True)
sys.stdin.readline()
print(load_mnist(whole=True).y.tolist())
"""


@pytest.mark.slow
def test_processes_at_once_do_not_spoil_each_other(server):
    code = AT_ONCE.format(
        files=mnist_files.FILES,
        resources=MNIST.resources,
        mirrors=MNIST.mirrors,
        cache=str(mnist_files.cache_folders()[0]),
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    processes = [subprocess.Popen([sys.executable, "-c", code], env=environment, **pipes) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0] for process in processes] == [f"{LABELS.tolist()}\n"] * 3
    assert cached() == CONTENTS


def test_a_file_that_another_kernel_has_just_fetched_is_not_taken_for_a_damaged_one(tmp_path, monkeypatch):
    (tmp_path / RAW).mkdir(parents=True)
    name, md5 = next(iter(FILES.items()))
    path = tmp_path / RAW / name
    read = Path.read_bytes

    def missing_then_there(self):
        monkeypatch.setattr(Path, "read_bytes", read)
        path.write_bytes(b"good")  # in the moment after our look
        raise FileNotFoundError(self)

    monkeypatch.setattr(Path, "read_bytes", missing_then_there)
    monkeypatch.setattr(mnist_files, "_download", lambda name, md5, path: path.read_bytes())
    assert mnist_files._fetched(name, md5, tmp_path) == b"good"
    assert [found.name for found in (tmp_path / RAW).iterdir()] == [name]
