"""The scores that pages, API, administration and command show: live, from a snapshot where one is current."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from annotation.models import Study
from annotation.queries.score import (
    CriterionColumn,
    RaterScores,
    StudyScores,
    condition_scores,
    criterion_columns,
    scores_for_study,
)
from annotation.queries.snapshot import Computed, computed_of
from annotation.statistics.description import Description, describe


@dataclass(frozen=True)
class ShownScores:
    """Means and numbers of ratings as they are now; what was computed last, of these ratings or others."""

    scores: StudyScores
    computed: Computed | None


def shown_scores(study: Study, *, has_looked: bool = False) -> ShownScores:
    """Return a study's scores, without conditions where it hides them and nobody has looked at them.

    has_looked: whether the log says so of who is going to see these scores.
    """
    shown = _all_scores(study)
    return _without_conditions(shown) if study.are_conditions_hidden and not has_looked else shown


def _without_conditions(shown: ShownScores) -> ShownScores:
    computed = replace(shown.computed, are_conditions_hidden=True) if shown.computed else None
    return ShownScores(without_conditions(shown.scores), computed)


def without_conditions(scores: StudyScores) -> StudyScores:
    """Return the scores with their numbers of ratings and raters, and no condition."""
    return replace(scores, conditions=(), are_conditions_hidden=True)


def _all_scores(study: Study) -> ShownScores:
    """Count all ratings. A current snapshot spares that; the numbers are the same."""
    computed = computed_of(study)
    if computed and computed.is_current:
        return ShownScores(_scores_of(study, computed), computed)
    return ShownScores(scores_for_study(study), computed)


def _scores_of(study: Study, computed: Computed) -> StudyScores:
    report, plan = computed.report, computed.snapshot.plan
    criteria = criterion_columns(study)
    values = {key: [Decimal(value) for value in points] for key, points in plan["points"].items()}

    def described(criterion: CriterionColumn, counts: Sequence[int]) -> Description:
        return describe(dict(zip(values[criterion.key], counts, strict=True)))

    conditions = {condition.pk: condition for condition in study.conditions.select_related("model_spec")}
    return StudyScores(
        slug=study.slug,
        name=study.name,
        criteria=criteria,
        conditions=tuple(
            condition_scores(
                conditions[key],
                size=(of_condition["n_items"], of_condition["n_ratings"]),
                scores={
                    criterion.key: described(criterion, of_condition["scores"][criterion.key]["counts"])
                    for criterion in criteria
                },
            )
            for key, of_condition in zip(plan["conditions"], report["conditions"], strict=True)
        ),
        raters=tuple(
            RaterScores(
                code,
                n_ratings,
                {
                    criterion.key: described(
                        criterion, report["raters"]["criteria"][criterion.key]["counts"][number]
                    )
                    for criterion in criteria
                },
            )
            for number, (code, n_ratings) in enumerate(
                zip(plan["raters"], report["raters"]["n_ratings"], strict=True)
            )
            if n_ratings
        ),
        n_items=report["n_items"],
        n_ratings=report["n_ratings"],
        is_simulated=study.is_simulated,
    )
