"""Planned contrasts, adjusted within each criterion, and the model of all conditions beside them."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.contrast import Contrast, contrast
from annotation.statistics.holm import holm
from annotation.statistics.interpretation import reach_sentence
from annotation.statistics.observations import BoolArray, IntArray
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
    observed = ratings.observations(criterion)
    counts = observed.counts()
    n = counts.sum(axis=1)
    means = np.divide(counts @ observed.values, n, out=np.full(len(n), np.nan), where=n > 0)
    pairs = [_paired(ratings, a, b, has_score=n > 0) for a, b in plan.contrasts]
    results = [
        contrast(
            Pairs(a=means[of_a], b=means[of_b], post=ratings.post[of_a]),
            seed=plan.seed,
            n_resamples=plan.n_resamples,
        )
        for of_a, of_b in pairs
    ]
    adjusted = holm([result.sign_flip.p for result in results])
    smallest = holm([result.sign_flip.smallest_p for result in results])
    is_flagged = counts[:, -1] > 0
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
            mcnemar=mcnemar(is_flagged[of_a], is_flagged[of_b])
            if ratings.scales[criterion].is_rate
            else None,
        )
        for (a, b), (of_a, of_b), result, p_holm, reachable in zip(
            plan.contrasts, pairs, results, adjusted, smallest, strict=True
        )
    )


def _paired(ratings: StudyRatings, a: int, b: int, *, has_score: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the items of a and of b that answer the same post and dimension, row by row."""
    cell = ratings.post * (int(ratings.dimension.max(initial=0)) + 1) + ratings.dimension
    of_a = np.flatnonzero((ratings.condition == a) & has_score)
    of_b = np.flatnonzero((ratings.condition == b) & has_score)
    _, first, second = np.intersect1d(cell[of_a], cell[of_b], return_indices=True)
    return of_a[first], of_b[second]


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
