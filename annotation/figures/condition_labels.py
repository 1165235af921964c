"""Set the column of labels at the left, which gives every row its place: groups are headings above rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.figures.lettering import TEXT_PT, broken, line_mm, printable, widest_mm
from annotation.figures.sheet import Sheet

REFERENCE_SIGN = "◇"
REFERENCE_KEY = f"{REFERENCE_SIGN} human reference"
_INDENT_MM = 1.5
_ROW_PADDING_MM = 1.2
_GROUP_PADDING_MM = 1.0
_FEW_ROWS = 5


@dataclass(frozen=True)
class RowLabel:
    """What stands at the left of a row. Rows of a group follow each other; "" is no group."""

    group: str
    label: str
    reference: bool = False

    @property
    def printed(self) -> str:
        return f"{REFERENCE_SIGN} {self.label}" if self.reference else self.label

    @property
    def spoken(self) -> str:
        """The label in full, for a table or a reader's voice."""
        group = f"{self.group}: " if self.group else ""
        return f"{group}{self.label}{' (human reference)' if self.reference else ''}"


@dataclass(frozen=True)
class _Row:
    heading: tuple[str, ...]
    heading_mm: float
    lines: tuple[str, ...]
    height_mm: float


class LabelColumn:
    """Labels broken into lines, and the place of each row below the top of the column, in mm.

    middles: (n_rows,); spans: (n_rows,) from where to where a row goes, its heading included.
    """

    def __init__(self, labels: Sequence[RowLabel], *, widest: float, least_row_mm: float = 0.0) -> None:
        wanted = max(
            widest_mm([printable(label.group) for label in labels], bold=True),
            widest_mm([printable(label.printed) for label in labels]) + _indent(labels),
        )
        self.width_mm = min(wanted + 0.2, widest)
        self._indent = _indent(labels)
        self._least_row_mm = least_row_mm
        groups = ["", *(label.group for label in labels)]
        self._rows = [
            self._row(label, new_group=label.group != before)
            for label, before in zip(labels, groups, strict=False)
        ]
        self.stretch([0.0] * len(labels))

    def stretch(self, least_mm: Sequence[float]) -> None:
        """Give each row at least some height, (n_rows,), for what stands beside the label."""
        self.middles: list[float] = []
        self.spans: list[tuple[float, float]] = []
        self.heights: list[float] = []
        top = 0.0
        for row, least in zip(self._rows, least_mm, strict=True):
            height = max(row.height_mm, least)
            start = top + row.heading_mm
            self.middles.append(start + height / 2)
            self.spans.append((top, start + height))
            self.heights.append(height)
            top = start + height
        self.height_mm = top

    def draw(self, sheet: Sheet, top: float) -> None:
        """Write the labels at the left edge of the sheet."""
        for row, (start, _), middle in zip(self._rows, self.spans, self.middles, strict=True):
            sheet.lines(0.5, top + start + _GROUP_PADDING_MM, row.heading, bold=True)
            first = top + middle - len(row.lines) * line_mm(TEXT_PT) / 2
            sheet.lines(0.5 + self._indent, first, row.lines)

    def shade(self, sheet: Sheet, top: float) -> None:
        """Where rows are many, shade every other one, to lead the eye from label to number."""
        if len(self._rows) > _FEW_ROWS:
            for middle, height in list(zip(self.middles, self.heights, strict=True))[::2]:
                sheet.rectangle(0, top + middle - height / 2, sheet.width_mm, height, fill=sheet.look.shade)

    def grid(
        self,
        sheet: Sheet,
        top: float,
        places: Sequence[float],
        filled: Sequence[bool],
        *,
        dashes: tuple[float, float] | None = None,
        colour: str | None = None,
    ) -> None:
        """Draw upright lines past the rows that are filled, (n_rows,); words stand in the others."""
        for start, end in _runs(self.spans, filled):
            for x in places:
                sheet.line(
                    (x, top + start),
                    (x, top + end),
                    colour=colour or sheet.look.grid,
                    dashes=dashes,
                    width_pt=0.5,
                )

    def _row(self, label: RowLabel, *, new_group: bool) -> _Row:
        heading = tuple(broken(label.group, self.width_mm, bold=True)) if new_group and label.group else ()
        lines = tuple(broken(label.printed, self.width_mm - self._indent))
        return _Row(
            heading=heading,
            heading_mm=len(heading) * line_mm(TEXT_PT) + (_GROUP_PADDING_MM if heading else 0),
            lines=lines,
            height_mm=max(len(lines) * line_mm(TEXT_PT) + _ROW_PADDING_MM, self._least_row_mm),
        )


def _indent(labels: Sequence[RowLabel]) -> float:
    return _INDENT_MM if any(label.group for label in labels) else 0.0


def _runs(spans: Sequence[tuple[float, float]], filled: Sequence[bool]) -> list[tuple[float, float]]:
    """Join the spans of filled rows that touch."""
    runs: list[tuple[float, float]] = []
    for (start, end), is_filled in zip(spans, filled, strict=True):
        if is_filled and runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        elif is_filled:
            runs.append((start, end))
    return runs
