"""Set words in the one font that matplotlib ships, so that a figure is the same on every machine.

Widths are measured without hinting, in millimetres, so that lines are broken where they must be and no
label is cut.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import text_to_path

MM_PER_PT = 25.4 / 72
LINE_SPACING = 1.22
SMALL_PT, TEXT_PT, HEADING_PT = 6.5, 7.0, 7.5
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_UNKNOWN = "\ufffd"


def font(size_pt: float, *, bold: bool = False) -> FontProperties:
    """Return DejaVu Sans by its file: a system may hold another version under the name."""
    return FontProperties(fname=_font_file(bold), size=size_pt)


def line_mm(size_pt: float) -> float:
    """Return the distance of one line from the next."""
    return size_pt * LINE_SPACING * MM_PER_PT


@lru_cache(maxsize=4096)
def width_mm(words: str, size_pt: float = TEXT_PT, *, bold: bool = False) -> float:
    """Return how wide a line is set."""
    width, _, _ = text_to_path.get_text_width_height_descent(words, font(size_pt, bold=bold), ismath=False)
    return float(width) * MM_PER_PT


def widest_mm(lines: list[str], size_pt: float = TEXT_PT, *, bold: bool = False) -> float:
    """Return the width of the widest of some lines, 0 for none."""
    return max((width_mm(line, size_pt, bold=bold) for line in lines), default=0.0)


@lru_cache(maxsize=4096)
def printable(words: str) -> str:
    """Return words on one line, with a mark for every character that cannot be printed.

    Those are control characters, which XML forbids, and signs that the font does not have.
    """
    letters = get_font(_font_file(bold=False))
    one_line = " ".join(unicodedata.normalize("NFC", words).split())
    return "".join(sign if letters.get_char_index(ord(sign)) else _UNKNOWN for sign in one_line)


def broken(words: str, room_mm: float, size_pt: float = TEXT_PT, *, bold: bool = False) -> list[str]:
    """Break words into lines no wider than the room; at least one line, which may be empty.

    Lines break at spaces, and inside a word only where it is wider than a whole line.
    """
    lines: list[str] = []
    line = ""
    for word in printable(words).split(" "):
        joined = f"{line} {word}" if line else word
        if width_mm(joined, size_pt, bold=bold) <= room_mm:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _broken_word(word, room_mm, size_pt, bold=bold)
        lines.extend(full)
    return [*lines, line]


def _broken_word(word: str, room_mm: float, size_pt: float, *, bold: bool) -> list[str]:
    pieces = [""]
    for sign in word:
        if pieces[-1] and width_mm(pieces[-1] + sign, size_pt, bold=bold) > room_mm:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _font_file(bold: bool) -> str:
    return str(_FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"))
