import pytest

from annotation.figures.distribution import Distribution, Distributions
from tests.annotation.figures.drawings import watch

POINTS = ("No", "Minor error", "Yes")
ROWS = (
    Distribution("GPT-4", "Guided", (1, 0, 3)),
    Distribution("GPT-4", "Vanilla", (0, 0, 0)),
    Distribution("", "Oracle", (1, 199, 0), reference=True),
)


def drawn(*rows: Distribution, points: tuple[str, ...] = POINTS) -> Distributions:
    return Distributions("Distribution", "Factuality", "higher is better", points, rows or ROWS)


def test_table_has_every_count_with_its_share_and_words_where_there_is_none() -> None:
    assert drawn().table() == [
        ["Condition", "Factuality No", "Factuality Minor error", "Factuality Yes", "n ratings"],
        ["GPT-4: Guided", "1 (25 %)", "0 (0 %)", "3 (75 %)", "4"],
        ["GPT-4: Vanilla", "no rating", "no rating", "no rating", "0"],
        ["Oracle (human reference)", "1 (0 %)", "199 (100 %)", "0 (0 %)", "200"],
    ]


def test_figure_names_points_and_prints_shares_that_have_room() -> None:
    assert watch(drawn()).words == [
        *("Factuality", "higher is better", *POINTS, "n"),
        *("GPT-4", "Guided", "Vanilla", "◇ Oracle"),
        *("25", "75", "4", "no rating", "0", "100", "200"),
        *("0", "25", "50", "75", "100"),
        "Axis and numbers: share of ratings in %; ◇ human reference; n: ratings.",
    ]


def test_negative_count_raises() -> None:
    with pytest.raises(ValueError, match="fewer than 0"):
        Distribution("", "Guided", (1, -1))


@pytest.mark.parametrize("points", [("No", "Yes"), ("Only",)])
def test_counts_that_do_not_fit_the_points_raise(points: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one count for each"):
        drawn(points=points)


def test_nothing_to_draw_raises() -> None:
    with pytest.raises(ValueError, match="no condition"):
        Distributions("Distribution", "Factuality", "higher is better", POINTS, ())
