"""A study's numbers are computed from one state of its ratings, and kept with it."""

import gzip
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.utils import timezone

from annotation.judging.kind import LANGUAGE_MODEL
from annotation.models import BY_RULE, REPORT_PARTS, Condition, ContrastPlan, Item, Snapshot, Study
from annotation.queries.active_span import rater_times
from annotation.queries.contrast import contrast_plan, planned_contrasts, reference_condition
from annotation.queries.exclusion import exclusion_effects
from annotation.queries.judge_scores import KeyedJudge, keyed_judges
from annotation.queries.snapshot import rating_state, statistics_sha256
from annotation.queries.study_ratings import KeyedRatings, keyed_ratings
from annotation.statistics.judge.report import judge_report
from annotation.statistics.judge.scores import OUTCOMES
from annotation.statistics.report.plan import Plan
from annotation.statistics.report.study import RATER, study_report
from generation.canonical import canonical_json, canonical_sha256


def take_snapshot(study: Study, *, n_resamples: int = 2_000) -> Snapshot:
    """Compute everything from the ratings as they are now, and keep it with them.

    Takes seconds for hundreds of items, so it is a worker's job. The state is read before the ratings: one
    that comes in between makes the snapshot count as out of date, never as newer than it is.
    """
    taken_at, state = timezone.now(), rating_state(study)
    keyed = keyed_ratings(study)
    judges = keyed_judges(study, keyed)
    planned = contrast_plan(study)
    plan = _plan(study, keyed, planned, n_resamples=n_resamples)
    kept = _kept(study, keyed) | _kept_judges(judges)
    active_seconds = {times.code: times.median_active_seconds for times in rater_times(study)}
    report = study_report(keyed.ratings, plan).document() | {
        "active_seconds_median": active_seconds,
        "judges": [_judge_document(judge, keyed, plan) for judge in judges],
    }
    parts = {part: report.pop(part) for part in REPORT_PARTS}
    return Snapshot.objects.create(
        study=study,
        state=state,
        data_sha256=canonical_sha256(kept),
        code_sha256=statistics_sha256(),
        plan=asdict(plan) | _planning(planned) | _names(keyed) | {"exclusions": _exclusions(study)},
        overview=report,
        **parts,
        ratings=gzip.compress(canonical_json(kept).encode(), mtime=0),
        taken_at=taken_at,
    )


def _judge_document(judge: KeyedJudge, keyed: KeyedRatings, plan: Plan) -> dict[str, Any]:
    """Return a judge's report under its name, marked as a model's: whoever reads it must see that."""
    judge_run = judge.judge_run
    return {
        "judge_run": judge_run.pk,
        "judge": judge_run.judge,
        "kind": LANGUAGE_MODEL,
        "origin": judge_run.origin,
    } | judge_report(keyed.ratings, judge.scores, plan).document()


def _kept_judges(judges: Sequence[KeyedJudge]) -> dict[str, Any]:
    """Return the judges' replies, by item and repeat; nothing of a study without judges."""
    if not judges:
        return {}
    kept = [
        {
            "judge": judge.judge_run.judge,
            "judge_run": judge.judge_run.pk,
            "replies": np.column_stack(
                (judge.scores.item, judge.scores.repeat, judge.scores.outcome, judge.scores.score)
            ).tolist(),
        }
        for judge in judges
    ]
    return {"outcomes": list(OUTCOMES), "judges": kept}


def _exclusions(study: Study) -> list[dict[str, Any]]:
    return [
        {"rule": str(effect.exclusion), "reason": effect.exclusion.reason, "n_ratings": effect.n_ratings}
        for effect in exclusion_effects(study)
    ]


def _planning(planned: ContrastPlan | None) -> dict[str, Any]:
    """Return how the contrasts came about: by the rule, or when they were planned and what was known then."""
    return {
        "planned": planned.planned if planned else BY_RULE,
        "planned_at": planned.at.isoformat() if planned else None,
        "looks_before_plan": planned.n_looks if planned else 0,
        "is_by_rule": planned is None or planned.is_rule,
        "primary_criterion": planned.primary_criterion.key if planned and planned.primary_criterion else None,
    }


def _names(keyed: KeyedRatings) -> dict[str, Any]:
    """Return what a report's numbers stand for: conditions' keys, raters' codes, groups, values of points."""
    raters = list(keyed.ratings.raters)
    groups = {kind: list(grouping.names) for kind, grouping in keyed.ratings.groupings.items()}
    return {
        "conditions": list(keyed.conditions),
        "raters": raters,
        "groups": {RATER: raters, **groups},
        "points": {scale.key: [str(value) for value in scale.values] for scale in keyed.ratings.scales},
    }


def _plan(study: Study, keyed: KeyedRatings, planned: ContrastPlan | None, *, n_resamples: int) -> Plan:
    number_of = {pk: number for number, pk in enumerate(keyed.conditions)}
    reference = reference_condition(study)
    return Plan(
        contrasts=tuple((number_of[a.pk], number_of[b.pk]) for a, b in planned_contrasts(study, planned)),
        reference=number_of[reference.pk] if reference else None,
        raters_per_item=study.raters_per_item,
        seed=study.seed,
        n_resamples=n_resamples,
    )


def _kept(study: Study, keyed: KeyedRatings) -> dict[str, Any]:
    """Return the ratings in the order in which they were handed in, which is what drift is told from."""
    ratings = keyed.ratings
    columns = [ratings.item, ratings.rater, keyed.rating, keyed.version]
    cells = _cells(study)
    by_time = np.argsort(ratings.given)
    rows = zip(
        *(column[by_time].tolist() for column in columns), ratings.score[by_time].tolist(), strict=True
    )
    return {
        "criteria": [
            {"key": scale.key, "values": [f"{value.normalize():f}" for value in scale.values]}
            for scale in ratings.scales
        ],
        "raters": list(ratings.raters),
        "items": [cells[item] for item in keyed.items.tolist()],
        "ratings": [[*numbers, *points] for *numbers, points in rows],
    }


def _cells(study: Study) -> dict[int, list[Any]]:
    """Return of each item what it is, by its key: item, post, dimension, and its condition's four names."""
    conditions = Condition.objects.filter(study=study).select_related("model_spec")
    names = {
        condition.pk: [
            condition.source,
            condition.model_spec.name if condition.model_spec else "",
            condition.pipeline,
            condition.method,
        ]
        for condition in conditions
    }
    items = Item.objects.filter(study=study).values_list(
        "pk", "post__position", "dimension__key", "condition"
    )
    return {pk: [pk, post, dimension, *names[condition]] for pk, post, dimension, condition in items}
