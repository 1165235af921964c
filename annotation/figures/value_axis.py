"""Place values along a line: where they lie, which of them are written, how the line is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.figures.lettering import SMALL_PT, line_mm, width_mm
from annotation.figures.numerals import point
from annotation.figures.sheet import Sheet

_TICK_MM = 0.9
_BETWEEN_TICKS_MM = 2.2


@dataclass(frozen=True)
class ValueAxis:
    """The stretch of a sheet, from left_mm on, that the values low to high are laid on."""

    low: float
    high: float
    left_mm: float
    length_mm: float

    def at(self, value: float) -> float:
        """Return the place of a value; one beyond the ends is placed at the end."""
        along = (value - self.low) / (self.high - self.low)
        return self.left_mm + min(max(along, 0.0), 1.0) * self.length_mm

    def ticks(self, points: Sequence[float]) -> tuple[float, ...]:
        """Choose every point, or every second, third ... of them, so that they stand apart, ends included."""
        steps = len(points) - 1
        for every in range(1, steps):
            if steps % every == 0 and self._are_apart(points[::every]):
                return tuple(points[::every])
        return (points[0], points[-1])

    def _are_apart(self, ticks: Sequence[float]) -> bool:
        half = [width_mm(point(value), SMALL_PT) / 2 for value in ticks]
        rights = [self.at(value) + wide + _BETWEEN_TICKS_MM for value, wide in zip(ticks, half, strict=True)]
        lefts = [self.at(value) - wide for value, wide in zip(ticks, half, strict=True)]
        return all(right <= left for right, left in zip(rights[:-1], lefts[1:], strict=True))

    def draw(self, sheet: Sheet, top: float, ticks: Sequence[float]) -> float:
        """Draw the line with its numbers below it and return where they end."""
        sheet.line((self.at(self.low), top), (self.at(self.high), top), colour=sheet.look.ink, width_pt=0.6)
        middle = top + _TICK_MM + 0.3 + line_mm(SMALL_PT) / 2
        for value in ticks:
            x = self.at(value)
            sheet.line((x, top), (x, top + _TICK_MM), colour=sheet.look.ink, width_pt=0.6)
            sheet.words(x, middle, point(value), size_pt=SMALL_PT, across="center")
        return middle + line_mm(SMALL_PT) / 2
