import pytest

from annotation.figures.value_axis import ValueAxis


def axis(length_mm: float, *, high: float = 10.0) -> ValueAxis:
    return ValueAxis(low=1.0, high=high, left_mm=20.0, length_mm=length_mm)


def test_values_lie_between_the_ends_and_never_beyond() -> None:
    assert [axis(90.0).at(value) for value in (-5.0, 1.0, 5.5, 10.0, 99.0)] == [20, 20, 65, 110, 110]


@pytest.mark.parametrize(
    ("length_mm", "ticks"),
    [(90.0, tuple(range(1, 11))), (25.0, (1, 4, 7, 10)), (8.0, (1, 10))],
)
def test_ticks_are_as_many_as_stand_apart(length_mm: float, ticks: tuple[float, ...]) -> None:
    points = [float(point) for point in range(1, 11)]

    assert axis(length_mm).ticks(points) == ticks


def test_ticks_of_uneven_points_do_not_meet() -> None:
    assert axis(40.0, high=100.0).ticks([1.0, 2.0, 3.0, 100.0]) == (1.0, 100.0)
