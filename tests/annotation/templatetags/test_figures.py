import pytest

from annotation.templatetags.figures import thousands, time_left


def test_thousands_stand_apart() -> None:
    assert [thousands(number) for number in (0, 999, 29_200)] == ["0", "999", "29,200"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "Less than a minute left"),
        (45, "About a minute left"),
        (240, "About 4 minutes left"),
        (5_000, "About 83 minutes left"),
        (10_000, "About 3 hours left"),
    ],
)
def test_time_left_is_said_in_words(seconds: float, words: str) -> None:
    assert time_left(seconds) == words
