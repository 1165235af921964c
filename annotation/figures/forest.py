"""Draw the mean of each condition with its interval, one panel for each criterion on its whole scale."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from annotation.figures.condition_labels import REFERENCE_KEY, LabelColumn, RowLabel
from annotation.figures.forest_panel import (
    BETWEEN_PANELS_MM,
    ForestPanel,
    ForestRow,
    draw_band,
    n_width_mm,
)
from annotation.figures.look import Look
from annotation.figures.numerals import NO_RATING, interval, number
from annotation.figures.sheet import Sheet
from annotation.figures.stamp import draw_stamp

_NARROWEST_PANEL_MM = 20.0


@dataclass(frozen=True)
class Forest:
    """Panels that share their rows, in one order. interval_name: what the lines are, as "95 % interval"."""

    title: str
    panels: tuple[ForestPanel, ...]
    interval_name: str
    stamp: str = ""

    def __post_init__(self) -> None:
        if not self.panels or not self.panels[0].rows:
            raise ValueError("There is no condition to draw.")
        if len({tuple(row.row_label for row in panel.rows) for panel in self.panels}) > 1:
            raise ValueError("Panels share their rows: the same conditions, in the same order.")

    def description(self) -> str:
        """Say what is drawn."""
        criteria = ", ".join(f"{panel.criterion} ({panel.direction})" for panel in self.panels)
        return (
            f"Mean and {self.interval_name} of {len(self.labels)} conditions on {criteria}. "
            "Each axis shows the whole scale."
        )

    def table(self) -> list[list[str]]:
        """Return a row for each condition and criterion."""
        header = ["Condition", "Criterion", "Mean", self.interval_name, "n ratings"]
        return [header, *(_spoken(panel, row) for panel in self.panels for row in panel.rows)]

    @property
    def labels(self) -> list[RowLabel]:
        return [row.row_label for row in self.panels[0].rows]

    def draw(self, look: Look, width_mm: float) -> Figure:
        """Return the figure: panels side by side, in as many bands as the width asks for."""
        sheet = Sheet(width_mm=width_mm, look=look)
        top = draw_stamp(sheet, self.stamp)
        labels = LabelColumn(self.labels, widest=width_mm * (0.32 if width_mm > 120 else 0.44))
        for band in self._bands(width_mm - labels.width_mm - 2):
            top = draw_band(sheet, top, labels, band) + 3
        return sheet.cut(
            sheet.paragraph(0.5, top - 1, self._key(), room_mm=width_mm - 1, colour=look.ink_soft) + 1
        )

    def _bands(self, room_mm: float) -> list[tuple[ForestPanel, ...]]:
        each = _NARROWEST_PANEL_MM + BETWEEN_PANELS_MM + n_width_mm(self.panels)
        most = max(int((room_mm + BETWEEN_PANELS_MM) / each), 1)
        bands = -(-len(self.panels) // most)
        size = -(-len(self.panels) // bands)
        return [self.panels[start : start + size] for start in range(0, len(self.panels), size)]

    def _key(self) -> str:
        """Explain what the figure shows, as far as it shows it."""
        rows = [row for panel in self.panels for row in panel.rows]
        bare = any(row.mean is not None and row.low is None for row in rows)
        parts = [
            f"Points: means; lines: {self.interval_name}",
            "point without a line: no interval" if bare else "",
            REFERENCE_KEY if any(row.reference for row in rows) else "",
            "n: ratings",
        ]
        return "; ".join(part for part in parts if part) + "."


def _spoken(panel: ForestPanel, row: ForestRow) -> list[str]:
    mean = number(row.mean, without=NO_RATING)
    between = interval(row.low, row.high) if row.mean is not None else NO_RATING
    return [row.row_label.spoken, panel.criterion, mean, between, str(row.n)]
