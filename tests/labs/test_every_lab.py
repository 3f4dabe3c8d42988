"""What holds for each lab: its knobs, its place in the tests and the benchmark, its signature."""

import inspect
import json
import math
import runpy
from fractions import Fraction
from importlib import import_module
from numbers import Real
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab import labs
from rnnlab.live.settings import Between, OneOf, Settings

ROOT = Path(__file__).parents[2]
NAMES = [name.removesuffix("_lab") for name in labs.__all__]
NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=32)


def settings_of(name: str) -> type[Settings]:
    """The one kind of settings in the lab's run."""
    run = vars(import_module(f"rnnlab.labs.{name}.run"))
    (kind,) = [
        each for each in run.values() if inspect.isclass(each) and issubclass(each, Settings) and each is not Settings
    ]
    return kind


# What each knob admits, as the lab's own tests say it: whole numbers in a range, numbers between two, or a list.
ALLOWED = {name: runpy.run_path(str(ROOT / f"tests/labs/{name}/test_lab.py"))["ALLOWED"] for name in NAMES}
KNOBS = [(name, knob) for name in NAMES for knob in ALLOWED[name]]


def test_every_folder_is_a_lab_that_is_exported():
    folders = [folder.parent.name for folder in (ROOT / "rnnlab/labs").glob("*/lab.py")]
    assert sorted(folders) == sorted(NAMES) and dir(labs) == labs.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing_lab'"):
        labs.nothing_lab  # noqa: B018


@pytest.mark.parametrize("name", NAMES)
def test_every_knob_is_in_the_labs_table_and_no_other(name):
    assert list(ALLOWED[name]) == list(settings_of(name).knobs())


@pytest.mark.parametrize("name", NAMES)
def test_every_lab_is_on_a_page_that_the_benchmark_finds(name):
    """Its latency is measured there; tests/browser/test_every_lab.py moves it, tests/test_safety.py watches it."""
    latency = runpy.run_path(str(ROOT / "benchmarks/latency.py"))
    chapter, index = latency["place"](name)
    calls = [
        "".join(cell["source"]).splitlines()[-1].split("(")[0]
        for cell in json.loads((ROOT / "notebooks" / chapter).read_text())["cells"]
        if cell["cell_type"] == "code" and "_lab(" in "".join(cell["source"]).splitlines()[-1]
    ]
    assert calls[index] == f"{name}_lab"
    sliders = [knob for knob in settings_of(name).knobs().values() if isinstance(knob.metadata["allowed"], Between)]
    words = [knob.metadata["label"] or knob.name.replace("_", " ") for knob in sliders]
    assert words and set(latency["SLIDERS"].get(name, words)) <= set(words)


@pytest.mark.parametrize("name", NAMES)
def test_shift_tab_shows_every_knob_with_its_default_and_what_is_allowed(name):
    lab, knobs = getattr(labs, f"{name}_lab"), settings_of(name).knobs()
    shown = inspect.signature(lab).parameters
    for knob in knobs.values():
        assert shown[knob.name].default is knob.default and shown[knob.name].kind is inspect.Parameter.KEYWORD_ONLY
        allowed = knob.metadata["allowed"]
        assert f"{knob.name}: {knob.metadata['tooltip']}; {allowed} (default {knob.default!r})" in lab.__doc__
    with pytest.raises(TypeError, match=rf"{name}_lab has no argument 'lr'; allowed: .*{list(knobs)[-1]}"):
        lab(lr=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_has_its_name_on_the_page(name):
    for knob in settings_of(name).knobs().values():
        if isinstance(allowed := knob.metadata["allowed"], OneOf):
            words = list(allowed.labels.values())
            assert len(set(words)) == len(words) and all(isinstance(word, str) and word for word in words)


def in_and_out(allowed) -> st.SearchStrategy:
    """Values that are allowed, and values that are not."""
    odd = [None, True, b"x", 1j, [1], (2, 3), {}, math.nan, math.inf, -math.inf, 10**400, Fraction(10**400, 3)]
    wrong = st.sampled_from([*odd, np.int64(5), np.float32(0.5), np.array(1.0), torch.tensor(5), Fraction(1, 2)])
    if allowed is str:
        return st.text() | wrong
    if isinstance(allowed, list):
        return st.sampled_from([*allowed, "", "another", 0.5, -1]) | NUMBERS | wrong
    if isinstance(allowed, range):
        low, high = allowed[0], allowed[-1]
        return st.integers(low, high) | st.sampled_from([low - 300, low - 1, high + 1, low + 0.5, 10**6]) | wrong
    return st.floats(allowed[0] - 1, allowed[1] + 1) | NUMBERS | wrong


def is_allowed(value, allowed) -> bool:
    if isinstance(value, bool | complex | np.ndarray | torch.Tensor):
        return False
    if allowed is str:
        return isinstance(value, str | None)
    if isinstance(allowed, list):
        return any(value == one for one in allowed)
    if isinstance(allowed, range):
        return isinstance(value, Real) and value in allowed
    return isinstance(value, Real) and allowed[0] <= value <= allowed[1]


@settings(max_examples=50, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(("name", "knob"), [pytest.param(*each, id="-".join(each)) for each in KNOBS])
def test_settings_of_every_lab_are_in_range_or_refused_by_name(name, knob, data):
    allowed, kind = ALLOWED[name][knob], settings_of(name)
    value = data.draw(in_and_out(allowed))
    right = is_allowed(value, allowed)
    try:
        made = kind(**{knob: value})
    except ValueError as error:
        assert not right and str(error).startswith(f"{knob} is ") and "; allowed: " in str(error)
    else:
        assert right and str(made) and made == kind(**{knob: value}) and hash(made) == hash(kind(**{knob: value}))
