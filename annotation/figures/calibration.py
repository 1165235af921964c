"""Draw what experts gave the items to which a judge gave each point, beside where the two would be equal."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from annotation.figures.condition_labels import LabelColumn, RowLabel
from annotation.figures.interval_mark import draw_interval
from annotation.figures.lettering import HEADING_PT, SMALL_PT, line_mm, widest_mm
from annotation.figures.look import Look
from annotation.figures.numerals import interval, number, require_finite, require_mean_of
from annotation.figures.sheet import Sheet
from annotation.figures.stamp import draw_stamp
from annotation.figures.value_axis import ValueAxis

NEVER = "never given"
_DASHES = (1.5, 1.2)


@dataclass(frozen=True)
class CalibrationRow:
    """A point that the judge gave to n items, and the experts' mean of these; None where n is 0."""

    name: str
    point: float
    mean: float | None
    low: float | None
    high: float | None
    n: int

    def __post_init__(self) -> None:
        require_finite(self.point, self.low, self.high)
        require_mean_of(self.n, self.mean)


@dataclass(frozen=True)
class CalibrationPanel:
    """A criterion, which way is better in words, and a row for each point of its scale, ascending."""

    criterion: str
    direction: str
    rows: tuple[CalibrationRow, ...]

    def __post_init__(self) -> None:
        points = [row.point for row in self.rows]
        if len(points) < 2 or points != sorted(set(points)):
            raise ValueError("A scale has at least two points, in ascending order.")

    @property
    def points(self) -> tuple[float, ...]:
        return tuple(row.point for row in self.rows)


@dataclass(frozen=True)
class Calibration:
    """A judge on its criteria. judge: its name, with the words that it is a model."""

    title: str
    judge: str
    panels: tuple[CalibrationPanel, ...]
    interval_name: str
    stamp: str = ""

    def __post_init__(self) -> None:
        if not self.panels:
            raise ValueError("There is no criterion to draw.")

    def description(self) -> str:
        """Say what is drawn."""
        criteria = ", ".join(panel.criterion for panel in self.panels)
        return (
            f"Experts' mean, with {self.interval_name}, of the items to which {self.judge} gave each point, "
            f"on {criteria}. Each axis shows the whole scale; a dashed line marks the judge's own point."
        )

    def table(self) -> list[list[str]]:
        """Return a row for each criterion and point."""
        header = ["Criterion", "Judge gave", "Experts' mean", self.interval_name, "n items"]
        return [header, *(_spoken(panel, row) for panel in self.panels for row in panel.rows)]

    def draw(self, look: Look, width_mm: float) -> Figure:
        """Return the figure: the criteria below one another."""
        sheet = Sheet(width_mm=width_mm, look=look)
        room = width_mm - 1
        top = sheet.paragraph(
            0.5, draw_stamp(sheet, self.stamp), self.judge, room_mm=room, size_pt=HEADING_PT
        )
        for panel in self.panels:
            top = self._draw_panel(sheet, top + 2, panel)
        return sheet.cut(sheet.paragraph(0.5, top + 1, self._key(), room_mm=room, colour=look.ink_soft) + 1)

    def _draw_panel(self, sheet: Sheet, top: float, panel: CalibrationPanel) -> float:
        room, soft = sheet.width_mm - 1, sheet.look.ink_soft
        top = sheet.paragraph(0.5, top, panel.criterion, room_mm=room, size_pt=HEADING_PT, bold=True)
        top = sheet.paragraph(0.5, top, f"Experts' mean; {panel.direction}", room_mm=room, colour=soft) + 0.5
        labels = LabelColumn(
            [RowLabel(group="", label=f"judge gave {row.name}") for row in panel.rows],
            widest=sheet.width_mm * 0.4,
        )
        n_mm = widest_mm(["n", *(str(row.n) for row in panel.rows)], SMALL_PT) + 2
        left = labels.width_mm + 4
        axis = ValueAxis(
            panel.points[0], panel.points[-1], left_mm=left, length_mm=sheet.width_mm - left - n_mm - 2
        )
        sheet.words(room, top + line_mm(SMALL_PT) / 2, "n", size_pt=SMALL_PT, across="right", colour=soft)
        body = top + line_mm(SMALL_PT)
        ticks = axis.ticks(panel.points)
        labels.shade(sheet, body)
        labels.grid(sheet, body, [axis.at(tick) for tick in ticks], [row.n > 0 for row in panel.rows])
        labels.draw(sheet, body)
        rows = zip(panel.rows, labels.middles, labels.heights, strict=True)
        for row, middle, height in rows:
            _draw_row(sheet, row, axis, body + middle, height)
        return axis.draw(sheet, body + labels.height_mm + 0.5, ticks)

    def _key(self) -> str:
        rows: Sequence[CalibrationRow] = [row for panel in self.panels for row in panel.rows]
        bare = any(row.mean is not None and row.low is None for row in rows)
        without = "; point without a line: no interval" if bare else ""
        return (
            f"Points: experts' means; lines: {self.interval_name}{without}; dashed: the point that the judge"
            " gave; n: items."
        )


def _draw_row(sheet: Sheet, row: CalibrationRow, axis: ValueAxis, y: float, height: float) -> None:
    sheet.words(sheet.width_mm - 1, y, str(row.n), size_pt=SMALL_PT, across="right")
    if row.mean is None:
        sheet.words(axis.left_mm + 0.8, y, NEVER, size_pt=SMALL_PT, colour=sheet.look.ink_soft)
        return
    x, half = axis.at(row.point), height / 2
    sheet.line((x, y - half), (x, y + half), colour=sheet.look.ink, width_pt=0.9, dashes=_DASHES)
    ends = None if row.low is None or row.high is None else (axis.at(row.low), axis.at(row.high))
    draw_interval(sheet, axis.at(row.mean), y, ends, shape="o", colour=sheet.look.marks[0])


def _spoken(panel: CalibrationPanel, row: CalibrationRow) -> list[str]:
    between = NEVER if row.mean is None else interval(row.low, row.high)
    return [panel.criterion, row.name, number(row.mean, without=NEVER), between, str(row.n)]
