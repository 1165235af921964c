"""Draw the mean that each rater gave to each condition, coloured by its distance from the overall mean."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from annotation.figures.condition_labels import REFERENCE_KEY, LabelColumn, RowLabel
from annotation.figures.heat_cells import (
    LEAST_CELL_MM,
    MOST_CELL_MM,
    Box,
    HeatCell,
    draw_cell,
    draw_colour_key,
    draw_names,
    row_mm,
)
from annotation.figures.lettering import HEADING_PT
from annotation.figures.look import Colour, Look
from annotation.figures.numerals import NO_RATING, number, require_finite
from annotation.figures.sheet import Sheet
from annotation.figures.stamp import draw_stamp


@dataclass(frozen=True)
class HeatRow:
    """A condition: cells (n_raters,), in the order of the figure's raters."""

    group: str
    label: str
    cells: tuple[HeatCell, ...]
    reference: bool = False

    @property
    def row_label(self) -> RowLabel:
        return RowLabel(group=self.group, label=self.label, reference=self.reference)


@dataclass(frozen=True)
class RaterHeatmap:
    """Conditions by raters on one criterion. overall_mean: of all ratings, None when there is none."""

    title: str
    criterion: str
    direction: str
    raters: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    overall_mean: float | None
    stamp: str = ""

    def __post_init__(self) -> None:
        require_finite(self.overall_mean)
        if not self.rows or not self.raters:
            raise ValueError("There is no condition or no rater to draw.")
        if any(len(row.cells) != len(self.raters) for row in self.rows):
            raise ValueError("Every condition has one cell for each rater.")
        if self.overall_mean is None and self._means:
            raise ValueError("Where there are means, there is a mean of all ratings.")

    def description(self) -> str:
        """Say what is drawn."""
        return (
            f"Mean {self.criterion} ({self.direction}) that each of {len(self.raters)} raters gave "
            f"to each of {len(self.rows)} conditions, against the mean of all ratings, {self._overall}."
        )

    def table(self) -> list[list[str]]:
        """Return a row for each condition, a column for each rater."""
        header = ["Condition", *self.raters]
        return [header, *([row.row_label.spoken, *map(_spoken, row.cells)] for row in self.rows)]

    @property
    def farthest(self) -> float:
        """The greatest distance of a cell from the mean of all ratings: where the colours end."""
        return max((abs(mean - (self.overall_mean or 0.0)) for mean in self._means), default=0.0)

    @property
    def _means(self) -> list[float]:
        return [cell.mean for row in self.rows for cell in row.cells if cell.mean is not None]

    @property
    def _overall(self) -> str:
        return number(self.overall_mean, without=NO_RATING)

    def draw(self, look: Look, width_mm: float) -> Figure:
        """Return the figure, its raters in as many bands as the width asks for."""
        sheet = Sheet(width_mm=width_mm, look=look)
        top = self._draw_heading(sheet, draw_stamp(sheet, self.stamp)) + 2
        labels = LabelColumn([row.row_label for row in self.rows], widest=width_mm * 0.42)
        room = width_mm - labels.width_mm - 3.5
        bands = self._bands(room)
        cell_mm = min(room / len(bands[0]), MOST_CELL_MM)
        labels.stretch([row_mm(cell_mm)] * len(self.rows))
        for raters in bands:
            top = self._draw_band(sheet, top, labels, raters, cell_mm) + 3
        return sheet.cut(top - 2)

    def _bands(self, room_mm: float) -> list[range]:
        most = max(int(room_mm / LEAST_CELL_MM), 1)
        bands = -(-len(self.raters) // most)
        size = -(-len(self.raters) // bands)
        everyone = range(len(self.raters))
        return [everyone[start : start + size] for start in range(0, len(self.raters), size)]

    def _draw_heading(self, sheet: Sheet, top: float) -> float:
        room, soft = sheet.width_mm - 1, sheet.look.ink_soft
        top = sheet.paragraph(0.5, top, self.criterion, room_mm=room, size_pt=HEADING_PT, bold=True)
        top = sheet.paragraph(0.5, top, self.direction, room_mm=room, colour=soft) + 1
        top = sheet.paragraph(0.5, top, self._key(), room_mm=room, colour=soft) + 1
        return top if self.overall_mean is None else draw_colour_key(sheet, top, self.farthest)

    def _key(self) -> str:
        missing = any(cell.mean is None for row in self.rows for cell in row.cells)
        parts = [
            "Cells: mean, and n ratings",
            f"colour: distance from the mean of all ratings, {self._overall}",
            f"hatched: {NO_RATING}" if missing else "",
            REFERENCE_KEY if any(row.reference for row in self.rows) else "",
        ]
        return "; ".join(part for part in parts if part) + "."

    def _draw_band(
        self, sheet: Sheet, top: float, labels: LabelColumn, raters: range, cell_mm: float
    ) -> float:
        left = labels.width_mm + 3
        body = draw_names(sheet, top, [self.raters[rater] for rater in raters], left=left, cell_mm=cell_mm)
        labels.draw(sheet, body)
        for row, middle, height in zip(self.rows, labels.middles, labels.heights, strict=True):
            for place, rater in enumerate(raters):
                cell = row.cells[rater]
                box = Box(left + place * cell_mm, body + middle - height / 2, cell_mm, height)
                draw_cell(sheet, cell, self._fill(sheet.look, cell), box)
        return body + labels.height_mm

    def _fill(self, look: Look, cell: HeatCell) -> Colour | None:
        if cell.mean is None or self.overall_mean is None:
            return None
        return look.around_mean((cell.mean - self.overall_mean) / (self.farthest or 1.0))


def _spoken(cell: HeatCell) -> str:
    return NO_RATING if cell.mean is None else f"{number(cell.mean)} (n {cell.n})"
