"""Small studies for tests of the report: rows of ratings, made into arrays as the product makes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Grouping, Scale, StudyRatings

ALIGNMENT = Scale("alignment", "Alignment", tuple(map(Decimal, range(1, 11))), is_ordinal=True)
HARM = Scale("harmfulness", "Harmfulness", (Decimal(0), Decimal(1)), is_ordinal=False)
CONDITIONS = ("Plain", "Guided", "Human")
RATERS = ("R01", "R02", "R03", "R04")
PLAN = Plan(contrasts=((1, 0), (2, 0)), reference=0, raters_per_item=2, seed=7, n_resamples=200)


@dataclass(frozen=True)
class Row:
    """One rating; scores: by criterion, None where there is none. variant: 2 is a second text of a cell."""

    post: int
    condition: int
    rater: int
    scores: tuple[int | None, ...]
    dimension: int = 0
    variant: int = 1

    @property
    def item(self) -> tuple[int, int, int, int]:
        return self.post, self.dimension, self.condition, self.variant


def study_of(
    rows: Sequence[Row],
    *,
    scales: tuple[Scale, ...] = (ALIGNMENT, HARM),
    conditions: tuple[str, ...] = CONDITIONS,
    raters: tuple[str, ...] = RATERS,
    items: Sequence[tuple[int, int, int, int]] = (),
    given: Sequence[int] = (),
) -> StudyRatings:
    """Make a study of the rows; `items` and `given` put them in another order than that of the rows."""
    items = items or list(dict.fromkeys(row.item for row in rows))
    cells = np.array(items, dtype=np.int64).reshape(-1, 4)
    return StudyRatings(
        scales=scales,
        conditions=conditions,
        raters=raters,
        post=np.unique(cells[:, 0], return_inverse=True)[1].astype(np.int64),
        dimension=cells[:, 1],
        condition=cells[:, 2],
        item=np.array([items.index(row.item) for row in rows], dtype=np.int64),
        rater=np.array([row.rater for row in rows], dtype=np.int64),
        given=np.array(given or range(len(rows)), dtype=np.int64),
        score=np.array(
            [
                [
                    -1 if score is None else scale.values.index(Decimal(score))
                    for scale, score in zip(scales, row.scores, strict=True)
                ]
                for row in rows
            ],
            dtype=np.int64,
        ).reshape(len(rows), len(scales)),
        groupings={"topic": Grouping(names=("even", "odd"), group=cells[:, 0] % 2)},
    )


# Two raters, five posts; of the planned conditions "Human" has no text yet. Worked by hand in test_study.py.
WORKED = {
    0: [((4, 1), (4, 1)), ((5, 1), (3, 1)), ((2, 1), (4, 0)), ((3, 0), (3, 0)), ((6, 0), (6, 0))],
    1: [((5, 0), (5, 1)), ((6, 0), (6, 0)), ((7, 0), (5, 0)), ((6, 0), (8, 0)), ((4, 0), (6, 0))],
}


def worked_rows() -> list[Row]:
    return [
        Row(post, condition, rater, scores)
        for condition, posts in WORKED.items()
        for post, ratings in enumerate(posts)
        for rater, scores in enumerate(ratings)
    ]


def numbers_without_words(document: object, path: str = "") -> Iterator[str]:
    """Yield the path of every number or interval that is missing although no words say why."""
    if isinstance(document, dict):
        if _is_missing(document) and not document["reason"]:
            yield path
        for key, part in document.items():
            yield from numbers_without_words(part, f"{path}.{key}")
    elif isinstance(document, list | tuple):
        for place, part in enumerate(document):
            yield from numbers_without_words(part, f"{path}.{place}")


def _is_missing(document: dict[str, Any]) -> bool:
    needed = ("value", "low", "high", "p", "p_exact", "correlation")
    return "reason" in document and (
        any(document[name] is None for name in needed if name in document) or document.get("effects") == ()
    )
