"""How well raters agree on each criterion, in all and within each condition."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotation.statistics.agreement import (
    ADJACENT_AGREEMENT,
    EXACT_AGREEMENT,
    MEAN_ABSOLUTE_DIFFERENCE,
    specific_agreement,
)
from annotation.statistics.alpha import ALPHA_INTERVAL, ALPHA_NOMINAL, ALPHA_ORDINAL
from annotation.statistics.bootstrap import bootstrap_items, bootstrap_posts
from annotation.statistics.coefficient import Coefficient
from annotation.statistics.gwet import AC1, AC2_QUADRATIC
from annotation.statistics.icc import ICC_SINGLE, icc_mean
from annotation.statistics.interpretation import (
    ac_sentence,
    alpha_sentence,
    icc_sentence,
    paradox_sentence,
    why_not_shown,
)
from annotation.statistics.interval import Estimate
from annotation.statistics.observations import Observations
from annotation.statistics.report.condition_pairs import (
    ConditionPairs,
    ConditionRepeats,
    condition_pairs,
    condition_repeats,
)
from annotation.statistics.report.occasions import occasions_of
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale, StudyRatings


@dataclass(frozen=True)
class CoefficientReport:
    """A coefficient with its intervals over posts (low, high) and over items, and what it means."""

    key: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    low_items: float | None
    high_items: float | None
    reason: str
    sentence: str


@dataclass(frozen=True)
class AgreementReport:
    """Of one criterion. refusal: why no coefficient is shown; then there are none.

    n_paired: items rated twice. paradox: a sentence where raw agreement is high and alpha low; else empty.
    """

    n_items: int
    n_paired: int
    n_ratings: int
    n_raters: int
    refusal: str
    coefficients: tuple[CoefficientReport, ...]
    paradox: str


@dataclass(frozen=True)
class ConditionAgreement(AgreementReport):
    """Within one condition there are also every two raters, and raters who rated items twice."""

    pairs: ConditionPairs
    repeats: ConditionRepeats


@dataclass(frozen=True)
class CriterionAgreement:
    """overall, and by condition in their order. is_ordinal: at which level alpha and AC are, or would be."""

    is_ordinal: bool
    overall: AgreementReport
    conditions: tuple[ConditionAgreement, ...]


def agreement_reports(ratings: StudyRatings, plan: Plan) -> dict[str, CriterionAgreement]:
    """Return the agreement by criterion key."""
    reports = {}
    for criterion, scale in enumerate(ratings.scales):
        observed = ratings.observations(criterion)
        reports[scale.key] = CriterionAgreement(
            is_ordinal=scale.is_ordinal,
            overall=_agreement(observed, scale, plan),
            conditions=tuple(
                _within(ratings, plan, criterion, number, observed.subset(ratings.condition == number))
                for number in range(len(ratings.conditions))
            ),
        )
    return reports


def _within(
    ratings: StudyRatings, plan: Plan, criterion: int, condition: int, observed: Observations
) -> ConditionAgreement:
    return ConditionAgreement(
        **vars(_agreement(observed, ratings.scales[criterion], plan)),
        pairs=condition_pairs(observed, plan),
        repeats=condition_repeats(*occasions_of(ratings, criterion, condition=condition), plan),
    )


def _agreement(observed: Observations, scale: Scale, plan: Plan) -> AgreementReport:
    per_item = np.bincount(observed.unit, minlength=observed.n_units)
    n_paired = int(np.count_nonzero(per_item >= 2))
    refusal = why_not_shown(n_items_rated_twice=n_paired, n_raters=observed.n_raters)
    shown = () if refusal else _coefficients(observed, scale, plan)
    by_key = {coefficient.key: coefficient.value for coefficient in shown}
    return AgreementReport(
        n_items=int(np.count_nonzero(per_item)),
        n_paired=n_paired,
        n_ratings=observed.n_ratings,
        n_raters=observed.n_raters,
        refusal=refusal,
        coefficients=shown,
        paradox=paradox_sentence(
            exact_agreement=by_key.get("exact"),
            alpha=by_key.get("alpha"),
            ratings=np.bincount(observed.category, minlength=len(observed.values)).tolist(),
        ),
    )


def _coefficients(observed: Observations, scale: Scale, plan: Plan) -> tuple[CoefficientReport, ...]:
    asked = _asked(scale, k=plan.raters_per_item)
    coefficients = [coefficient for _, _, coefficient, _ in asked]
    drawn = {"seed": plan.seed, "n_resamples": plan.n_resamples}
    over_posts = bootstrap_posts(observed, coefficients, **drawn)
    over_items = bootstrap_items(observed, coefficients, **drawn)
    return tuple(
        CoefficientReport(
            key=key,
            name=name,
            value=post.value,
            low=post.low,
            high=post.high,
            low_items=item.low,
            high_items=item.high,
            reason=post.reason,
            sentence=say(post),
        )
        for (key, name, _, say), post, item in zip(asked, over_posts, over_items, strict=True)
    )


Say = Callable[[Estimate], str]


def _asked(scale: Scale, *, k: int) -> list[tuple[str, str, Coefficient, Say]]:
    """Return what is computed of a criterion: its key and name, the coefficient, how to say what it means."""

    def unsaid(estimate: Estimate) -> str:
        return estimate.reason

    def of_ac(name: str) -> Say:
        return lambda estimate: ac_sentence(estimate, name=name)

    def of_icc(k: int) -> Say:
        return lambda estimate: icc_sentence(estimate, k=k)

    of_level: list[tuple[str, Coefficient, Say]]
    if scale.is_ordinal:
        of_level = [
            ("adjacent", ADJACENT_AGREEMENT, unsaid),
            ("mean_absolute_difference", MEAN_ABSOLUTE_DIFFERENCE, unsaid),
            ("alpha", ALPHA_ORDINAL, alpha_sentence),
            ("alpha_interval", ALPHA_INTERVAL, alpha_sentence),
            ("ac", AC2_QUADRATIC, of_ac(AC2_QUADRATIC.name)),
        ]
    else:
        of_level = [("alpha", ALPHA_NOMINAL, alpha_sentence), ("ac", AC1, of_ac(AC1.name))]
    asked = [
        ("exact", EXACT_AGREEMENT, unsaid),
        *of_level,
        ("icc", ICC_SINGLE, of_icc(1)),
        ("icc_k", icc_mean(k), of_icc(k)),
    ]
    specific = [
        (f"specific_{value.normalize():f}", f"Agreement on “{scale.name_of(number)}”", number)
        for number, value in enumerate(scale.values)
        if scale.is_rate
    ]
    return [
        *((key, _heading(coefficient), coefficient, say) for key, coefficient, say in asked),
        *((key, name, specific_agreement(number), unsaid) for key, name, number in specific),
    ]


def _heading(coefficient: Coefficient) -> str:
    return coefficient.name[0].upper() + coefficient.name[1:]
