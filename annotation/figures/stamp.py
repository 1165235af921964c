"""Print words that every copy of a figure must bear, such as "Simulated ratings"."""

from annotation.figures.lettering import HEADING_PT, broken, line_mm
from annotation.figures.sheet import Sheet

_MARGIN_MM = 0.5


def draw_stamp(sheet: Sheet, words: str) -> float:
    """Print the words in bold and framed, across the top of the sheet; return where the figure may start."""
    if not words:
        return _MARGIN_MM
    lines = broken(words, sheet.width_mm - 5, HEADING_PT, bold=True)
    height = len(lines) * line_mm(HEADING_PT) + 1.6
    sheet.rectangle(_MARGIN_MM, _MARGIN_MM, sheet.width_mm - 2 * _MARGIN_MM, height, edge=sheet.look.ink)
    sheet.lines(2, _MARGIN_MM + 0.8, lines, size_pt=HEADING_PT, bold=True)
    return height + 2.5
