import itertools
import linecache
import subprocess
import sys
import threading
import time

import pytest

from rnnlab.live import runner as live
from rnnlab.live.runner import Runner


class Bench:
    """A runner whose work is steps that are counted and released one by one."""

    def __init__(self):
        self.shown, self.failed, self.released = [], [], threading.Semaphore(0)
        self.runner = Runner(self.work, self.shown.append, self.failed.append)

    def work(self, request):
        name, steps = request
        for step in range(steps):
            self.released.acquire()
            if step == 2 and name == "broken":
                raise RuntimeError("the third step broke")
            yield (name, step)

    def release(self, steps=1000):
        for _ in range(steps):
            self.released.release()


def until(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.001)


def test_every_frame_is_shown_in_order_and_the_thread_ends():
    bench = Bench()
    bench.release()
    bench.runner.submit(("a", 5))
    bench.runner.wait(5)
    assert bench.shown == [("a", step) for step in range(5)]
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "rnnlab-runner"])


def test_a_newer_request_ends_the_older_and_no_frame_of_it_follows():
    bench = Bench()
    bench.runner.submit(("old", 100))
    bench.release(3)
    until(lambda: len(bench.shown) == 3)
    bench.runner.submit(("new", 2))  # the old work waits inside a step: that step's frame must not be shown
    bench.release()
    bench.runner.wait(5)
    assert bench.shown == [("old", 0), ("old", 1), ("old", 2), ("new", 0), ("new", 1)]


def test_of_many_requests_only_the_last_runs_to_its_end():
    bench = Bench()
    for number in range(50):
        bench.runner.submit((number, 3))
    bench.release()
    bench.runner.wait(5)
    assert bench.shown[-3:] == [(49, 0), (49, 1), (49, 2)]
    assert {name for name, _ in bench.shown} <= {0, 49}


def test_submitting_returns_at_once():
    bench = Bench()
    bench.runner.submit(("slow", 1))
    bench.runner.submit(("slower", 1))  # the first has not been released: a submit that waited would hang here
    bench.release()
    bench.runner.wait(5)


def test_an_error_is_reported_raised_by_wait_and_forgotten_by_the_next_request():
    bench = Bench()
    bench.release()
    bench.runner.submit(("broken", 9))
    with pytest.raises(RuntimeError, match="the third step broke"):
        bench.runner.wait(5)
    assert [str(error) for error in bench.failed] == ["the third step broke"]
    bench.runner.submit(("whole", 2))
    bench.runner.wait(5)
    assert bench.shown[-1] == ("whole", 1)


def test_an_error_of_overtaken_work_is_not_reported():
    bench = Bench()
    bench.runner.submit(("broken", 9))
    bench.release(2)
    until(lambda: len(bench.shown) == 2)
    bench.runner.submit(("whole", 1))
    bench.release()
    bench.runner.wait(5)
    assert bench.failed == [] and bench.shown[-1] == ("whole", 0)


def test_wait_gives_up_after_its_time():
    bench = Bench()
    bench.runner.submit(("stuck", 1))
    with pytest.raises(TimeoutError, match=r"after 0.05 s"):
        bench.runner.wait(0.05)
    bench.release()


def test_close_ends_the_work_under_way_and_takes_no_more():
    bench = Bench()
    bench.runner.submit(("endless", 1000))
    bench.release(2)
    until(lambda: len(bench.shown) == 2)
    threading.Timer(0.05, bench.release).start()
    bench.runner.close()
    bench.runner.submit(("late", 1))
    bench.runner.wait(5)
    assert len(bench.shown) == 2


@pytest.mark.parametrize("raised", [RuntimeError("the work"), SystemExit("the work")])
def test_what_the_work_and_the_report_raise_ends_no_worker(raised):
    shown = []

    def work(request):
        if request == "broken":
            raise raised
        yield request

    def fail(error):
        assert error is raised
        raise OSError("the report")

    runner = Runner(work, shown.append, fail)
    runner.submit("broken")
    with pytest.raises(OSError, match="the report"):
        runner.wait(5)
    runner.submit("whole")
    runner.wait(5)
    runner.close()
    assert shown == ["whole"]


def test_it_can_be_closed_from_what_it_shows():
    bench = Bench()
    bench.runner._show = lambda frame: (bench.shown.append(frame), bench.runner.close())
    bench.release()
    bench.runner.submit(("endless", 1000))
    bench.runner.wait(5)
    assert bench.shown == [("endless", 0)]


def interrupted(thing, at: int) -> bool:
    """Do `thing` and raise KeyboardInterrupt at the `at`-th line or return of the runner's code and its locks', as an
    interrupted kernel may in its main thread; return False if there are fewer."""
    left = at

    def starts_a_thread(frame) -> bool:  # Python's own code, where a thread may be half started
        while frame is not None and frame.f_code is not threading.Thread.start.__code__:
            frame = frame.f_back
        return frame is not None

    def trace(frame, event, _arg):
        nonlocal left
        if frame.f_code.co_filename not in (live.__file__, threading.__file__) or starts_a_thread(frame):
            return None
        # Leaving a with block reports its line again, between two instructions where Python handles no signal.
        with_line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip().startswith("with ")
        if event == "return" or (event == "line" and not with_line):
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        thing()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


@pytest.mark.parametrize("method", ["submit", "wait", "close"])
@pytest.mark.parametrize("busy", [True, False])
def test_an_interrupt_at_any_line_leaves_a_runner_that_works(method, busy):
    def work(request):
        time.sleep(0.002)
        yield request

    for at in itertools.count(1):
        shown = []
        runner = Runner(work, shown.append, lambda error: None)
        if busy:
            runner.submit("first")
        things = {"submit": lambda: runner.submit("cut short"), "wait": lambda: runner.wait(5), "close": runner.close}  # noqa: B023
        hit = interrupted(things[method], at)
        if method == "close":
            runner.close()
        else:
            runner.submit("last")
            runner.wait(5)
            assert shown[-1] == "last"
        assert runner._thread is None
        if not hit:
            break
    assert at > 3


@pytest.mark.slow
def test_a_program_may_end_while_a_lab_trains():
    """It ends silently and with status 0, although an interpreter aborts while a thread is inside torch."""
    program = (
        "import time\n"
        "from rnnlab.labs import memory_lab\n"
        "lab = memory_lab(lag=200)\n"
        "lab.controls['seed'].value = 1\n"
        "while not lab.result.startswith('training'): time.sleep(0.01)\n"
        "time.sleep(0.1)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_closing_waits_no_longer_than_it_is_told():
    begun, go = threading.Event(), threading.Event()

    def work(_request):
        begun.set()
        go.wait()
        yield None

    runner = Runner(work, print, print)
    runner.submit(1)
    assert begun.wait(5)
    runner.close(timeout=0.05)
    assert runner._thread is not None
    go.set()
    runner.close()
    assert runner._thread is None
