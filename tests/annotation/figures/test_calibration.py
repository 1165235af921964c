import pytest

from annotation.figures.calibration import Calibration, CalibrationPanel, CalibrationRow
from tests.annotation.figures.drawings import watch

ROWS = (
    CalibrationRow("No", 0.0, None, None, None, 0),
    CalibrationRow("Minor error", 0.5, 0.75, 0.5, 1.0, 12),
    CalibrationRow("Yes", 1.0, 0.9, None, None, 1),
)
PANEL = CalibrationPanel("Factuality", "higher is better", ROWS)
DRAWING = Calibration("Judge against experts", "Judge 7B (a language model)", (PANEL,), "95 % interval")


def test_table_has_every_number_and_words_where_there_is_none() -> None:
    assert DRAWING.table() == [
        ["Criterion", "Judge gave", "Experts' mean", "95 % interval", "n items"],
        ["Factuality", "No", "never given", "never given", "0"],
        ["Factuality", "Minor error", "0.75", "[0.50, 1.00]", "12"],
        ["Factuality", "Yes", "0.90", "no interval", "1"],
    ]


def test_figure_names_the_judge_and_says_what_is_missing() -> None:
    words = watch(DRAWING).words

    assert words[:3] == ["Judge 7B (a language model)", "Factuality", "Experts' mean; higher is better"]
    assert {"judge gave No", "judge gave Minor error", "never given", "12", "0"} <= set(words)
    assert words[-1] == (
        "Points: experts' means; lines: 95 % interval; point without a line: no interval; dashed: the point"
        " that the judge gave; n: items."
    )


def test_description_names_the_judge_and_the_criteria() -> None:
    assert DRAWING.description() == (
        "Experts' mean, with 95 % interval, of the items to which Judge 7B (a language model) gave each"
        " point, on Factuality. Each axis shows the whole scale; a dashed line marks the judge's own point."
    )


@pytest.mark.parametrize("rows", [(), ROWS[:1], ROWS[::-1]])
def test_scale_without_two_ascending_points_raises(rows: tuple[CalibrationRow, ...]) -> None:
    with pytest.raises(ValueError, match="at least two points"):
        CalibrationPanel("Factuality", "higher is better", rows)


@pytest.mark.parametrize(("mean", "n"), [(None, 2), (0.5, 0), (float("nan"), 2)])
def test_mean_without_items_and_items_without_mean_raise(mean: float | None, n: int) -> None:
    with pytest.raises(ValueError, match=r"where there are ratings|finite"):
        CalibrationRow("Yes", 1.0, mean, None, None, n)


def test_nothing_to_draw_raises() -> None:
    with pytest.raises(ValueError, match="no criterion"):
        Calibration("Judge against experts", "Judge", (), "95 % interval")
