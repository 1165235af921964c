"""Draw the panels of a forest plot: one criterion each, beside the labels that they share."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.figures.condition_labels import LabelColumn, RowLabel
from annotation.figures.interval_mark import draw_interval
from annotation.figures.lettering import HEADING_PT, SMALL_PT, broken, line_mm, widest_mm
from annotation.figures.numerals import NO_RATING, require_finite, require_mean_of
from annotation.figures.sheet import Sheet
from annotation.figures.value_axis import ValueAxis

BETWEEN_PANELS_MM = 4.0
_ROUNDING = 1e-9


@dataclass(frozen=True)
class ForestRow:
    """A condition's mean on one criterion, of n ratings; None where there is no number."""

    group: str
    label: str
    mean: float | None
    low: float | None
    high: float | None
    n: int
    reference: bool = False

    def __post_init__(self) -> None:
        require_finite(self.low, self.high)
        require_mean_of(self.n, self.mean)

    @property
    def row_label(self) -> RowLabel:
        return RowLabel(group=self.group, label=self.label, reference=self.reference)


@dataclass(frozen=True)
class ForestPanel:
    """A criterion: its points, ascending, which way is better in words, and its rows.

    An interval that goes beyond the scale is drawn to its end.
    """

    criterion: str
    points: tuple[float, ...]
    direction: str
    rows: tuple[ForestRow, ...]

    def __post_init__(self) -> None:
        require_finite(*self.points)
        if len(self.points) < 2 or list(self.points) != sorted(set(self.points)):
            raise ValueError("A scale has at least two points, in ascending order.")
        means = [row.mean for row in self.rows if row.mean is not None]
        if any(not self.points[0] - _ROUNDING <= mean <= self.points[-1] + _ROUNDING for mean in means):
            raise ValueError("A mean lies between the ends of its scale.")

    @property
    def marks(self) -> tuple[float, ...]:
        """Points that may be written below the axis; between two points, as for a rate, their middle too."""
        low, high = self.points[0], self.points[-1]
        return (low, (low + high) / 2, high) if len(self.points) == 2 else self.points


def draw_band(sheet: Sheet, top: float, labels: LabelColumn, panels: Sequence[ForestPanel]) -> float:
    """Draw panels beside the labels and return where they end."""
    left = labels.width_mm + 3
    n_mm = n_width_mm(panels)
    length = (sheet.width_mm - left - 0.5 + BETWEEN_PANELS_MM) / len(panels) - BETWEEN_PANELS_MM - n_mm
    axes = [
        ValueAxis(
            low=panel.points[0],
            high=panel.points[-1],
            left_mm=left + 1 + number_of * (length + n_mm + BETWEEN_PANELS_MM),
            length_mm=length - 2,
        )
        for number_of, panel in enumerate(panels)
    ]
    room = length + n_mm
    headings = [broken(panel.criterion, room, HEADING_PT, bold=True) for panel in panels]
    directions = [broken(panel.direction, length, SMALL_PT) for panel in panels]
    heading_end = top + max(map(len, headings)) * line_mm(HEADING_PT)
    body = heading_end + max(map(len, directions)) * line_mm(SMALL_PT) + 0.8
    labels.shade(sheet, body)
    labels.draw(sheet, body)
    ends = []
    for panel, axis, heading, direction in zip(panels, axes, headings, directions, strict=True):
        sheet.lines(axis.left_mm - 1, top, heading, size_pt=HEADING_PT, bold=True)
        sheet.lines(axis.left_mm - 1, heading_end, direction, size_pt=SMALL_PT, colour=sheet.look.ink_soft)
        ends.append(_draw_panel(sheet, body, labels, panel, axis, n_right=axis.left_mm - 1 + room))
    return max(ends)


def _draw_panel(
    sheet: Sheet, top: float, labels: LabelColumn, panel: ForestPanel, axis: ValueAxis, *, n_right: float
) -> float:
    ticks = axis.ticks(panel.marks)
    labels.grid(sheet, top, [axis.at(value) for value in ticks], [row.mean is not None for row in panel.rows])
    sheet.words(
        n_right,
        top - 0.8 - line_mm(SMALL_PT) / 2,
        "n",
        size_pt=SMALL_PT,
        across="right",
        colour=sheet.look.ink_soft,
    )
    for row, middle in zip(panel.rows, labels.middles, strict=True):
        _draw_row(sheet, row, axis, top + middle)
        sheet.words(n_right, top + middle, str(row.n), size_pt=SMALL_PT, across="right")
    return axis.draw(sheet, top + labels.height_mm + 0.5, ticks)


def _draw_row(sheet: Sheet, row: ForestRow, axis: ValueAxis, y: float) -> None:
    if row.mean is None:
        sheet.words(axis.left_mm, y, NO_RATING, size_pt=SMALL_PT, colour=sheet.look.ink_soft)
        return
    colour = sheet.look.marks[1 if row.reference else 0]
    draw_interval(
        sheet,
        axis.at(row.mean),
        y,
        None if row.low is None or row.high is None else (axis.at(row.low), axis.at(row.high)),
        shape="D" if row.reference else "o",
        colour=colour,
        hollow=row.reference,
    )


def n_width_mm(panels: Sequence[ForestPanel]) -> float:
    return widest_mm([str(row.n) for panel in panels for row in panel.rows], SMALL_PT) + 1.5
