import pytest

from annotation.domain.snapshot import take_snapshot
from annotation.queries.hidden_conditions import (
    judges_in,
    plan_without_conditions,
    report_without_conditions,
)
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def test_without_conditions_report_and_plan_keep_the_rest() -> None:
    cast = make_study(posts=2)
    for user in cast.raters:
        for seat in cast.assignments(user):
            rate(seat)
    answer_judge(start_judge(cast))
    snapshot = take_snapshot(cast.study, n_resamples=200)
    whole, plan = dict(snapshot.report), snapshot.plan
    within = whole["agreement"]["empathy"]["conditions"][0]

    report = dict(report_without_conditions(whole))

    emptied = {
        "conditions": report.pop("conditions"),
        "agreement": [each.pop("conditions") for each in report["agreement"].values()],
        "cells": [each.pop("cells") for each in report["raters"]["criteria"].values()],
        "contrasts": [each.pop("contrasts") for each in report["comparisons"].values()],
        "model": [each.pop("model") for each in report["comparisons"].values()],
        "judged": [each.pop("conditions") for each in report["judges"][0]["criteria"].values()],
        "ranking": [each.pop("ranking") for each in report["judges"][0]["criteria"].values()],
    }
    assert emptied == {
        "conditions": [],
        "agreement": [[]] * 4,
        "cells": [[]] * 4,
        "contrasts": [[]] * 4,
        "model": [None] * 4,
        "judged": [[]] * 4,
        "ranking": [None] * 4,
    }
    filled = [whole.pop("conditions")]
    for of_criteria, names in (
        (whole["agreement"], ["conditions"]),
        (whole["raters"]["criteria"], ["cells"]),
        (whole["comparisons"], ["contrasts", "model"]),
        (whole["judges"][0]["criteria"], ["conditions", "ranking"]),
    ):
        filled += [of_criterion.pop(name) for of_criterion in of_criteria.values() for name in names]
    assert all(filled)
    assert {"pairs", "repeats"} <= within.keys()
    assert report == whole
    assert plan_without_conditions(plan) == plan | {"conditions": [], "contrasts": [], "reference": None}
    assert plan["conditions"] and plan["contrasts"]


def test_report_of_an_older_program_has_no_judges() -> None:
    assert judges_in({"n_items": 3}) == []
