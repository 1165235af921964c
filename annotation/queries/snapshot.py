"""Which snapshot a study has, and whether it is of the ratings as they are."""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Prefetch, QuerySet, Sum

import annotation.statistics
from annotation.enums import ExclusionKind, FigureLook
from annotation.models import (
    REPORT_PARTS,
    ContrastPlan,
    FigureFile,
    Rating,
    Snapshot,
    SnapshotFigure,
    Study,
)
from annotation.queries.exclusion import exclusions_of, kept_ratings
from annotation.queries.hidden_conditions import (
    figures_without_conditions,
    plan_without_conditions,
    report_without_conditions,
)
from annotation.queries.judge_state import judge_state
from generation.canonical import canonical_sha256

# Flags come and go, and active time may be reported late, while the ratings stay as they are.
LEFT_OUT_BY_MORE = (ExclusionKind.FLAGGED, ExclusionKind.TOO_FAST)


@dataclass(frozen=True)
class Computed:
    """What was computed of a study last. state: that of its ratings and judges now, as `rating_state` tells.

    are_conditions_hidden: whether report, plan and figures are without all that tells conditions apart.
    """

    snapshot: Snapshot
    state: str
    are_conditions_hidden: bool = False

    @property
    def is_current(self) -> bool:
        """Return whether it was computed of the ratings as they are now."""
        return self.snapshot.state == self.state

    @cached_property
    def report(self) -> Mapping[str, Any]:
        report: Mapping[str, Any] = self.snapshot.report
        return report_without_conditions(report) if self.are_conditions_hidden else report

    @property
    def plan(self) -> Mapping[str, Any]:
        plan: Mapping[str, Any] = self.snapshot.plan
        return plan_without_conditions(plan) if self.are_conditions_hidden else plan

    def number_of(self) -> dict[int, int]:
        """Return the place of each condition in the report, by its key."""
        return {key: number for number, key in enumerate(self.plan["conditions"])}


def computed_of(study: Study) -> Computed | None:
    """Return what was computed of a study last, None before the first time. Seven or eight queries."""
    snapshot = newest_snapshot(study)
    return Computed(snapshot, state=rating_state(study)) if snapshot else None


def is_computed(study: Study) -> bool:
    """Say whether the newest snapshot is of the ratings as they are, also where there are none yet."""
    newest = Snapshot.objects.filter(study=study).order_by("-pk").values_list("state", flat=True).first()
    return newest == rating_state(study)


def rating_state(study: Study) -> str:
    """Tell one state of the study's ratings and judges from another. Fast for any size.

    Five queries, with judges six; one more where a rule leaves out ratings by what may change without them.
    Versions are only ever added and no submitted seat is given back, so a rating that comes or is changed
    moves the count, the newest version or the sum of all; the study's conditions, k and planned contrasts
    belong to what is computed.
    """
    rules = list(exclusions_of(study))
    counts = [_moved(Rating.objects.filter(study=study, current__isnull=False))]
    if any(rule.kind in LEFT_OUT_BY_MORE for rule in rules):
        counts.append(_moved(kept_ratings(study)))
    conditions = list(study.conditions.order_by("position").values_list("pk", flat=True))
    plan = ContrastPlan.objects.filter(study=study).aggregate(newest=Max("pk"))["newest"]
    planned = [conditions, study.raters_per_item, study.seed, [rule.pk for rule in rules], plan]
    kept = [counts, *planned, judge_state(study), statistics_sha256()]
    return canonical_sha256(kept)


def _moved(ratings: QuerySet[Rating]) -> list[int]:
    """Return what no change of these ratings leaves as it was. One query."""
    moved = ratings.aggregate(n=Count("pk"), newest=Max("current"), total=Sum("current"))
    # PostgreSQL gives the sum of whole numbers as a decimal.
    return [int(value or 0) for value in moved.values()]


def newest_snapshot(study: Study) -> Snapshot | None:
    """Return what was computed last; None before the first time. One query.

    The ratings kept in it stay in the database, and the parts of its report until they are asked for.
    """
    return Snapshot.objects.filter(study=study).defer("ratings", *REPORT_PARTS).order_by("-pk").first()


def ratings_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return the ratings that a snapshot was computed from: criteria, raters, items, and a row per rating.

    Of a rating: the places of its item and rater in their lists, its own and its version's number, and for
    each criterion the place of the point on the scale, -1 without one. In a study with judges, `judges` has
    of each reply the place of its item, which repeat it is, and for each criterion its outcome (a place in
    `outcomes`, -1 where it was not asked) and then its point.
    """
    kept: dict[str, Any] = json.loads(gzip.decompress(bytes(snapshot.ratings)))
    return kept


@dataclass(frozen=True)
class PageFigure:
    """A figure with its files, by look and type, without what is in them."""

    figure: SnapshotFigure
    light: FigureFile
    dark: FigureFile
    print_files: Sequence[FigureFile]
    one_column_files: Sequence[FigureFile]

    @property
    def head(self) -> Sequence[str]:
        head: Sequence[str] = self.figure.table[0]
        return head

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        rows: Sequence[Sequence[str]] = self.figure.table[1:]
        return rows


def figures_of(computed: Computed) -> list[PageFigure]:
    """Return the snapshot's figures in order, of hidden conditions none. Two queries."""
    figures = computed.snapshot.figures.order_by("position")
    if computed.are_conditions_hidden:
        figures = figures.filter(figures_without_conditions("key"))
    files = Prefetch("files", queryset=FigureFile.objects.defer("content").order_by("pk"))
    return [_page_figure(figure) for figure in figures.prefetch_related(files)]


def _page_figure(figure: SnapshotFigure) -> PageFigure:
    by_look: dict[str, list[FigureFile]] = {}
    for file in figure.files.all():
        by_look.setdefault(file.look, []).append(file)
    return PageFigure(
        figure=figure,
        light=by_look[FigureLook.LIGHT][0],
        dark=by_look[FigureLook.DARK][0],
        print_files=by_look[FigureLook.PRINT],
        # Earlier snapshots were drawn without.
        one_column_files=by_look.get(FigureLook.PRINT_ONE, []),
    )


@lru_cache(maxsize=1)
def statistics_sha256() -> str:
    """Tell one version of the statistics from another: the hash of their source files."""
    root = Path(annotation.statistics.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
