"""The texts and criteria with which every study starts: annotation/example/study.yaml."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from annotation.enums import RationaleRule
from annotation.judging.scale import Point
from annotation.models import Criterion, ScalePoint, Study

FILE = Path(__file__).resolve().parent.parent / "example" / "study.yaml"


@dataclass(frozen=True)
class StudyTexts:
    name: str
    instructions: str
    consent: str
    support_contact: str
    concern_protocol: str


def default_texts() -> StudyTexts:
    texts = _read()
    return StudyTexts(
        name=texts["name"],
        instructions=texts["instructions"].strip(),
        consent=texts["consent"].strip(),
        support_contact=texts["support_contact"].strip(),
        concern_protocol=texts["concern_protocol"].strip(),
    )


def add_default_criteria(study: Study) -> None:
    """Give a new study the four criteria of the method, with their scales."""
    for position, entry in enumerate(_read()["criteria"], start=1):
        rule, points_with_rationale = _rationale_rule(entry["rationale_rule"])
        criterion = Criterion.objects.create(
            study=study,
            key=entry["key"],
            label=entry["label"],
            question=entry["question"],
            rationale_question=entry["rationale_question"],
            rationale_rule=rule,
            rationale_min_length=entry["rationale_min_length"],
            direction=entry["direction"],
            level=entry["level"],
            low_label=entry["low_label"],
            high_label=entry["high_label"],
            position=position,
        )
        ScalePoint.objects.bulk_create(
            ScalePoint(
                criterion=criterion,
                key=point["key"],
                label=point["label"],
                value=Decimal(point["value"]),
                needs_rationale=rule == RationaleRule.ALWAYS or point["key"] in points_with_rationale,
                position=point_position,
            )
            for point_position, point in enumerate(entry["points"], start=1)
        )


def default_scales() -> dict[str, list[Point]]:
    """Return the scales of the method's criteria by key. No query."""
    return {
        entry["key"]: [
            Point(point["key"], point["label"], Decimal(point["value"])) for point in entry["points"]
        ]
        for entry in _read()["criteria"]
    }


def _rationale_rule(entry: str | dict[str, list[str]]) -> tuple[RationaleRule, frozenset[str]]:
    if isinstance(entry, dict):
        return RationaleRule.WHEN_POINTS, frozenset(entry["when_points"])
    return RationaleRule(entry), frozenset()


@cache
def _read() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return texts
