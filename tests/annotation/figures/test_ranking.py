from dataclasses import replace

import pytest

from annotation.figures.ranking import RankedRow, RankingFigure, Side
from tests.annotation.figures.drawings import watch

ROWS = (
    RankedRow("Vanilla", Side(4.0, 3.0, 5.0, 1), Side(3.0, 2.5, 3.5, 2.5), 12),
    RankedRow("Guided", Side(3.5, None, None, 2), Side(7.25, 6.5, 8.0, 1), 9),
    RankedRow("Oracle", Side(2.0, 1.0, 3.0, 3), Side(3.0, 2.0, 4.0, 2.5), 3, reference=True),
)
DRAWING = RankingFigure(
    title="Order of the conditions",
    judge="Judge 7B (a language model)",
    criterion="Alignment",
    direction="higher is better",
    points=tuple(map(float, range(1, 11))),
    rows=ROWS,
    comparison="Kendall's tau-b of the two orders: 0.00 no interval.",
    interval_name="95 % interval",
)


def test_table_is_in_the_experts_order_and_has_both_ranks() -> None:
    interval = "95 % interval"
    head = ["Condition", "Rank by experts", "Rank by the judge", "Experts' mean", interval]
    assert DRAWING.table() == [
        [*head, "Judge's mean", interval, "n items"],
        ["Guided", "1", "2", "7.25", "[6.50, 8.00]", "3.50", "no interval", "9"],
        ["Vanilla", "2.5", "1", "3.00", "[2.50, 3.50]", "4.00", "[3.00, 5.00]", "12"],
        ["Oracle (human reference)", "2.5", "3", "3.00", "[2.00, 4.00]", "2.00", "[1.00, 3.00]", "3"],
    ]


def test_figure_names_the_judge_and_writes_both_ranks() -> None:
    words = watch(DRAWING).words

    assert words[:3] == [
        "Alignment",
        "Judge 7B (a language model), and experts; higher is better",
        "Kendall's tau-b of the two orders: 0.00 no interval.",
    ]
    assert [line for line in words if " / " in line and "ranks" not in line] == [
        "1 / 2, 9",
        "2.5 / 1, 12",
        "2.5 / 3, 3",
    ]
    assert " ".join(words[-2:]) == (
        "Filled: experts; hollow: judge; lines: 95 % interval; point without a line: no interval; ◇ human"
        " reference; ranks: experts / judge, 1 the highest mean; n: items."
    )


def test_nothing_to_draw_raises() -> None:
    with pytest.raises(ValueError, match="no condition"):
        replace(DRAWING, rows=())


def test_scale_without_two_ascending_points_raises() -> None:
    with pytest.raises(ValueError, match="at least two points"):
        replace(DRAWING, points=(1.0,))


def test_number_that_is_none_raises() -> None:
    with pytest.raises(ValueError, match="finite"):
        Side(float("nan"), None, None, 1)
