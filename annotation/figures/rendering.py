"""Turn a drawing into the bytes of a file: SVG, PDF or PNG, always the same ones for the same drawing.

Words are outlines in SVG (no font is needed to show it) and embedded text in PDF. matplotlib's settings are
global, so one file is made at a time, under settings that end with it; any thread may ask.
"""

import io
from enum import StrEnum
from threading import Lock
from typing import Any, Protocol
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.figure import Figure

from annotation.figures.lettering import printable
from annotation.figures.look import PRINT, Look
from annotation.figures.sheet import PRINT_DPI

SINGLE_COLUMN_MM = 89
DOUBLE_COLUMN_MM = 180
PHONE_MM = 72
_NARROWEST_MM, _WIDEST_MM = 60, 400
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "resort-figures",
    "pdf.fonttype": 42,
    "text.hinting": "none",  # hinted letters would be wider than measured
    "text.usetex": False,
}
_ONE_AT_A_TIME = Lock()


class FileType(StrEnum):
    SVG = "svg"
    PDF = "pdf"
    PNG = "png"


class Drawing(Protocol):
    """What a figure shows. `table` gives its data as rows of words, the first one being the header.

    stamp: a word that must be on every copy ("Simulated ratings"), or "".
    """

    @property
    def title(self) -> str: ...

    @property
    def stamp(self) -> str: ...

    def description(self) -> str:
        """Say in a few sentences what is drawn, for those who do not see it."""

    def table(self) -> list[list[str]]:
        """Return every number drawn, in words and digits."""

    def draw(self, look: Look, width_mm: float) -> Figure:
        """Return the figure; its height follows from its rows."""


def render(
    drawing: Drawing, *, file_type: FileType, width_mm: float = DOUBLE_COLUMN_MM, look: Look = PRINT
) -> bytes:
    """Return the file. The looks of the page are for SVG only; a PDF or PNG is print, at 300 dots an inch.

    A page may show an SVG wider than it is: PHONE_MM is meant to fill a small screen, DOUBLE_COLUMN_MM a
    large one.
    Raises ValueError for another look than print in PDF or PNG, and for a width outside 60 to 400 mm.
    """
    if look.paper is None and file_type is not FileType.SVG:
        raise ValueError("Looks for the page have no paper of their own: they are for SVG only.")
    if not _NARROWEST_MM <= width_mm <= _WIDEST_MM:
        raise ValueError(f"A figure is {_NARROWEST_MM} to {_WIDEST_MM} mm wide.")
    buffer = io.BytesIO()
    with _ONE_AT_A_TIME, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)  # type: ignore[arg-type]
        figure = drawing.draw(look, width_mm)
        figure.savefig(buffer, format=file_type.value, dpi=PRINT_DPI, metadata=_metadata(drawing, file_type))
    made = buffer.getvalue()
    return _with_description(made, drawing) if file_type is FileType.SVG else made


def _metadata(drawing: Drawing, file_type: FileType) -> dict[str, str | None]:
    """Return what a file says about itself, without a date: the same data make the same file."""
    title, description = _title(drawing), printable(drawing.description())
    if file_type is FileType.PDF:
        return {"Title": title, "Subject": description, "CreationDate": None}
    if file_type is FileType.PNG:
        return {"Title": title, "Description": description}
    return {"Title": title, "Date": None}


def _title(drawing: Drawing) -> str:
    return printable(f"{drawing.title} ({drawing.stamp})" if drawing.stamp else drawing.title)


def _with_description(svg: bytes, drawing: Drawing) -> bytes:
    """Add what a screen reader needs: a role, and a description beside the title that matplotlib writes."""
    stamp = f"{drawing.stamp}. " if drawing.stamp else ""
    description = escape(printable(f"{stamp}{drawing.description()}"))
    named = svg.replace(
        b"<svg ", b'<svg role="img" aria-labelledby="figure-title" aria-describedby="figure-description" ', 1
    )
    titled = named.replace(b"<title>", b'<title id="figure-title">', 1)
    closing = f'</title>\n <desc id="figure-description">{description}</desc>'.encode()
    return titled.replace(b"</title>", closing, 1)
