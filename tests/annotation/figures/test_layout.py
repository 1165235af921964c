from itertools import combinations

import pytest

from annotation.figures.rendering import DOUBLE_COLUMN_MM, PHONE_MM, SINGLE_COLUMN_MM, Drawing
from tests.annotation.figures.drawings import LONG, MANY, TWO, Watched, heatmap, one_of_each, watch

WIDTHS_MM = (60, PHONE_MM, SINGLE_COLUMN_MM, DOUBLE_COLUMN_MM)
DRAWINGS = [
    pytest.param(drawing, width_mm, id=f"{type(drawing).__name__}-{rows}-{width_mm}")
    for rows, conditions, widths_mm in (("two", TWO, WIDTHS_MM[::3]), ("long", LONG, WIDTHS_MM[:3]))
    for drawing in one_of_each(conditions, stamp="Simulated ratings")
    for width_mm in widths_mm
]
DRAWINGS += [
    pytest.param(drawing, DOUBLE_COLUMN_MM, id=f"{type(drawing).__name__}-many")
    for drawing in one_of_each(MANY)
]
DRAWINGS += [
    pytest.param(
        heatmap(TWO, raters=tuple(f"pseudonym-{n}" for n in range(30))), width_mm, id=f"raters-{width_mm}"
    )
    for width_mm in WIDTHS_MM[1::2]
]


@pytest.fixture
def watched(drawing: Drawing, width_mm: float) -> Watched:
    return watch(drawing, width_mm=width_mm)


@pytest.mark.parametrize(("drawing", "width_mm"), DRAWINGS)
def test_every_line_is_on_the_sheet_large_enough_and_clear_of_the_others(watched: Watched) -> None:
    outside = [
        words
        for words, _, box in watched.lines
        if box.x0 < 0 or box.y0 < 0 or box.x1 > watched.width or box.y1 > watched.height
    ]
    small = [words for words, size_pt, _ in watched.lines if size_pt < 6.5]
    overlapping = [
        (one[0], other[0]) for one, other in combinations(watched.lines, 2) if _share(one, other) > 0.5
    ]

    assert (outside, small, overlapping) == ([], [], [])


def _share(one: tuple, other: tuple) -> float:
    """Return the area in square pixels that two lines share, after a hair's breadth is taken off each."""
    width = min(one[2].x1, other[2].x1) - max(one[2].x0, other[2].x0) - 1
    height = min(one[2].y1, other[2].y1) - max(one[2].y0, other[2].y0) - 4
    return max(width, 0) * max(height, 0)


@pytest.mark.parametrize("drawing", one_of_each(LONG), ids=lambda drawing: type(drawing).__name__)
@pytest.mark.parametrize("width_mm", [SINGLE_COLUMN_MM])
def test_no_letter_of_a_long_label_is_lost(watched: Watched) -> None:
    labels = {cells[0] for cells in watched.table()[1:]}
    written = "".join("".join(watched.words).split())

    lost = [word for label in labels for word in label.split(": ") if not _is_in(word, written)]

    assert lost == []


def _is_in(label: str, written: str) -> bool:
    known = label.removesuffix(" (human reference)").replace("漢字", "\ufffd\ufffd")
    return "".join(known.split()) in written
