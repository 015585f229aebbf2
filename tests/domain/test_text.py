"""Numbers as people write them, and typed answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.text import matches, normalised, number


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("8.64e9", 8.64e9),
        ("8.64B", 8.64e9),
        ("8,640,000,000", 8.64e9),
        ("8 640 000 000", 8.64e9),
        ("8_640_000_000", 8.64e9),
        ("8.64 billion", 8.64e9),
        ("8.64 x 10^9", 8.64e9),
        ("8640M", 8.64e9),
        ("$51,840", 51_840),
        ("-3", -3),
        ("−3", -3),
        (".5", 0.5),
        ("1/4", 0.25),
        ("99.9%", 99.9),
        ("20k", 20_000),
    ],
)
def test_forms_of_a_number(typed: str, value: float) -> None:
    assert number(typed) == pytest.approx(value)


def test_units_are_converted_and_strange_ones_named() -> None:
    assert number("2 s", "ms", {"s": 1000}) == 2000
    assert number("5ms", "ms", {"s": 1000}) == 5
    with pytest.raises(ValueError, match=r"furlongs.*Answer in ms"):
        number("3 furlongs", "ms")


@pytest.mark.parametrize("typed", ["", "abc", "1,5", "1.2.3", "--4", "1e999", "1/0", "12,34,5"])
def test_what_is_no_number_is_said(typed: str) -> None:
    with pytest.raises(ValueError, match=r"number|zero|large"):
        number(typed)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_any_number_is_read_back_in_every_notation(value: float) -> None:
    for typed in (repr(value), f"{value:e}", f"{value:,.6f}"):
        assert number(typed) == pytest.approx(value, rel=1e-6, abs=1e-6)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_sentence(typed: str) -> None:
    said = ""
    try:
        number(typed, "ms", {"s": 1000})
    except ValueError as error:
        said = str(error)
    assert said == "" or len(said) > 10


def test_differences_that_do_not_matter() -> None:
    assert matches("  Doubly  linked LIST. ", ("doubly linked list",))
    assert matches("“kubectl get pods”", ("kubectl get pods",)) is matches('"kubectl get pods"', ("kubectl get pods",))
    assert not matches("linked list", ("doubly linked list",))
    assert not matches("   ", ("", "anything"))


@given(st.text(max_size=60))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
