import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.data import numerals


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_as_python_writes_it_comes_back(number):
    assert numerals.value(repr(number), "point") == number and "point" in numerals.marks([repr(number)])


@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
def test_a_number_with_marked_thousands_comes_back_in_both_manners(whole, cents):
    english = f"{whole:,}.{cents:02d}"
    german = english.translate(str.maketrans(",.", ".,"))
    wanted = float(f"{whole}.{cents:02d}")
    assert numerals.value(english, "point") == wanted == numerals.value(german, "comma")
    assert numerals.marks([english]) == {"point"} and numerals.marks([german]) == {"comma"}


@pytest.mark.parametrize(
    "cell", ["", "1,2,3", "1.2.3", "1_000", "1 000", "12%", "$5", "1e", "e5", "+", "1,00,000.5", "١٢", "0x10", "inf"]
)
def test_what_is_no_number_is_none(cell):
    assert not numerals.is_number(cell)


@pytest.mark.parametrize(
    ("cell", "twofold"),
    [("1,007", True), ("1.007", True), ("0,123", False), ("10,60", False), ("7", False), ("", False)],
)
def test_what_can_be_read_in_two_ways_is_known(cell, twofold):
    assert numerals.is_twofold(cell) == twofold
