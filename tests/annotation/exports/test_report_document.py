import json
from datetime import UTC, datetime
from typing import Any

import pytest

from annotation.domain.snapshot import take_snapshot
from annotation.exports.report_document import (
    agreement_document,
    comparisons_document,
    interval,
    snapshot_document,
)
from annotation.models import Snapshot
from annotation.queries.snapshot import Computed
from annotation.statistics.report.study import study_report
from tests.annotation.ratings import rate
from tests.annotation.statistics.report.studies import PLAN, RATERS, Row, study_of, worked_rows
from tests.factories import make_study

NAMES: list[dict[str, Any]] = [{"method": name} for name in ("Plain", "Guided", "Human")]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """Return the report of the worked study as the database gives it back."""
    document: dict[str, Any] = json.loads(json.dumps(study_report(study_of(worked_rows()), PLAN).document()))
    return document


def test_interval_is_low_and_high_or_none() -> None:
    assert interval({"low": 1.5, "high": 2.5}) == [1.5, 2.5]
    assert interval({"low": None, "high": None}) is None


def test_agreement_of_a_rate_is_nominal_with_specific_agreement(report: dict[str, Any]) -> None:
    """The numbers are worked by hand in the test of the report."""
    harm = agreement_document(report, k=2, conditions=NAMES, raters=RATERS)["harmfulness"]

    assert {name: harm[name] for name in ("n_items", "n_ratings", "n_raters", "percent", "adjacent")} == {
        "n_items": 10,
        "n_ratings": 20,
        "n_raters": 2,
        "percent": 0.8,
        "adjacent": None,
    }
    assert (harm["krippendorff_alpha"]["level"], harm["gwet_ac"]["weights"]) == ("nominal", "identity")
    assert harm["krippendorff_alpha"]["value"] == pytest.approx(1 - 76 / 168)
    assert {key: specific["value"] for key, specific in harm["specific"].items()} == pytest.approx(
        {"0": 12 / 14, "1": 4 / 6}
    )


def test_agreement_of_an_ordered_scale_names_its_level_and_weights(report: dict[str, Any]) -> None:
    alignment = agreement_document(report, k=2, conditions=NAMES, raters=RATERS)["alignment"]

    assert (alignment["krippendorff_alpha"]["level"], alignment["gwet_ac"]["weights"]) == (
        "ordinal",
        "quadratic",
    )
    assert (alignment["percent"], alignment["adjacent"], alignment["mean_absolute_difference"]) == (
        0.5,
        0.5,
        1.0,
    )
    assert (alignment["icc"]["form"], alignment["icc_k"]["form"], alignment["icc_k"]["k"]) == (
        "1,1",
        "1,k",
        2,
    )
    assert alignment["specific"] == {}


def test_agreement_has_both_intervals(report: dict[str, Any]) -> None:
    [alpha] = [
        coefficient
        for coefficient in report["agreement"]["harmfulness"]["overall"]["coefficients"]
        if coefficient["key"] == "alpha"
    ]

    told = agreement_document(report, k=2, conditions=NAMES, raters=RATERS)["harmfulness"][
        "krippendorff_alpha"
    ]

    assert told["ci"] == [alpha["low"], alpha["high"]]
    assert told["ci_items"] == [alpha["low_items"], alpha["high_items"]]
    assert told["ci"] != told["ci_items"]


def test_refused_agreement_has_the_words_and_no_number() -> None:
    report = study_report(study_of([]), PLAN).document()

    alignment = agreement_document(report, k=2, conditions=NAMES, raters=RATERS)["alignment"]

    refused = {"value": None, "ci": None, "ci_items": None, "reason": "Nobody has rated this yet."}
    assert (alignment["n_items"], alignment["percent"]) == (0, None)
    assert {name: alignment["icc"][name] for name in refused} == refused
    assert {name: alignment["krippendorff_alpha"][name] for name in refused} == refused


def test_refused_agreement_names_the_level_of_its_criterion() -> None:
    """What would have been computed does not depend on how much was rated."""
    report = study_report(study_of([]), PLAN).document()

    alignment = agreement_document(report, k=2, conditions=NAMES, raters=RATERS)["alignment"]

    assert (alignment["krippendorff_alpha"]["level"], alignment["gwet_ac"]["weights"]) == (
        "ordinal",
        "quadratic",
    )


