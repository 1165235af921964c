import pytest

from annotation.figures.numerals import interval, number, point, require_finite


@pytest.mark.parametrize(
    ("value", "digits"), [(4.449, "4.45"), (-0.2, "−0.20"), (-0.001, "0.00"), (0.0, "0.00"), (None, "none")]
)
def test_number_has_two_decimals_a_true_minus_and_words(value: float | None, digits: str) -> None:
    assert number(value) == digits


def test_interval_is_bracketed_or_said_to_be_missing() -> None:
    assert (interval(-0.1, 0.25), interval(None, 0.25)) == ("[−0.10, 0.25]", "no interval")


@pytest.mark.parametrize(("value", "digits"), [(1.0, "1"), (0.5, "0.5"), (-2.0, "−2")])
def test_point_is_as_brief_as_it_goes(value: float, digits: str) -> None:
    assert point(value) == digits


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_raise(value: float) -> None:
    with pytest.raises(ValueError, match="None where there is no number"):
        require_finite(1.0, None, value)
