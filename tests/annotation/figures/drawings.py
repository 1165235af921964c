"""Invented figures of every kind, small and large, and a drawing that remembers what was written on it."""

from dataclasses import dataclass, field
from random import Random

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from annotation.figures.agreement import Agreement, AgreementRow
from annotation.figures.calibration import Calibration, CalibrationPanel, CalibrationRow
from annotation.figures.distribution import Distribution, Distributions
from annotation.figures.forest import Forest
from annotation.figures.forest_panel import ForestPanel, ForestRow
from annotation.figures.heat_cells import HeatCell
from annotation.figures.heatmap import HeatRow, RaterHeatmap
from annotation.figures.look import PRINT, Look
from annotation.figures.ranking import RankedRow, RankingFigure, Side
from annotation.figures.rendering import DOUBLE_COLUMN_MM, Drawing, FileType, render

Condition = tuple[str, str, bool]

TWO: tuple[Condition, ...] = (("", "Vanilla", False), ("", "Guided", True))
REFERENCES: tuple[Condition, ...] = (
    ("Human references", "Top comment", True),
    ("Human references", "Oracle", True),
)
MANY: tuple[Condition, ...] = (
    *REFERENCES,
    *(
        (model, arm, False)
        for model in ("GPT-4 Turbo", "Llama-2 13B chat", "Mistral 7B Instruct")
        for arm in (
            "Vanilla",
            "Self-refine",
            "Appraisals",
            "Constitutions",
            "Both",
            "Both, iterative",
            "a",
            "b",
        )
    ),
)
LONG: tuple[Condition, ...] = (
    (
        "A model with a long name, version 2024-11-05-preview",
        "Iterative, with appraisals and constitutions",
        False,
    ),
    (
        "A model with a long name, version 2024-11-05-preview",
        "AnUnbreakableNameThatOnlyComputersWrite_v1.2",
        False,
    ),
    ("People", "Top comment of $x_1$ <b>&amp; \x0b漢字", True),
)
SCALES = (
    ("Alignment", tuple(float(point) for point in range(1, 11)), "higher is better"),
    ("Empathy", (1.0, 2.0, 3.0, 4.0, 5.0), "higher is better"),
    ("Harmfulness", (0.0, 1.0), "lower is better"),
    ("Factuality", (0.0, 0.5, 1.0), "higher is better"),
)


def forest(conditions: tuple[Condition, ...] = TWO, *, stamp: str = "") -> Forest:
    """Four criteria; the first condition has no rating on the second one, and no interval on the third."""
    draw = Random(1)
    panels = []
    for criterion, points, direction in SCALES:
        rows = []
        for number, (group, label, reference) in enumerate(conditions):
            share = draw.random()
            mean = points[0] + share * (points[-1] - points[0])
            row = ForestRow(group, label, mean, mean * 0.9, mean * 1.1, 18, reference)
            if number == 0 and criterion == "Empathy":
                row = ForestRow(group, label, None, None, None, 0, reference)
            if number == 0 and criterion == "Harmfulness":
                row = ForestRow(group, label, mean, None, None, 18, reference)
            rows.append(row)
        panels.append(ForestPanel(criterion, points, direction, tuple(rows)))
    return Forest("Scores by condition", tuple(panels), "95 % interval", stamp)


def distributions(conditions: tuple[Condition, ...] = TWO, *, stamp: str = "") -> Distributions:
    """Ten points; nobody has rated the first condition."""
    draw = Random(2)
    points = tuple(str(point) for point in range(1, 11))
    rows = tuple(
        Distribution(group, label, tuple(draw.randrange(9) if number else 0 for _ in points), reference)
        for number, (group, label, reference) in enumerate(conditions)
    )
    return Distributions("Distribution", "Alignment", "higher is better", points, rows, stamp)


def heatmap(
    conditions: tuple[Condition, ...] = TWO,
    *,
    raters: tuple[str, ...] = ("Rater 11", "Rater 12", "Rater 14"),
    stamp: str = "",
) -> RaterHeatmap:
    """The first rater has not rated the first condition."""
    draw = Random(3)
    cells = [[HeatCell(draw.uniform(1, 10), draw.randint(1, 12)) for _ in raters] for _ in conditions]
    cells[0][0] = HeatCell(None, 0)
    rows = tuple(
        HeatRow(group, label, tuple(row), reference)
        for (group, label, reference), row in zip(conditions, cells, strict=True)
    )
    return RaterHeatmap("Raters", "Alignment", "higher is better", raters, rows, 5.5, stamp)