def test_agreement_within_conditions_has_pairs_and_re_ratings() -> None:
    rows = [Row(post, 1, rater, (1 + (post * rater) % 4, 0)) for post in range(10) for rater in range(2)]
    report = json.loads(json.dumps(study_report(study_of(rows), PLAN).document()))
    [pair] = report["agreement"]["alignment"]["conditions"][1]["pairs"]["shown"]

    plain, guided, human = agreement_document(report, k=2, conditions=NAMES, raters=RATERS)["alignment"][
        "conditions"
    ]

    assert [each["method"] for each in (plain, guided, human)] == ["Plain", "Guided", "Human"]
    assert guided["krippendorff_alpha"]["value"] is not None
    [told] = guided["pairs"]["shown"]
    assert (told["raters"], told["n_items"]) == (["R01", "R02"], 10)
    for name in ("exact", "mean_difference"):
        assert told[name] == {
            "value": pair[name]["value"],
            "ci": pair[name]["posts"],
            "ci_items": pair[name]["items"],
            "reason": "",
        }
        assert told[name]["ci"] is not None
    assert told["weighted_kappa"]["reason"].startswith("One of the two gave every shared item the same point")
    assert guided["repeats"] == {
        "shown": [],
        "n_too_few": 0,
        "reason": "No rater has rated an item of this condition twice.",
    }
    assert plain["pairs"] == {
        "shown": [],
        "n_too_few": 0,
        "reason": "No two raters have rated the same item of this condition.",
    }


def test_snapshot_from_before_pairs_within_conditions_has_none(report: dict[str, Any]) -> None:
    earlier = {
        key: {
            **part,
            "conditions": [
                {name: each[name] for name in each if name not in ("pairs", "repeats")}
                for each in part["conditions"]
            ],
        }
        for key, part in report["agreement"].items()
    }

    told = agreement_document({"agreement": earlier}, k=2, conditions=NAMES, raters=RATERS)["harmfulness"]

    assert [(each["pairs"], each["repeats"]) for each in told["conditions"]] == [(None, None)] * 3


def test_comparisons_name_their_conditions_and_tests(report: dict[str, Any]) -> None:
    told = comparisons_document(report, conditions=NAMES)

    assert [(each["criterion"], each["a"]["method"], each["b"]["method"]) for each in told] == [
        ("alignment", "Guided", "Plain"),
        ("alignment", "Human", "Plain"),
        ("harmfulness", "Guided", "Plain"),
        ("harmfulness", "Human", "Plain"),
    ]
    guided = told[0]
    assert {
        name: guided[name] for name in ("n_pairs", "n_posts", "p", "p_holm", "smallest_p", "test", "reason")
    } == {
        "n_pairs": 5,
        "n_posts": 5,
        "p": 0.1875,
        "p_holm": 0.375,
        "smallest_p": 0.0625,
        "test": "exact sign-flip",
        "reason": "",
    }
    assert [guided["difference"], guided["superiority"], guided["effect_size"]] == pytest.approx(
        [1.8, 0.8, 1.8 / 3.7**0.5]
    )
    assert guided["ci"][0] < 1.8 < guided["ci"][1]


def test_comparison_without_pairs_has_words_and_no_number(report: dict[str, Any]) -> None:
    human = comparisons_document(report, conditions=NAMES)[1]

    assert human["reason"] == "No post has ratings under both conditions."
    numbers = (
        "difference",
        "ci",
        "p",
        "p_holm",
        "effect_size",
        "effect_size_ci",
        "superiority",
        "p_wilcoxon",
        "p_t",
    )
    assert [human[name] for name in numbers] == [None] * len(numbers)


@pytest.mark.django_db
def test_snapshot_document_names_ratings_program_and_draw() -> None:
    cast = make_study(posts=1)
    rate(cast.assignments(cast.rater)[0])
    snapshot = take_snapshot(cast.study, n_resamples=20)
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    Snapshot.objects.update(taken_at=at)
    snapshot.refresh_from_db()

    assert snapshot_document(Computed(snapshot, state="another")) == {
        "sha256": snapshot.data_sha256,
        "taken_at": "2026-03-02T08:00:00+00:00",
        "is_current": False,
        "code_sha256": snapshot.code_sha256,
        "seed": 7,
        "n_resamples": 20,
        "exclusions": [],
    }
