"""Draw the cells of a heatmap, the names above them and the scale of their colours."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.figures.lettering import SMALL_PT, TEXT_PT, broken, line_mm, widest_mm, width_mm
from annotation.figures.look import Colour, ink_on
from annotation.figures.numerals import number, require_mean_of
from annotation.figures.sheet import Sheet

LEAST_CELL_MM, MOST_CELL_MM = 9.0, 24.0
_GAP_MM = 0.4
_ONE_LINE_CELL_MM = 15.5
_HATCH = "/////"
_UPRIGHT_ROOM_MM = 32.0
_KEY_STEPS, _KEY_STEP_MM, _KEY_MM = 9, 3.2, 2.6


@dataclass(frozen=True)
class HeatCell:
    """The mean of the n ratings that one rater gave to one condition; None without any."""

    mean: float | None
    n: int

    def __post_init__(self) -> None:
        require_mean_of(self.n, self.mean)


@dataclass(frozen=True)
class Box:
    """A cell's place on the sheet, in mm."""

    x: float
    y: float
    width: float
    height: float


def row_mm(cell_mm: float) -> float:
    """Return how high rows are: wide cells hold mean and n beside each other, narrow ones below."""
    return 4.4 if cell_mm >= _ONE_LINE_CELL_MM else 6.6


def draw_cell(sheet: Sheet, cell: HeatCell, fill: Colour | None, box: Box) -> None:
    """Fill a cell and write its numbers into it, or hatch it where there are none (fill None)."""
    shown = Box(box.x, box.y + _GAP_MM / 2, box.width - _GAP_MM, box.height - _GAP_MM)
    if cell.mean is None or fill is None:
        sheet.rectangle(shown.x, shown.y, shown.width, shown.height, edge=sheet.look.hatch, hatch=_HATCH)
        return
    sheet.rectangle(shown.x, shown.y, shown.width, shown.height, fill=fill)
    mean, n, ink = number(cell.mean), f"n {cell.n}", ink_on(fill)
    centre, middle = shown.x + shown.width / 2, shown.y + shown.height / 2
    if box.width >= _ONE_LINE_CELL_MM:
        sheet.words(centre + 0.3, middle, mean, across="right", colour=ink)
        sheet.words(centre + 1.5, middle, n, size_pt=SMALL_PT, colour=ink)
    else:
        sheet.words(centre, middle - 1.35, mean, across="center", colour=ink)
        sheet.words(centre, middle + 1.45, n, size_pt=SMALL_PT, across="center", colour=ink)


def draw_names(sheet: Sheet, top: float, names: Sequence[str], *, left: float, cell_mm: float) -> float:
    """Write names above their columns, all upright if one is too wide; return where the cells start."""
    centres = [left + (place + 0.5) * cell_mm - _GAP_MM / 2 for place in range(len(names))]
    if max(width_mm(word) for name in names for word in name.split() or [""]) > cell_mm - 1:
        return _draw_upright(sheet, top, names, centres) + 1
    lines = [broken(name, cell_mm - 0.5) for name in names]
    bottom = top + max(map(len, lines)) * line_mm(TEXT_PT)
    for name_lines, centre in zip(lines, centres, strict=True):
        for below, line in enumerate(reversed(name_lines)):
            sheet.words(centre, bottom - (below + 0.5) * line_mm(TEXT_PT), line, across="center")
    return bottom + 1


def draw_colour_key(sheet: Sheet, top: float, farthest: float) -> float:
    """Draw the colours from the farthest below the mean to the farthest above; return where that ends."""
    length, x = _KEY_STEPS * _KEY_STEP_MM, 0.5
    for step in range(_KEY_STEPS):
        fill = sheet.look.around_mean(2 * step / (_KEY_STEPS - 1) - 1)
        sheet.rectangle(x + step * _KEY_STEP_MM, top, _KEY_STEP_MM, _KEY_MM, fill=fill)
    sheet.rectangle(x, top, length, _KEY_MM, edge=sheet.look.ink_soft)
    middle = top + _KEY_MM + 0.5 + line_mm(SMALL_PT) / 2
    sheet.words(x, middle, number(-farthest), size_pt=SMALL_PT)
    sheet.words(x + length / 2, middle, "0", size_pt=SMALL_PT, across="center")
    sheet.words(x + length, middle, f"+{number(farthest)}", size_pt=SMALL_PT, across="right")
    return middle + line_mm(SMALL_PT) / 2


def _draw_upright(sheet: Sheet, top: float, names: Sequence[str], centres: Sequence[float]) -> float:
    lines = [broken(name, _UPRIGHT_ROOM_MM) for name in names]
    bottom = top + max(widest_mm(name_lines) for name_lines in lines)
    for name_lines, centre in zip(lines, centres, strict=True):
        for number_of, line in enumerate(name_lines):
            across = (number_of - (len(name_lines) - 1) / 2) * line_mm(TEXT_PT)
            sheet.words(centre + across, bottom, line, upright=True)
    return bottom
