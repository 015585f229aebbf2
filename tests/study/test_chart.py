"""Plots in the terminal: what is largest is highest, nothing is wider than it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.study.chart import HEIGHT, WIDTH, charts

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300)


@given(VALUES)
def test_every_plot_has_its_size_whatever_the_values(values: list[float]) -> None:
    name, *rows = charts({"name": values})
    assert name == "name"
    assert len(rows) == HEIGHT
    assert all(len(row.partition("│")[2]) <= WIDTH for row in rows)


def test_columns_are_as_high_as_their_values_on_one_scale() -> None:
    lines = charts({"few": [1.0], "many": [0.0, 2.0]})
    assert [line.count("█") for line in lines[1:7]] == [0, 0, 0, WIDTH, WIDTH, WIDTH]
    assert [line.count("█") for line in lines[8:]] == [WIDTH // 2] * HEIGHT
    assert lines[1].split()[0] == lines[8].split()[0] == "2"


@pytest.mark.parametrize("series", [{}, {"none": []}])
def test_nothing_is_plotted_of_nothing(series: dict[str, list[float]]) -> None:
    assert charts(series) == []


def test_a_long_series_is_told_by_the_means_of_its_parts() -> None:
    (row, *_) = charts({"peak": [0.0] * 300 + [8.0] * 300})[1:]
    assert row.endswith("█" * (WIDTH // 2))
    assert row.partition("│")[2].startswith(" " * (WIDTH // 2))


@given(VALUES, st.integers(8, 80))
def test_a_plot_is_no_wider_than_there_is_room(values: list[float], width: int) -> None:
    _, *rows = charts({"name": values}, width)
    assert all(len(row.partition("│")[2]) <= width for row in rows)
