import re
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from xml.etree import ElementTree

import matplotlib
import pytest

from annotation.figures.look import DARK, LIGHT, PRINT, Look
from annotation.figures.rendering import DOUBLE_COLUMN_MM, SINGLE_COLUMN_MM, Drawing, FileType, render
from tests.annotation.figures.drawings import LONG, agreement, forest, heatmap, one_of_each, watch

made = cache(render)
EACH = pytest.mark.parametrize("drawing", one_of_each(), ids=lambda drawing: type(drawing).__name__)
STAMPED = pytest.mark.parametrize(
    "drawing", one_of_each(stamp="Simulated ratings"), ids=lambda drawing: type(drawing).__name__
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("look", [PRINT, LIGHT, DARK], ids=lambda look: look.name)
@pytest.mark.parametrize("drawing", one_of_each(LONG), ids=lambda drawing: type(drawing).__name__)
def test_svg_names_and_describes_itself(drawing: Drawing, look: Look) -> None:
    root = _parsed(render(drawing, file_type=FileType.SVG, look=look))

    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert (title.text, description.text) == (drawing.title, drawing.description())
    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == (
        "img",
        title.get("id"),
        description.get("id"),
    )


def test_svg_needs_no_font() -> None:
    root = _parsed(render(forest(), file_type=FileType.SVG))

    assert list(root.iter(f"{SVG}text")) == []


@pytest.mark.parametrize(("look", "paper"), [(PRINT, "#ffffff"), (LIGHT, "none"), (DARK, "none")])
def test_svg_paper_is_white_in_print_and_absent_on_pages(look: Look, paper: str) -> None:
    root = _parsed(render(forest(), file_type=FileType.SVG, look=look))

    assert next(root.iter(f"{SVG}path")).get("style") == f"fill: {paper}"


@pytest.mark.parametrize(("width_mm", "pixels"), [(SINGLE_COLUMN_MM, 1051), (DOUBLE_COLUMN_MM, 2126)])
@EACH
def test_png_has_print_width_at_300_dots_an_inch(drawing: Drawing, width_mm: int, pixels: int) -> None:
    png = render(drawing, file_type=FileType.PNG, width_mm=width_mm)

    width, _ = struct.unpack(">II", png[16:24])
    dots_per_metre = struct.unpack(">IIB", _png_chunks(png)[b"pHYs"][0])
    assert (png[:8], width, dots_per_metre) == (b"\x89PNG\r\n\x1a\n", pixels, (11811, 11811, 1))


@pytest.mark.parametrize(
    ("drawing", "width_mm"),
    [(heatmap(), SINGLE_COLUMN_MM), (agreement(), DOUBLE_COLUMN_MM)],
    ids=["heatmap", "agreement"],
)
def test_pdf_has_print_width_and_embedded_letters(drawing: Drawing, width_mm: int) -> None:
    pdf = made(drawing, file_type=FileType.PDF, width_mm=width_mm)

    box = re.search(rb"/MediaBox \[ *0 0 ([\d.]+) ([\d.]+) *\]", pdf)
    assert pdf.startswith(b"%PDF-")
    assert float(box[1]) / 72 * 25.4 == pytest.approx(width_mm, abs=0.05)
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf


def test_height_follows_from_the_rows() -> None:
    few, many = watch(forest()), watch(forest(LONG))

    assert few.height < many.height


@pytest.mark.parametrize("file_type", [FileType.SVG, FileType.PNG])
@EACH
def test_same_drawing_gives_the_same_bytes(drawing: Drawing, file_type: FileType) -> None:
    assert render(drawing, file_type=file_type) == made(drawing, file_type=file_type)


@pytest.mark.parametrize("file_type", FileType)
def test_no_file_bears_a_date(file_type: FileType) -> None:
    assert not re.search(rb"dc:date|CreationDate|ModDate|tIME", made(heatmap(), file_type=file_type))


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import sys; from annotation.figures.rendering import *;"
        "from tests.annotation.figures.drawings import heatmap;"
        "sys.stdout.buffer.write(render(heatmap(), file_type=FileType.PDF));"
        "assert not {'matplotlib.pyplot', 'django'} & set(sys.modules)"
    )

    other = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout

    assert other == made(heatmap(), file_type=FileType.PDF)


def test_threads_do_not_disturb_each_other() -> None:
    file_types = (FileType.SVG, FileType.PNG)
    orders = [(drawing, file_type) for drawing in one_of_each() for file_type in file_types]
    alone = [made(drawing, file_type=file_type) for drawing, file_type in orders]

    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda order: render(order[0], file_type=order[1]), orders))

    assert together == alone


def test_settings_are_left_as_they_were() -> None:
    with matplotlib.rc_context({"svg.fonttype": "none", "font.size": 33}):
        before = dict(matplotlib.rcParams)
        foreign = render(forest(), file_type=FileType.SVG)
        after = dict(matplotlib.rcParams)

    assert after == before
    assert foreign == render(forest(), file_type=FileType.SVG)


@STAMPED
def test_stamp_is_printed_and_named_in_svg(drawing: Drawing) -> None:
    root = _parsed(render(drawing, file_type=FileType.SVG))

    assert watch(drawing).words[0] == "Simulated ratings"
    assert root.find(f"{SVG}title").text == f"{drawing.title} (Simulated ratings)"
    assert root.find(f"{SVG}desc").text == f"Simulated ratings. {drawing.description()}"


@STAMPED
def test_stamp_is_in_the_title_of_png(drawing: Drawing) -> None:
    png = render(drawing, file_type=FileType.PNG)

    assert f"Title\x00{drawing.title} (Simulated ratings)".encode() in _png_chunks(png)[b"tEXt"]


def test_stamp_is_in_the_title_of_pdf() -> None:
    pdf = render(heatmap(stamp="Simulated ratings"), file_type=FileType.PDF)

    assert rb"/Title (Raters \(Simulated ratings\))" in pdf


@EACH
def test_without_a_stamp_nothing_is_called_simulated(drawing: Drawing) -> None:
    assert "imulated" not in " ".join([*watch(drawing).words, drawing.description()])


@pytest.mark.parametrize("file_type", [FileType.PDF, FileType.PNG])
def test_looks_of_the_page_are_for_svg_only(file_type: FileType) -> None:
    with pytest.raises(ValueError, match="SVG only"):
        render(forest(), file_type=file_type, look=DARK)


@pytest.mark.parametrize("width_mm", [59.9, 401.0, float("nan")])
def test_width_that_no_page_has_raises(width_mm: float) -> None:
    with pytest.raises(ValueError, match="60 to 400 mm"):
        render(forest(), file_type=FileType.SVG, width_mm=width_mm)


def _parsed(svg: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  # our own file


def _png_chunks(png: bytes) -> dict[bytes, list[bytes]]:
    """Return the contents of a PNG's chunks by their kind, checking each checksum."""
    chunks: dict[bytes, list[bytes]] = {}
    place = 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert (
            zlib.crc32(kind + content)
            == struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0]
        )
        chunks.setdefault(kind, []).append(content)
        place += 12 + length
    return chunks
