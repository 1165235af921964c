"""Draw how often each point of a criterion's scale was given to each condition, as shares of a bar."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from annotation.figures.condition_labels import REFERENCE_KEY, LabelColumn, RowLabel
from annotation.figures.lettering import HEADING_PT, SMALL_PT, broken, line_mm, widest_mm, width_mm
from annotation.figures.look import Look, ink_on
from annotation.figures.numerals import NO_RATING
from annotation.figures.sheet import Sheet
from annotation.figures.stamp import draw_stamp
from annotation.figures.value_axis import ValueAxis

_BAR_MM = 3.3
_ROW_MM = 4.5
_GAP_MM = 0.25
_SWATCH_MM = 2.6
_BELOW_KEY_MM = 1.2


@dataclass(frozen=True)
class Distribution:
    """How often each point was given to a condition: counts (n_points,), from the lowest to the highest."""

    group: str
    label: str
    counts: tuple[int, ...]
    reference: bool = False

    def __post_init__(self) -> None:
        if min(self.counts, default=0) < 0:
            raise ValueError("A point cannot be given fewer than 0 times.")

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def row_label(self) -> RowLabel:
        return RowLabel(group=self.group, label=self.label, reference=self.reference)


@dataclass(frozen=True)
class Distributions:
    """A bar for each condition. points: (n_points,) what the points are called, the lowest first."""

    title: str
    criterion: str
    direction: str
    points: tuple[str, ...]
    rows: tuple[Distribution, ...]
    stamp: str = ""

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("There is no condition to draw.")
        if len(self.points) < 2 or any(len(row.counts) != len(self.points) for row in self.rows):
            raise ValueError(
                "Every condition has one count for each of the scale's points, of which two are needed."
            )

    def description(self) -> str:
        """Say what is drawn."""
        return (
            f"Share of each point of {self.criterion} ({self.direction}), "
            f"from {self.points[0]} at the left to {self.points[-1]} at the right, "
            f"for {len(self.rows)} conditions."
        )

    def table(self) -> list[list[str]]:
        """Return a row for each condition: how often each point was given, with its share."""
        header = ["Condition", *(f"{self.criterion} {point}" for point in self.points), "n ratings"]
        return [header, *([row.row_label.spoken, *_spoken_counts(row), str(row.n)] for row in self.rows)]

    def draw(self, look: Look, width_mm: float) -> Figure:
        """Return the figure: a key of the points on top, then the bars on one axis of 0 to 100 %."""
        sheet = Sheet(width_mm=width_mm, look=look)
        top = draw_stamp(sheet, self.stamp)
        labels = LabelColumn(
            [row.row_label for row in self.rows], widest=width_mm * 0.42, least_row_mm=_ROW_MM
        )
        n_mm = widest_mm([str(row.n) for row in self.rows], SMALL_PT) + 3
        left = labels.width_mm + 3
        axis = ValueAxis(low=0, high=100, left_mm=left, length_mm=width_mm - left - n_mm - 0.5)
        body = self._draw_heading(sheet, top)
        beside_key = body - _BELOW_KEY_MM - line_mm(SMALL_PT) / 2
        sheet.words(width_mm - 0.5, beside_key, "n", size_pt=SMALL_PT, across="right", colour=look.ink_soft)
        labels.draw(sheet, body)
        for row, middle in zip(self.rows, labels.middles, strict=True):
            _draw_bar(sheet, row, axis, body + middle)
            sheet.words(width_mm - 0.5, body + middle, str(row.n), size_pt=SMALL_PT, across="right")
        end = axis.draw(sheet, body + labels.height_mm + 0.5, (0, 25, 50, 75, 100)) + 1
        return sheet.cut(
            sheet.paragraph(0.5, end, self._key(), room_mm=width_mm - 1, colour=look.ink_soft) + 1
        )

    def _draw_heading(self, sheet: Sheet, top: float) -> float:
        """Write the criterion, its direction and the key of its points; return where the bars may start."""
        room = sheet.width_mm - 4
        top = sheet.paragraph(0.5, top, self.criterion, room_mm=room, size_pt=HEADING_PT, bold=True)
        top = sheet.paragraph(0.5, top, self.direction, room_mm=room, colour=sheet.look.ink_soft) + 1
        x = 0.5
        for step, point in enumerate(self.points):
            lines = broken(point, room - _SWATCH_MM - 1, SMALL_PT)
            wide = _SWATCH_MM + 1 + widest_mm(lines, SMALL_PT)
            if x > 0.5 and x + wide > room:
                x, top = 0.5, top + line_mm(SMALL_PT) + 0.8
            middle = top + line_mm(SMALL_PT) / 2
            fill = sheet.look.scale_step(step, len(self.points))
            sheet.rectangle(
                x, middle - _SWATCH_MM / 2, _SWATCH_MM, _SWATCH_MM, fill=fill, edge=sheet.look.ink_soft
            )
            top = sheet.lines(x + _SWATCH_MM + 1, top, lines, size_pt=SMALL_PT) - line_mm(SMALL_PT)
            x += wide + 3
        return top + line_mm(SMALL_PT) + _BELOW_KEY_MM

    def _key(self) -> str:
        references = f"{REFERENCE_KEY}; " if any(row.reference for row in self.rows) else ""
        return f"Axis and numbers: share of ratings in %; {references}n: ratings."


def _draw_bar(sheet: Sheet, row: Distribution, axis: ValueAxis, y: float) -> None:
    """Draw a bar of shares with narrow gaps between them, which leave no doubt where one ends."""
    if row.n == 0:
        sheet.words(axis.left_mm, y, NO_RATING, size_pt=SMALL_PT, colour=sheet.look.ink_soft)
        return
    given = 0
    for step, count in enumerate(row.counts):
        left, right = axis.at(100 * given / row.n), axis.at(100 * (given + count) / row.n)
        given += count
        if not count:
            continue
        gap = min(_GAP_MM, (right - left) / 3) if given < row.n else 0.0
        fill = sheet.look.scale_step(step, len(row.counts))
        sheet.rectangle(left, y - _BAR_MM / 2, right - left - gap, _BAR_MM, fill=fill)
        share = f"{100 * count / row.n:.0f}"
        if width_mm(share, SMALL_PT) + 1 <= right - left - gap:
            sheet.words(
                (left + right - gap) / 2, y, share, size_pt=SMALL_PT, across="center", colour=ink_on(fill)
            )
    sheet.rectangle(axis.left_mm, y - _BAR_MM / 2, axis.length_mm, _BAR_MM, edge=sheet.look.ink_soft)


def _spoken_counts(row: Distribution) -> list[str]:
    if row.n == 0:
        return [NO_RATING] * len(row.counts)
    return [f"{count} ({100 * count / row.n:.0f} %)" for count in row.counts]
