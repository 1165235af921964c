import pytest

from annotation.figures.heat_cells import HeatCell
from annotation.figures.heatmap import HeatRow, RaterHeatmap
from annotation.figures.rendering import FileType, render
from tests.annotation.figures.drawings import watch

NONE = HeatCell(None, 0)
ROWS = (
    HeatRow("GPT-4", "Guided", (HeatCell(7.0, 4), HeatCell(4.0, 2))),
    HeatRow("", "Oracle", (NONE, HeatCell(9.5, 3)), reference=True),
)


def drawn(
    *rows: HeatRow, raters: tuple[str, ...] = ("R11", "R12"), overall_mean: float | None = 6.5
) -> RaterHeatmap:
    return RaterHeatmap("Raters", "Alignment", "higher is better", raters, rows or ROWS, overall_mean)


def test_table_has_every_mean_with_n_and_words_where_there_is_none() -> None:
    assert drawn().table() == [
        ["Condition", "R11", "R12"],
        ["GPT-4: Guided", "7.00 (n 4)", "4.00 (n 2)"],
        ["Oracle (human reference)", "no rating", "9.50 (n 3)"],
    ]


def test_figure_prints_mean_and_n_and_explains_colours_and_hatching() -> None:
    assert watch(drawn()).words == [
        *("Alignment", "higher is better"),
        "Cells: mean, and n ratings; colour: distance from the mean of all ratings, 6.50; "
        "hatched: no rating; ◇ human reference.",
        *("−3.00", "0", "+3.00", "R11", "R12", "GPT-4", "Guided", "◇ Oracle"),
        *("7.00", "n 4", "4.00", "n 2", "9.50", "n 3"),
    ]


def test_only_a_missing_cell_is_hatched() -> None:
    full = HeatRow("", "Oracle", (HeatCell(6.0, 1), HeatCell(9.5, 3)))

    hatched = [b"<pattern" in render(drawn(ROWS[0], row), file_type=FileType.SVG) for row in (full, ROWS[1])]

    assert hatched == [False, True]


def test_without_any_rating_all_is_hatched_and_no_scale_of_colours_is_shown() -> None:
    empty = drawn(HeatRow("", "Guided", (NONE, NONE)), overall_mean=None)

    assert watch(empty).words == [
        *("Alignment", "higher is better"),
        "Cells: mean, and n ratings; colour: distance from the mean of all ratings, no rating; "
        "hatched: no rating.",
        *("R11", "R12", "Guided"),
    ]


def test_equal_means_are_all_in_the_middle_of_the_scale() -> None:
    equal = drawn(HeatRow("", "Guided", (HeatCell(6.5, 1), HeatCell(6.5, 2))))

    assert equal.farthest == 0
    assert [words for words in watch(equal).words if "." in words][1:] == ["0.00", "+0.00", "6.50", "6.50"]


def test_cells_that_do_not_fit_the_raters_raise() -> None:
    with pytest.raises(ValueError, match="one cell for each rater"):
        drawn(raters=("R11",))


def test_means_without_an_overall_mean_raise() -> None:
    with pytest.raises(ValueError, match="mean of all ratings"):
        drawn(overall_mean=None)


@pytest.mark.parametrize(("rows", "raters"), [((), ("R11",)), (ROWS, ())])
def test_nothing_to_draw_raises(rows: tuple[HeatRow, ...], raters: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no condition or no rater"):
        RaterHeatmap("Raters", "Alignment", "higher is better", raters, rows, None)
