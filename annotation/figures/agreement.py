"""Draw coefficients of agreement with their intervals on one axis, and words where there is none."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from annotation.figures.condition_labels import LabelColumn, RowLabel
from annotation.figures.interval_mark import draw_interval
from annotation.figures.lettering import SMALL_PT, broken, line_mm, widest_mm, width_mm
from annotation.figures.look import Look
from annotation.figures.numerals import interval, number, require_finite
from annotation.figures.sheet import Sheet
from annotation.figures.stamp import draw_stamp
from annotation.figures.value_axis import ValueAxis

LOWEST, HIGHEST = -0.2, 1.0
TENTATIVE, RELIABLE = 0.667, 0.8
_TICKS = (-0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_FEW_TICKS = (0.0, 0.5, 1.0)
_WIDE_MM = 120.0
_SHAPES = "osD^vPXp"
_DASHES = (3.0, 2.0)


@dataclass(frozen=True)
class AgreementRow:
    """A coefficient (label) of a criterion (group). Without a value, note says in words why there is none.

    A note beside a value is for the table: the figure has no room for it.
    """

    group: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    note: str = ""

    def __post_init__(self) -> None:
        require_finite(self.value, self.low, self.high)
        if self.value is None and not self.note:
            raise ValueError("A coefficient that is not given needs words that say why.")

    @property
    def row_label(self) -> RowLabel:
        return RowLabel(group=self.group, label=self.label)


@dataclass(frozen=True)
class Agreement:
    """Coefficients of all criteria. interval_name: what the lines are, as "95 % interval over posts"."""

    title: str
    rows: tuple[AgreementRow, ...]
    interval_name: str
    stamp: str = ""

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("There is no coefficient to draw.")

    def description(self) -> str:
        """Say what is drawn."""
        return (
            f"{len(self.rows)} coefficients of agreement with {self.interval_name}, from −0.2 to 1. "
            "Lines mark .667 and .800, Krippendorff's standards for alpha."
        )

    def table(self) -> list[list[str]]:
        """Return a row for each coefficient."""
        return [["Criterion", "Coefficient", "Value", self.interval_name, "Note"], *map(_spoken, self.rows)]

    def draw(self, look: Look, width_mm: float) -> Figure:
        """Return the figure; numbers stand at the right, as points alone are hard to read off."""
        sheet = Sheet(width_mm=width_mm, look=look)
        labels = LabelColumn([row.row_label for row in self.rows], widest=width_mm * 0.36)
        left = labels.width_mm + 4
        numbers_mm = widest_mm([_numbers(row, width_mm) for row in self.rows], SMALL_PT) + 4
        axis = ValueAxis(LOWEST, HIGHEST, left_mm=left, length_mm=width_mm - left - numbers_mm)
        refusals = [
            broken(row.note, width_mm - left - 0.5, SMALL_PT) if row.value is None else []
            for row in self.rows
        ]
        labels.stretch([len(lines) * line_mm(SMALL_PT) + 1.2 for lines in refusals])

        body = self._draw_standards(sheet, draw_stamp(sheet, self.stamp), labels, axis)
        labels.shade(sheet, body)
        labels.draw(sheet, body)
        for row, lines, middle in zip(self.rows, refusals, labels.middles, strict=True):
            y = body + middle
            sheet.lines(
                left, y - len(lines) * line_mm(SMALL_PT) / 2, lines, size_pt=SMALL_PT, colour=look.ink_soft
            )
            self._draw_row(sheet, row, axis, y)
        end = axis.draw(sheet, body + labels.height_mm + 0.5, _written_ticks(axis)) + 1
        return sheet.cut(
            sheet.paragraph(0.5, end, self._key(), room_mm=width_mm - 1, colour=look.ink_soft) + 1
        )

    def _draw_standards(self, sheet: Sheet, top: float, labels: LabelColumn, axis: ValueAxis) -> float:
        """Draw the lines at zero and at Krippendorff's standards, named where there is room."""
        filled = [row.value is not None for row in self.rows]
        body = top + line_mm(SMALL_PT) + 0.8
        tentative, reliable = axis.at(TENTATIVE), axis.at(RELIABLE)
        words = (".667 tentative", ".800 reliable")
        if (
            width_mm(words[1], SMALL_PT) > sheet.width_mm - reliable
            or width_mm(words[0], SMALL_PT) > tentative - axis.left_mm
        ):
            words = (".667", ".800")
        middle = top + line_mm(SMALL_PT) / 2
        sheet.words(tentative + 0.8, middle, words[0], size_pt=SMALL_PT, across="right")
        sheet.words(reliable - 0.4, middle, words[1], size_pt=SMALL_PT)
        labels.grid(sheet, body, [axis.at(0.0)], filled)
        labels.grid(sheet, body, [tentative], filled, dashes=_DASHES, colour=sheet.look.ink_soft)
        labels.grid(sheet, body, [reliable], filled, colour=sheet.look.ink_soft)
        return body

    def _draw_row(self, sheet: Sheet, row: AgreementRow, axis: ValueAxis, y: float) -> None:
        if row.value is None:
            return
        kinds = list(dict.fromkeys(other.label for other in self.rows))
        kind = kinds.index(row.label)
        colour = sheet.look.marks[kind % len(sheet.look.marks)]
        ends = None if row.low is None or row.high is None else (axis.at(row.low), axis.at(row.high))
        sheet.words(sheet.width_mm - 0.5, y, _numbers(row, sheet.width_mm), size_pt=SMALL_PT, across="right")
        if row.value < LOWEST:
            sheet.words(axis.left_mm - 1.5, y, "◀", size_pt=SMALL_PT, colour=colour)
            return
        if row.low is not None and row.low < LOWEST:
            sheet.words(axis.left_mm - 1.5, y, "◀", size_pt=SMALL_PT, colour=colour)
        draw_interval(sheet, axis.at(row.value), y, ends, shape=_SHAPES[kind % len(_SHAPES)], colour=colour)

    def _key(self) -> str:
        below = [value for row in self.rows for value in (row.value, row.low) if value is not None]
        beyond = "; ◀: goes on below −0.2" if min(below, default=0.0) < LOWEST else ""
        bare = any(row.value is not None and row.low is None for row in self.rows)
        without = "; point without a line: no interval" if bare else ""
        return (
            f"Lines: {self.interval_name}{without}{beyond}. "
            "Krippendorff's standards for alpha: from .800 reliable, from .667 (dashed) for tentative "
            "conclusions; other coefficients have no such standards."
        )


def _written_ticks(axis: ValueAxis) -> tuple[float, ...]:
    every = axis.ticks(_TICKS)
    return every if len(every) == len(_TICKS) else _FEW_TICKS


def _numbers(row: AgreementRow, sheet_mm: float) -> str:
    """Return what stands at the right: with the interval where the sheet has room for it."""
    if row.value is None:
        return ""
    return f"{number(row.value)} {interval(row.low, row.high)}" if sheet_mm >= _WIDE_MM else number(row.value)


def _spoken(row: AgreementRow) -> list[str]:
    none = "not given"
    between = none if row.value is None else interval(row.low, row.high)
    return [row.group, row.label, number(row.value, without=none), between, row.note]
