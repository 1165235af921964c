"""A report depends on the ratings and the plan alone: not on the order of rows, nor on the process."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from annotation.statistics.report.study import study_report
from tests.annotation.statistics.report.studies import PLAN, RATERS, Row, study_of, worked_rows

PRINT = (
    "import json; from tests.annotation.statistics.report.test_order import as_json, three_raters;"
    "print(as_json(three_raters()))"
)


def three_raters() -> list[Row]:
    """The worked study with a third rater on six of its items."""
    return worked_rows() + [
        Row(post, condition, 2, (5 + post - condition, post % 2))
        for post in range(3)
        for condition in range(2)
    ]


def as_json(
    rows: list[Row], *, items: Sequence[tuple[int, int, int, int]] = (), given: Sequence[int] = ()
) -> str:
    report = study_report(study_of(rows, items=items, given=given), PLAN)
    return json.dumps(report.document(), allow_nan=False)


def test_rows_and_items_in_another_order_give_the_same_bytes() -> None:
    rows = three_raters()
    places = list(range(len(rows)))
    random.Random(5).shuffle(places)
    items = sorted({row.item for row in rows}, key=lambda item: random.Random(str(item)).random())

    shuffled = as_json([rows[place] for place in places], items=items, given=places)

    assert shuffled == as_json(rows)


def test_raters_in_another_order_give_the_same_report() -> None:
    rows, turned = three_raters(), (2, 0, 1)

    report = study_report(study_of(rows), PLAN).document()
    other = study_report(
        study_of(
            [replace(row, rater=turned.index(row.rater)) for row in rows],
            raters=tuple(RATERS[number] for number in turned),
        ),
        PLAN,
    ).document()

    assert (other["conditions"], other["agreement"]) == (report["conditions"], report["agreement"])
    for criterion in ("alignment", "harmfulness"):
        comparisons, others = report["comparisons"][criterion], other["comparisons"][criterion]
        assert others["contrasts"] == comparisons["contrasts"]
        assert others["model"]["effects"][0] == pytest.approx(comparisons["model"]["effects"][0], rel=1e-6)
        for kind in ("use", "severity", "drift"):
            assert by_code(other, criterion, kind, turned) == by_code(report, criterion, kind, (0, 1, 2))
        assert kappas(other, criterion, turned) == kappas(report, criterion, (0, 1, 2))


def by_code(
    report: dict[str, Any], criterion: str, kind: str, order: tuple[int, ...]
) -> dict[str, dict[str, Any]]:
    rows = report["raters"]["criteria"][criterion][kind]
    return {RATERS[order[row["rater"]]]: {**row, "rater": None} for row in rows}


def kappas(report: dict[str, Any], criterion: str, order: tuple[int, ...]) -> dict[frozenset[str], float]:
    return {
        frozenset((RATERS[order[pair["first"]]], RATERS[order[pair["second"]]])): pytest.approx(
            pair["agreement"]["weighted_kappa"]["value"], abs=1e-12
        )
        for pair in report["raters"]["criteria"][criterion]["pairs"]
    }


def test_another_process_gives_the_same_bytes() -> None:
    """Sets and hashes differ from process to process; the report must not."""
    printed = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONHASHSEED": "77"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert printed.stdout == as_json(three_raters()) + "\n"


def test_another_seed_gives_other_intervals_and_the_same_numbers() -> None:
    ratings = study_of(three_raters())

    one, other = (study_report(ratings, replace(PLAN, seed=seed)) for seed in (1, 2))

    means = [report.conditions[0].scores["alignment"].mean for report in (one, other)]
    assert means[0].value == means[1].value
    assert (means[0].low, means[0].high) != (means[1].low, means[1].high)
