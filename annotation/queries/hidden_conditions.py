"""Until a study is closed, its team may be kept blind: scores without what tells conditions apart."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Exists, OuterRef, Q

from annotation.enums import EventKind
from annotation.models import Study, StudyEvent, User
from annotation.parts import Parts

# Of the figures only these are about all conditions together; of each judge there is a calibration.
AGREEMENT, CALIBRATION = "agreement", "calibration-"
# What a session keeps of its looks: the number of the log's entry, by the study's number.
LOOKS = "looks_at_conditions"


def is_figure_without_conditions(key: str) -> bool:
    return key == AGREEMENT or key.startswith(CALIBRATION)


def figures_without_conditions(key: str) -> Q:
    """Say the same of rows, where `key` is the field that has the figure's."""
    return Q(**{key: AGREEMENT}) | Q(**{f"{key}__startswith": CALIBRATION})


def keep_look(session: SessionBase, look: StudyEvent) -> None:
    """Let who is signed in see the study's scores by condition until she signs out."""
    session[LOOKS] = session.get(LOOKS, {}) | {str(look.study_id): look.pk}


def look_of(user: User, study: Study, session: SessionBase) -> StudyEvent | None:
    """Return the log's entry of the user's look at what the study hides, since she signed in.

    None before it, where nothing is hidden, and where the conditions were hidden anew since. One query in a
    session with a look, else none. A request by token has no session of its own, so it never has looked.
    """
    key = session.get(LOOKS, {}).get(str(study.pk)) if study.are_conditions_hidden else None
    if key is None:
        return None
    hidden_anew = StudyEvent.objects.filter(
        study=study, kind=EventKind.CONDITIONS_HIDDEN, pk__gt=OuterRef("pk")
    )
    looks = StudyEvent.objects.filter(study=study, kind=EventKind.CONDITIONS_LOOKED_AT, by=user, pk=key)
    return looks.filter(~Exists(hidden_anew)).first()


def report_without_conditions(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a snapshot's report without means, agreement and comparisons of single conditions.

    Nor has it what each rater gave to each condition, nor how judges rank them.
    """
    return Parts({name: partial(_without_conditions, report, name) for name in report})


def _without_conditions(report: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  # a part is what JSON gives
    part = report[name]
    match name:
        case "conditions":
            return []
        case "agreement":
            return {key: {**of_criterion, "conditions": []} for key, of_criterion in part.items()}
        case "comparisons":
            return {
                key: {**of_criterion, "contrasts": [], "model": None} for key, of_criterion in part.items()
            }
        case "raters":
            criteria = {key: {**of_criterion, "cells": []} for key, of_criterion in part["criteria"].items()}
            return {**part, "criteria": criteria}
        case "judges":
            return [_judge_without_conditions(judge) for judge in part]
    return part


def _judge_without_conditions(judge: Mapping[str, Any]) -> dict[str, Any]:
    criteria = {
        key: {**of_criterion, "conditions": [], "ranking": None}
        for key, of_criterion in judge["criteria"].items()
    }
    return {**judge, "criteria": criteria}


def judges_in(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what a snapshot's report says of judges.

    Reports of older versions of the program know none, or less of each condition: these are left out.
    """
    return [
        judge
        for judge in report.get("judges", [])
        if all("footing" in criterion["overall"] for criterion in judge["criteria"].values())
    ]


def plan_without_conditions(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return a snapshot's plan without which conditions there are and which of them are compared."""
    return {**plan, "conditions": [], "contrasts": [], "reference": None}