def agreement(*, stamp: str = "") -> Agreement:
    """Numbers inside and beyond the axis, without an interval, and refused."""
    rows = (
        AgreementRow("Alignment", "Krippendorff's alpha (ordinal)", 0.43, 0.31, 0.55, "Low."),
        AgreementRow("Alignment", "ICC(1,1)", -0.1, -0.4, 0.2),
        AgreementRow("Alignment", "ICC(1,2)", -0.6, -0.8, -0.5),
        AgreementRow("Harmfulness", "Krippendorff's alpha (nominal)", 0.21, None, None),
        AgreementRow("Harmfulness", "Gwet's AC1", 0.91, 0.87, 1.0),
        AgreementRow("Factuality", "Gwet's AC2", None, None, None, "Only 4 items have two ratings."),
    )
    return Agreement("Agreement of raters", rows, "95 % interval over posts", stamp)


def calibration(*, stamp: str = "") -> Calibration:
    """Four criteria; on each the lowest point was never given and the highest one has no interval."""
    panels = []
    for criterion, points, direction in SCALES:
        rows = [
            CalibrationRow(f"{point:g}", point, middle, points[0], points[-1], 7)
            for point, middle in zip(points, points[::-1], strict=True)
        ]
        rows[0] = CalibrationRow("A point that has words for a name", points[0], None, None, None, 0)
        rows[-1] = CalibrationRow(f"{points[-1]:g}", points[-1], points[0], None, None, 1)
        panels.append(CalibrationPanel(criterion, direction, tuple(rows)))
    judge = "Judge 7B (a language model, not a person)"
    return Calibration("Judge against experts", judge, tuple(panels), "95 % interval over posts", stamp)


def ranking(conditions: tuple[Condition, ...] = TWO, *, stamp: str = "") -> RankingFigure:
    """Ten points; the first condition has no interval by the judge, and one rank is shared."""
    draw = Random(4)
    rows = []
    for number, (group, label, reference) in enumerate(conditions, start=1):
        judge, experts = draw.uniform(1, 10), draw.uniform(1, 10)
        ends = (None, None) if number == 1 else (max(judge - 1, 1), min(judge + 1, 10))
        of_judge = Side(judge, *ends, rank=number + 0.5)
        of_experts = Side(experts, max(experts - 1, 1), min(experts + 1, 10), rank=number)
        rows.append(RankedRow(f"{group}: {label}" if group else label, of_judge, of_experts, 18, reference))
    return RankingFigure(
        title="Order of the conditions",
        judge="Judge 7B (a language model, not a person)",
        criterion="Alignment",
        direction="higher is better",
        points=SCALES[0][1],
        rows=tuple(rows),
        comparison="Kendall's tau-b of the two orders: 0.42 [0.10, 0.63].",
        interval_name="95 % interval over posts",
        stamp=stamp,
    )


def one_of_each(conditions: tuple[Condition, ...] = TWO, *, stamp: str = "") -> list[Drawing]:
    return [
        forest(conditions, stamp=stamp),
        distributions(conditions, stamp=stamp),
        heatmap(conditions, stamp=stamp),
        agreement(stamp=stamp),
        calibration(stamp=stamp),
        ranking(conditions, stamp=stamp),
    ]


@dataclass
class Watched:
    """A drawing that remembers its sheet's size and the lines written on it, with their places in pixels."""

    drawing: Drawing
    width: float = 0.0
    height: float = 0.0
    lines: list[tuple[str, float, Bbox]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.drawing.title

    @property
    def stamp(self) -> str:
        return self.drawing.stamp

    def description(self) -> str:
        return self.drawing.description()

    def table(self) -> list[list[str]]:
        return self.drawing.table()

    def draw(self, look: Look, width_mm: float) -> Figure:
        figure = self.drawing.draw(look, width_mm)
        self.width, self.height = figure.bbox.size
        self.lines = [
            (text.get_text(), text.get_fontsize(), text.get_window_extent()) for text in figure.findobj(Text)
        ]
        return figure

    @property
    def words(self) -> list[str]:
        return [words for words, _, _ in self.lines]


def watch(drawing: Drawing, *, width_mm: float = DOUBLE_COLUMN_MM, look: Look = PRINT) -> Watched:
    """Draw it as SVG, under the settings of a file, and return what was seen."""
    watched = Watched(drawing)
    render(watched, file_type=FileType.SVG, width_mm=width_mm, look=look)
    return watched
