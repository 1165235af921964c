"""A study's contrasts and its primary criterion are planned, or left to the rule; every plan is kept."""

from collections.abc import Sequence

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import EventKind
from annotation.models import Condition, ContrastPlan, Criterion, PlannedContrast, Study, User
from annotation.queries.contrast import contrast_plan, looks_at_conditions, planned_contrasts
from annotation.queries.counted_rating import counted_ratings

Contrasts = Sequence[tuple[Condition, Condition]]


@transaction.atomic
def plan_contrasts(
    study: Study,
    *,
    contrasts: Contrasts,
    primary_criterion: Criterion | None,
    based_on: int | None,
    by: User,
) -> ContrastPlan:
    """Compare these pairs (a, b), a against b, from now on. The same plan again changes nothing.

    based_on: the number of the plan that the planner saw, None for none. Raises StudyError where another one
    holds since, and for pairs that are none, of one condition, of another study's, or there twice.
    """
    study = _locked(study)
    newest = contrast_plan(study)
    _require_same(newest, based_on)
    _check(study, contrasts, primary_criterion)
    if newest and not newest.is_rule:
        holds = (planned_contrasts(study, newest), newest.primary_criterion)
        if holds == (list(contrasts), primary_criterion):
            return newest
    return _plan(study, contrasts=contrasts, primary_criterion=primary_criterion, by=by)


@transaction.atomic
def plan_by_rule(study: Study, *, by: User) -> None:
    """Compare by the rule again, without a primary criterion. Where that holds already nothing changes."""
    study = _locked(study)
    newest = contrast_plan(study)
    if newest and not newest.is_rule:
        _plan(study, contrasts=(), primary_criterion=None, by=by)


def require_unplanned(study: Study, conditions: Sequence[Condition]) -> None:
    """Raise StudyError where the plan that holds compares one of the conditions."""
    plan = contrast_plan(study)
    if plan is None or plan.is_rule:
        return
    planned = {condition.pk for pair in planned_contrasts(study, plan) for condition in pair}
    if names := [str(condition) for condition in conditions if condition.pk in planned]:
        raise StudyError(
            f"The planned contrasts compare {', '.join(names)}. Take it out of them first, or leave it in the"
            " design."
        )


def _require_same(newest: ContrastPlan | None, based_on: int | None) -> None:
    if newest and newest.pk != based_on:
        raise StudyError(
            f"{newest.by} changed the plan after you opened this page. Below is what you chose; the plan that"
            " holds stands above it. Save again to put yours in its place."
        )


def _check(study: Study, contrasts: Contrasts, primary_criterion: Criterion | None) -> None:
    if not contrasts:
        raise StudyError("Please choose at least one contrast, or go back to the rule.")
    if primary_criterion and primary_criterion.study_id != study.pk:
        raise StudyError("Please choose one of the study's criteria.")
    seen: set[frozenset[int]] = set()
    for a, b in contrasts:
        if {a.study_id, b.study_id} != {study.pk}:
            raise StudyError("Please choose among the study's conditions.")
        if a.pk == b.pk:
            raise StudyError(f"{a} cannot be compared with itself.")
        if frozenset({a.pk, b.pk}) in seen:
            raise StudyError(f"{a} and {b} are there twice: please compare them once, in one direction.")
        seen.add(frozenset({a.pk, b.pk}))


def _plan(
    study: Study, *, contrasts: Contrasts, primary_criterion: Criterion | None, by: User
) -> ContrastPlan:
    plan = ContrastPlan.objects.create(
        study=study,
        is_rule=not contrasts,
        primary_criterion=primary_criterion,
        n_ratings=counted_ratings(study).count(),
        n_looks=looks_at_conditions(study),
        by=by,
    )
    PlannedContrast.objects.bulk_create(
        PlannedContrast(plan=plan, a=a, b=b, position=position)
        for position, (a, b) in enumerate(contrasts, start=1)
    )
    record_event(study, EventKind.CONTRASTS_PLANNED, by=by, detail=_in_words(plan, len(contrasts)))
    return plan


def _in_words(plan: ContrastPlan, n_contrasts: int) -> str:
    parts = ["by the rule" if plan.is_rule else f"{n_contrasts} contrast{'' if n_contrasts == 1 else 's'}"]
    if plan.primary_criterion:
        parts.append(f"primary criterion {plan.primary_criterion.key}")
    return ", ".join([*parts, f"with {plan.n_ratings} ratings in"])


def _locked(study: Study) -> Study:
    """Return the study as it is now, held against others until the transaction ends."""
    return Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
