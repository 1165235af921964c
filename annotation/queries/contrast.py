"""Which conditions of a study are compared with which: as planned, else by a rule."""

from django.db.models import Count, QuerySet

from annotation.enums import ConditionSource, EventKind
from annotation.models import Condition, ContrastPlan, Study, StudyEvent

BASELINE = ("INDV", "vanilla")

Contrasts = list[tuple[Condition, Condition]]


def contrast_plans(study: Study) -> QuerySet[ContrastPlan]:
    """Return what was planned, the newest first, each with `n_contrasts`, 0 for the rule's."""
    return (
        ContrastPlan.objects.filter(study=study)
        .select_related("by", "primary_criterion")
        .annotate(n_contrasts=Count("contrasts"))
        .order_by("-pk")
    )


def contrast_plan(study: Study) -> ContrastPlan | None:
    """Return the plan that holds; None where nobody has planned anything. One query."""
    return contrast_plans(study).first()


def planned_contrasts(study: Study, plan: ContrastPlan | None) -> Contrasts:
    """Return the pairs (a, b) to compare, a against b, of the plan that holds. One query."""
    if plan is None or plan.is_rule:
        return contrasts_by_rule(study)
    of_plan = plan.contrasts.select_related("a__model_spec", "b__model_spec").order_by("position")
    return [(contrast.a, contrast.b) for contrast in of_plan]


def contrasts_by_rule(study: Study) -> Contrasts:
    """Return the pairs (a, b) that are compared where nobody planned otherwise. One query.

    Every strategy of a model against the same model's unguided text, INDV vanilla: what guidance adds, as the
    paper asks. A model without that condition has no contrast. Where no text is a model's, every human source
    but the first against the first.
    """
    conditions = list(study.conditions.select_related("model_spec").order_by("position"))
    if all(condition.source == ConditionSource.HUMAN for condition in conditions):
        return [(condition, conditions[0]) for condition in conditions[1:]]
    baselines = {condition.model_spec_id: condition for condition in conditions if _is_baseline(condition)}
    return [
        (condition, baselines[condition.model_spec_id])
        for condition in conditions
        if condition.source == ConditionSource.MODEL
        and condition.model_spec_id in baselines
        and not _is_baseline(condition)
    ]


def looks_at_conditions(study: Study) -> int:
    """Count how often somebody looked at scores by condition while the study hid them. One query."""
    return StudyEvent.objects.filter(study=study, kind=EventKind.CONDITIONS_LOOKED_AT).count()


def reference_condition(study: Study) -> Condition | None:
    """Return the condition with which the model of all conditions compares: the first unguided one, else any.

    None for a study of fewer than two conditions. One query.
    """
    conditions = list(study.conditions.select_related("model_spec").order_by("position"))
    if len(conditions) < 2:
        return None
    return next((condition for condition in conditions if _is_baseline(condition)), conditions[0])


def _is_baseline(condition: Condition) -> bool:
    return (condition.pipeline, condition.method) == BASELINE
