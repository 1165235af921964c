"""Draw on a sheet of paper measured in millimetres from its upper left corner.

The sheet has no axes of matplotlib's: a figure places each line, mark and word itself, and the sheet is cut
to its height when everything is on it. It makes a Figure without pyplot, so no state is shared.
"""

from collections.abc import Sequence
from typing import Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from annotation.figures.lettering import (
    MM_PER_PT,
    SMALL_PT,
    TEXT_PT,
    broken,
    font,
    line_mm,
    printable,
)
from annotation.figures.look import Colour, Look

MM_PER_INCH = 25.4
PRINT_DPI = 300
_HALF_OF_LETTERS = 0.34  # of the size: half way between half an x and half a capital in DejaVu Sans


class Sheet:
    """A figure in the making: width is known from the start, height at the end."""

    def __init__(self, *, width_mm: float, look: Look) -> None:
        self.look = look
        self.width_mm = width_mm
        self._figure = Figure(
            figsize=(_inches(width_mm), 1), dpi=PRINT_DPI, facecolor=look.paper or "none", frameon=True
        )
        FigureCanvasAgg(self._figure)
        self._from_mm = Affine2D().scale(1 / MM_PER_INCH, -1 / MM_PER_INCH)
        self._transform = self._from_mm + self._figure.dpi_scale_trans

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        colour: Colour,
        width_pt: float = 0.5,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """Draw a straight line from (x, y) to (x, y)."""
        xs, ys = zip(start, end, strict=True)
        line = Line2D(xs, ys, color=colour, linewidth=width_pt, solid_capstyle="butt", dash_capstyle="butt")
        if dashes:
            line.set_linestyle((0, dashes))
        self._add(line)

    def mark(
        self, x: float, y: float, *, shape: str, colour: Colour, size_pt: float = 4.2, hollow: bool = False
    ) -> None:
        """Draw a point; shape is matplotlib's letter for it. A hollow one shows the paper."""
        fill = (self.look.paper or "none") if hollow else colour
        point = Line2D([x], [y], marker=shape, markersize=size_pt, linestyle="none", markeredgewidth=0.8)
        point.set_markerfacecolor(fill)
        point.set_markeredgecolor(colour)
        self._add(point)

    def rectangle(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour = "none",
        edge: Colour = "none",
        hatch: str | None = None,
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        shape = Rectangle((x, y), width, height, facecolor=fill, edgecolor=edge, linewidth=0.4, hatch=hatch)
        shape.set_hatch_linewidth(0.4)
        self._add(shape)

    def words(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size_pt: float = TEXT_PT,
        bold: bool = False,
        colour: Colour | None = None,
        across: Literal["left", "center", "right"] = "left",
        upright: bool = False,
    ) -> None:
        """Write one line, its letters centred on y; across says which part of it is at x.

        An upright line reads from below: it starts at y and its letters are centred on x.
        """
        lift = _HALF_OF_LETTERS * size_pt * MM_PER_PT
        place = (x + lift, y) if upright else (x, y + lift)
        text = Text(*place, printable(words), fontproperties=font(size_pt, bold=bold), parse_math=False)
        text.set(color=colour or self.look.ink, ha=across, va="baseline", rotation=90 if upright else 0)
        text.set_rotation_mode("anchor")
        self._add(text)

    def paragraph(
        self,
        x: float,
        top: float,
        words: str,
        *,
        room_mm: float,
        size_pt: float = SMALL_PT,
        bold: bool = False,
        colour: Colour | None = None,
    ) -> float:
        """Write words below `top`, broken into lines, and return where they end."""
        return self.lines(
            x, top, broken(words, room_mm, size_pt, bold=bold), size_pt=size_pt, bold=bold, colour=colour
        )

    def lines(
        self,
        x: float,
        top: float,
        lines: Sequence[str],
        *,
        size_pt: float = TEXT_PT,
        bold: bool = False,
        colour: Colour | None = None,
    ) -> float:
        """Write lines below one another and return where they end."""
        for number, line in enumerate(lines):
            middle = top + (number + 0.5) * line_mm(size_pt)
            self.words(x, middle, line, size_pt=size_pt, bold=bold, colour=colour)
        return top + len(lines) * line_mm(size_pt)

    def cut(self, height_mm: float) -> Figure:
        """Cut the sheet to its height and return the figure."""
        self._from_mm.translate(0, _inches(height_mm))
        self._figure.set_size_inches(_inches(self.width_mm), _inches(height_mm))
        return self._figure

    def _add(self, artist: Line2D | Rectangle | Text) -> None:
        artist.set_transform(self._transform)
        artist.set_clip_on(False)
        self._figure.add_artist(artist)


def _inches(mm: float) -> float:
    """Return inches that make a whole number of pixels at print resolution."""
    return round(mm / MM_PER_INCH * PRINT_DPI) / PRINT_DPI
