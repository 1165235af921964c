"""Draw each condition's mean by a judge and by experts, in the experts' order, with both ranks."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from annotation.figures.condition_labels import REFERENCE_KEY, LabelColumn, RowLabel
from annotation.figures.interval_mark import draw_interval
from annotation.figures.lettering import HEADING_PT, SMALL_PT, line_mm, widest_mm
from annotation.figures.look import Look
from annotation.figures.numerals import interval, number, point, require_finite
from annotation.figures.sheet import Sheet
from annotation.figures.stamp import draw_stamp
from annotation.figures.value_axis import ValueAxis

_APART_MM = 0.75
_RANKS = "ranks, n"


@dataclass(frozen=True)
class Side:
    """One side's mean of a condition, with its interval if it has one, and its rank, 1 the highest."""

    mean: float
    low: float | None
    high: float | None
    rank: float

    def __post_init__(self) -> None:
        require_finite(self.mean, self.low, self.high, self.rank)


@dataclass(frozen=True)
class RankedRow:
    """A condition on the same n items for both."""

    label: str
    judge: Side
    experts: Side
    n: int
    reference: bool = False

    @property
    def row_label(self) -> RowLabel:
        return RowLabel(group="", label=self.label, reference=self.reference)


@dataclass(frozen=True)
class RankingFigure:
    """Conditions on one criterion. judge: its name, with the words that it is a model.

    points: the scale's, ascending. comparison: in words, how far the two orders agree.
    """

    title: str
    judge: str
    criterion: str
    direction: str
    points: tuple[float, ...]
    rows: tuple[RankedRow, ...]
    comparison: str
    interval_name: str
    stamp: str = ""

    def __post_init__(self) -> None:
        require_finite(*self.points)
        if len(self.points) < 2 or list(self.points) != sorted(set(self.points)):
            raise ValueError("A scale has at least two points, in ascending order.")
        if not self.rows:
            raise ValueError("There is no condition to draw.")

    def description(self) -> str:
        """Say what is drawn."""
        return (
            f"Mean {self.criterion} ({self.direction}) of {len(self.rows)} conditions by {self.judge} and by "
            f"experts on the same items, in the experts' order. {self.comparison}"
        )

    def table(self) -> list[list[str]]:
        """Return a row for each condition, in the experts' order."""
        header = [
            *("Condition", "Rank by experts", "Rank by the judge", "Experts' mean", self.interval_name),
            *("Judge's mean", self.interval_name, "n items"),
        ]
        return [header, *map(_spoken, self._ordered)]

    @property
    def _ordered(self) -> list[RankedRow]:
        return sorted(self.rows, key=lambda row: (row.experts.rank, row.judge.rank))

    def draw(self, look: Look, width_mm: float) -> Figure:
        """Return the figure; ranks and numbers of items stand at the right, the experts' rank first."""
        sheet = Sheet(width_mm=width_mm, look=look)
        room, soft, rows = width_mm - 1, look.ink_soft, self._ordered
        top = sheet.paragraph(
            0.5, draw_stamp(sheet, self.stamp), self.criterion, room_mm=room, size_pt=HEADING_PT, bold=True
        )
        for line in (f"{self.judge}, and experts; {self.direction}", self.comparison):
            top = sheet.paragraph(0.5, top, line, room_mm=room, colour=soft)
        labels = LabelColumn([row.row_label for row in rows], widest=width_mm * 0.42, least_row_mm=4.2)
        ranks = [f"{point(row.experts.rank)} / {point(row.judge.rank)}, {row.n}" for row in rows]
        left = labels.width_mm + 3
        axis = ValueAxis(
            self.points[0],
            self.points[-1],
            left_mm=left + 1,
            length_mm=width_mm - left - widest_mm([_RANKS, *ranks], SMALL_PT) - 5,
        )
        sheet.words(room, top + line_mm(SMALL_PT) / 2, _RANKS, size_pt=SMALL_PT, across="right", colour=soft)
        body = top + line_mm(SMALL_PT) + 0.3
        ticks = axis.ticks(self.points)
        labels.shade(sheet, body)
        labels.grid(sheet, body, [axis.at(tick) for tick in ticks], [True] * len(rows))
        labels.draw(sheet, body)
        for row, words, middle in zip(rows, ranks, labels.middles, strict=True):
            y = body + middle
            _draw_side(sheet, row.experts, axis, y - _APART_MM, is_judge=False)
            _draw_side(sheet, row.judge, axis, y + _APART_MM, is_judge=True)
            sheet.words(room, y, words, size_pt=SMALL_PT, across="right")
        end = axis.draw(sheet, body + labels.height_mm + 0.5, ticks) + 1
        return sheet.cut(sheet.paragraph(0.5, end, self._key(), room_mm=room, colour=soft) + 1)

    def _key(self) -> str:
        sides = [side for row in self.rows for side in (row.judge, row.experts)]
        parts = [
            f"Filled: experts; hollow: judge; lines: {self.interval_name}",
            "point without a line: no interval" if any(side.low is None for side in sides) else "",
            REFERENCE_KEY if any(row.reference for row in self.rows) else "",
            "ranks: experts / judge, 1 the highest mean; n: items",
        ]
        return "; ".join(part for part in parts if part) + "."


def _draw_side(sheet: Sheet, side: Side, axis: ValueAxis, y: float, *, is_judge: bool) -> None:
    draw_interval(
        sheet,
        axis.at(side.mean),
        y,
        None if side.low is None or side.high is None else (axis.at(side.low), axis.at(side.high)),
        shape="s" if is_judge else "o",
        colour=sheet.look.marks[1 if is_judge else 0],
        hollow=is_judge,
    )


def _spoken(row: RankedRow) -> list[str]:
    return [
        row.row_label.spoken,
        point(row.experts.rank),
        point(row.judge.rank),
        number(row.experts.mean),
        interval(row.experts.low, row.experts.high),
        number(row.judge.mean),
        interval(row.judge.low, row.judge.high),
        str(row.n),
    ]
