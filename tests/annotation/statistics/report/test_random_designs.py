"""Any small study, however lopsided, has a report that holds together."""

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.statistics.report.study import study_report
from tests.annotation.statistics.report.studies import (
    CONDITIONS,
    PLAN,
    RATERS,
    Row,
    numbers_without_words,
    study_of,
)

pytestmark = pytest.mark.filterwarnings("error")

QUICK = replace(PLAN, contrasts=((1, 0), (2, 0), (2, 1)), n_resamples=40)
SCORES = st.tuples(
    st.none() | st.sampled_from([1, 2, 5, 9, 10]) | st.integers(1, 10), st.none() | st.integers(0, 1)
)
ROWS = st.lists(
    st.builds(
        Row,
        post=st.integers(0, 6),
        condition=st.integers(0, len(CONDITIONS) - 1),
        rater=st.integers(0, len(RATERS) - 1),
        scores=SCORES,
        dimension=st.integers(0, 1),
    ),
    max_size=70,
    unique_by=lambda row: (row.item, row.rater),
)


@settings(max_examples=60)
@given(ROWS)
def test_report_of_any_study_holds_together(rows: list[Row]) -> None:
    report = study_report(study_of(rows), QUICK)
    document = report.document()

    json.dumps(document, allow_nan=False)
    assert list(numbers_without_words(document)) == []
    assert report.n_ratings == len(rows) == sum(condition.n_ratings for condition in report.conditions)
    for number, key in enumerate(("alignment", "harmfulness")):
        scores = [row.scores[number] for row in rows if row.scores[number] is not None]
        assert [condition.scores[key].n for condition in report.conditions] == [
            sum(condition.scores[key].counts) for condition in report.conditions
        ]
        assert sum(condition.scores[key].n for condition in report.conditions) == len(scores)
        assert sum(use.n for use in report.raters.criteria[key].use) == len(scores)
        contrasts = report.comparisons[key].contrasts
        assert [(contrast.a, contrast.b) for contrast in contrasts] == list(QUICK.contrasts)
        for contrast in contrasts:
            p, adjusted = contrast.result.sign_flip.p, contrast.p_holm
            assert p is None or contrast.result.sign_flip.smallest_p <= p <= (adjusted or 0) <= 1


@settings(max_examples=30)
@given(ROWS, st.randoms(use_true_random=False))
def test_report_of_any_study_does_not_depend_on_the_order_of_rows(rows: list[Row], random: Random) -> None:
    places = list(range(len(rows)))
    random.shuffle(places)

    shuffled = study_report(study_of([rows[place] for place in places], given=places), QUICK)

    assert shuffled == study_report(study_of(rows), QUICK)
