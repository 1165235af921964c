"""Which conditions of a study are compared with which."""

from annotation.enums import ConditionSource
from annotation.models import Condition, Study

BASELINE = ("INDV", "vanilla")


def planned_contrasts(study: Study) -> list[tuple[Condition, Condition]]:
    """Return the pairs (a, b) to compare, a against b. One query.

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
