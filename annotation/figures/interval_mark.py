"""Draw a number as a point and its interval as a line."""

from annotation.figures.look import Colour
from annotation.figures.sheet import Sheet

_HOLLOW_MM = 0.9


def draw_interval(
    sheet: Sheet,
    x: float,
    y: float,
    ends: tuple[float, float] | None,
    *,
    shape: str,
    colour: Colour,
    hollow: bool = False,
) -> None:
    """Draw a point and, if its ends are known, the line, which does not cross a hollow point."""
    inside = _HOLLOW_MM if hollow else 0.0
    if ends is not None:
        low, high = ends
        for start, end in ((low, min(x - inside, high)), (max(x + inside, low), high)):
            if start < end:
                sheet.line((start, y), (end, y), colour=colour, width_pt=1.1)
    sheet.mark(x, y, shape=shape, colour=colour, hollow=hollow)
