import pytest

from annotation.figures.forest import Forest
from annotation.figures.forest_panel import ForestPanel, ForestRow
from tests.annotation.figures.drawings import watch

ROWS = (
    ForestRow("GPT-4", "Guided", 7.25, 6.5, 8.0, 20),
    ForestRow("GPT-4", "Vanilla", None, None, None, 0),
    ForestRow("", "Oracle", 9.0, None, None, 1, reference=True),
)
PANEL = ForestPanel("Alignment", tuple(map(float, range(1, 11))), "higher is better", ROWS)


def drawn(*panels: ForestPanel) -> Forest:
    return Forest("Scores", panels or (PANEL,), "95 % interval")


def test_table_has_every_number_and_words_where_there_is_none() -> None:
    assert drawn().table() == [
        ["Condition", "Criterion", "Mean", "95 % interval", "n ratings"],
        ["GPT-4: Guided", "Alignment", "7.25", "[6.50, 8.00]", "20"],
        ["GPT-4: Vanilla", "Alignment", "no rating", "no rating", "0"],
        ["Oracle (human reference)", "Alignment", "9.00", "no interval", "1"],
    ]


def test_figure_says_direction_n_and_what_is_missing() -> None:
    assert watch(drawn()).words == [
        *("GPT-4", "Guided", "Vanilla", "◇ Oracle"),
        *("Alignment", "higher is better", "n"),
        *("20", "no rating", "0", "1"),
        *map(str, range(1, 11)),
        "Points: means; lines: 95 % interval; point without a line: no interval; "
        "◇ human reference; n: ratings.",
    ]


def test_key_explains_nothing_that_is_not_there() -> None:
    rows = (ForestRow("", "Guided", 7.25, 6.5, 8.0, 20), ForestRow("", "Vanilla", 3.0, 2.0, 4.0, 20))
    panel = ForestPanel("Alignment", PANEL.points, "higher is better", rows)

    assert watch(drawn(panel)).words[-1] == "Points: means; lines: 95 % interval; n: ratings."


def test_panels_stand_side_by_side_where_there_is_room_and_below_where_not() -> None:
    panels = [PANEL] * 4

    wide, narrow = watch(drawn(*panels), width_mm=180), watch(drawn(*panels), width_mm=60)

    assert (wide.words.count("Guided"), narrow.words.count("Guided")) == (1, 4)


@pytest.mark.parametrize(
    ("points", "marks"), [((0.0, 1.0), (0.0, 0.5, 1.0)), ((1.0, 2.0, 3.0), (1.0, 2.0, 3.0))]
)
def test_a_rate_has_a_mark_in_the_middle(points: tuple[float, ...], marks: tuple[float, ...]) -> None:
    assert ForestPanel("Harmfulness", points, "lower is better", ()).marks == marks


@pytest.mark.parametrize(("mean", "n"), [(None, 3), (2.0, 0), (2.0, -1), (float("nan"), 3)])
def test_mean_without_ratings_and_ratings_without_mean_raise(mean: float | None, n: int) -> None:
    with pytest.raises(ValueError, match=r"where there are ratings|finite"):
        ForestRow("", "Guided", mean, None, None, n)


@pytest.mark.parametrize("points", [(), (1.0,), (2.0, 1.0), (1.0, 1.0)])
def test_scale_without_two_ascending_points_raises(points: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="at least two points"):
        ForestPanel("Alignment", points, "higher is better", ())


def test_mean_beyond_the_scale_raises() -> None:
    with pytest.raises(ValueError, match="between the ends"):
        ForestPanel("Empathy", (1.0, 5.0), "higher is better", ROWS)


def test_panels_with_other_rows_raise() -> None:
    other = ForestPanel("Alignment", PANEL.points, "higher is better", ROWS[::-1])

    with pytest.raises(ValueError, match="same order"):
        drawn(PANEL, other)


@pytest.mark.parametrize("panels", [(), (ForestPanel("Alignment", PANEL.points, "higher is better", ()),)])
def test_nothing_to_draw_raises(panels: tuple[ForestPanel, ...]) -> None:
    with pytest.raises(ValueError, match="no condition"):
        Forest("Scores", panels, "95 % interval")
