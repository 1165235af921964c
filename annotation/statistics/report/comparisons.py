"""Planned contrasts, adjusted within each criterion, and the model of all conditions beside them."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.contrast import Contrast, contrast
from annotation.statistics.holm import holm
from annotation.statistics.interpretation import reach_sentence
from annotation.statistics.observations import BoolArray, FloatArray, IntArray
from annotation.statistics.ordinal_model import OrderedLogit, ordered_logit
from annotation.statistics.paired_tests import McNemar, mcnemar
from annotation.statistics.pairs import Pairs
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import StudyRatings


@dataclass(frozen=True)
class ContrastReport:
    """Condition a against condition b. p_holm: the permutation test's p, adjusted within the criterion.

    reach: a sentence where no ratings, whatever they are, could have passed .05. mcnemar: of items that any
    rater gave the upper point of a two-valued criterion; else None.
    """

    a: int
    b: int
    result: Contrast
    p_holm: float | None
    reach: str
    mcnemar: McNemar | None


@dataclass(frozen=True)
class CriterionComparisons:
    """model: None where no reference condition was planned."""

    contrasts: tuple[ContrastReport, ...]
    model: OrderedLogit | None


def comparison_reports(ratings: StudyRatings, plan: Plan) -> dict[str, CriterionComparisons]:
    """Return the comparisons by criterion key; a criterion's contrasts are one family."""
    return {
        scale.key: CriterionComparisons(
            contrasts=_contrasts(ratings, plan, criterion),
            model=_model(ratings, plan, criterion),
        )
        for criterion, scale in enumerate(ratings.scales)
    }


def _contrasts(ratings: StudyRatings, plan: Plan, criterion: int) -> tuple[ContrastReport, ...]:
    cells = _Cells.of(ratings, criterion)
    pairs = [cells.paired(a, b) for a, b in plan.contrasts]
    results = [
        contrast(
            Pairs(a=cells.mean[a, both], b=cells.mean[b, both], post=cells.post[both]),
            seed=plan.seed,
            n_resamples=plan.n_resamples,
        )
        for (a, b), both in zip(plan.contrasts, pairs, strict=True)
    ]
    adjusted = holm([result.sign_flip.p for result in results])
    smallest = holm([result.sign_flip.smallest_p for result in results])
    return tuple(
        ContrastReport(
            a=a,
            b=b,
            result=result,
            p_holm=p_holm,
            reach=""
            if result.sign_flip.p is None
            else reach_sentence(
                n_posts=result.sign_flip.n_posts,
                family_size=len(results),
                smallest_adjusted_p=1.0 if reachable is None else reachable,
            ),
            mcnemar=mcnemar(cells.is_flagged[a, both], cells.is_flagged[b, both])
            if ratings.scales[criterion].is_rate
            else None,
        )
        for (a, b), both, result, p_holm, reachable in zip(
            plan.contrasts, pairs, results, adjusted, smallest, strict=True
        )
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    """The posts and dimensions of a study, each with what every condition got there.

    post: (n_cells,). mean: (n_conditions, n_cells), the mean over a cell's items of their mean scores, NaN
    without a score; an imported study may have several texts of a condition in one cell. is_flagged: of the
    same shape, whether any rater gave one of them the upper point.
    """

    post: IntArray
    mean: FloatArray
    is_flagged: BoolArray

    @classmethod
    def of(cls, ratings: StudyRatings, criterion: int) -> "_Cells":
        keys = np.column_stack((ratings.post, ratings.dimension))
        cells, cell = np.unique(keys, axis=0, return_inverse=True)
        observed = ratings.observations(criterion)
        counts = observed.counts()
        n = counts.sum(axis=1)
        scored = n > 0
        shape = (len(ratings.conditions), len(cells))
        at = (ratings.condition[scored], cell.reshape(-1)[scored])
        sums, items, flags = (np.zeros(shape) for _ in range(3))
        np.add.at(sums, at, (counts[scored] @ observed.values) / n[scored])
        np.add.at(items, at, 1)
        np.add.at(flags, at, counts[scored, -1])
        mean = np.divide(sums, items, out=np.full(shape, np.nan), where=items > 0)
        return cls(post=cells[:, 0], mean=mean, is_flagged=flags > 0)

    def paired(self, a: int, b: int) -> BoolArray:
        """Return (n_cells,): where both conditions have a score."""
        both: BoolArray = np.isfinite(self.mean[a]) & np.isfinite(self.mean[b])
        return both


def _model(ratings: StudyRatings, plan: Plan, criterion: int) -> OrderedLogit | None:
    if plan.reference is None:
        return None
    return ordered_logit(
        ratings.observations(criterion),
        ratings.condition,
        reference=plan.reference,
        condition_names=ratings.conditions,
        rater_names=ratings.raters,
    )
