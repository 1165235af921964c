import pytest

from annotation.templatetags.figures import about, duration, duration_between, thousands


def test_thousands_stand_apart() -> None:
    assert [thousands(number) for number in (0, 999, 29_200)] == ["0", "999", "29,200"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0.0"),
        (0.87, "0.9"),
        (1, "1"),
        (99.6, "100"),
        (123, "120"),
        (12_345, "12,000"),
        (995_000, "1,000,000"),
    ],
)
def test_number_not_known_well_has_two_leading_digits(number: float, shown: str) -> None:
    assert about(number) == shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (3_000, "50 minutes"),
        (5_400, "1.5 hours"),
        (7_200, "2 hours"),
        (100_000, "28 hours"),
        (172_800, "2 days"),
        (2_000_000, "23 days"),
    ],
)
def test_duration_is_said_in_the_unit_that_fits(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("shortest", "longest", "words"),
    [
        (300, 310, "about 5 minutes"),
        (180, 480, "3 to 8 minutes"),
        (59, 150, "59 seconds to 2 minutes"),
        (1, 30, "1 second to 30 seconds"),
    ],
)
def test_time_between_two_is_a_range_where_they_differ(shortest: float, longest: float, words: str) -> None:
    assert duration_between(shortest, longest) == words
