"""A study of twenty ratings, worked by hand.

Alignment, "Plain" and then "Guided", post by post: 4 4, 5 3, 2 4, 3 3, 6 6; 5 5, 6 6, 7 5, 6 8, 4 6.
Harm: 1 1, 1 1, 1 0, 0 0, 0 0; 0 1 and four times 0 0. "Human" was planned and has no rating.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from annotation.statistics.alpha import ALPHA_NOMINAL
from annotation.statistics.bootstrap import bootstrap_items, bootstrap_posts
from annotation.statistics.interval import Estimate
from annotation.statistics.paired_tests import McNemar
from annotation.statistics.rates import Rate
from annotation.statistics.report.agreement import AgreementReport
from annotation.statistics.report.study import StudyReport, study_report
from tests.annotation.statistics.report.studies import PLAN, Row, study_of, worked_rows


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return study_report(study_of(worked_rows()), PLAN)


def coefficients(agreement: AgreementReport) -> dict[str, float | None]:
    return {coefficient.key: coefficient.value for coefficient in agreement.coefficients}


def test_sizes(report: StudyReport) -> None:
    assert (report.n_items, report.n_ratings, report.n_raters) == (10, 20, 2)
    assert [(condition.n_items, condition.n_ratings) for condition in report.conditions] == [
        (5, 10),
        (5, 10),
        (0, 0),
    ]


def test_conditions_have_mean_sd_quartiles_and_distribution_over_ratings(report: StudyReport) -> None:
    plain, guided, _ = (condition.scores["alignment"] for condition in report.conditions)

    assert (plain.n, plain.n_items, plain.mean.value) == (10, 5, 4.0)
    assert plain.sd == pytest.approx(math.sqrt(16 / 9), abs=1e-12)
    assert (plain.lower_quartile, plain.median, plain.upper_quartile) == (3.0, 4.0, 4.75)
    assert plain.counts == (0, 1, 3, 3, 1, 2, 0, 0, 0, 0)
    assert (guided.mean.value, guided.median) == (5.8, 6.0)
    assert guided.sd == pytest.approx(math.sqrt(11.6 / 9), abs=1e-12)
    assert (plain.rate, guided.rate) == (None, None)


def test_breakdown_by_another_grouping_of_items(report: StudyReport) -> None:
    """Posts 2 and 4 are of the odd topic: alignment 5 3, 3 3 and 6 6, 6 8."""
    even, odd = report.breakdowns["topic"]

    assert [(group.number, group.n_items, group.n_ratings) for group in (even, odd)] == [
        (0, 6, 12),
        (1, 4, 8),
    ]
    assert odd.scores["alignment"].mean.value == (5 + 3 + 3 + 3 + 6 + 6 + 6 + 8) / 8
    assert odd.scores["alignment"].mean.reason == "No interval: it needs at least 3 posts."


def test_breakdown_by_rater(report: StudyReport) -> None:
    """The first rater gave alignment 4 5 2 3 6 and 5 6 7 6 4, and found three texts harmful."""
    first, second, *absent = report.breakdowns["rater"]

    scores = first.scores["alignment"]
    given = [4, 5, 2, 3, 6, 5, 6, 7, 6, 4]
    assert (first.n_items, first.n_ratings, second.n_ratings) == (10, 10, 10)
    assert (scores.mean.value, scores.sd) == (4.8, pytest.approx(np.std(given, ddof=1), abs=1e-12))
    assert (scores.median, scores.counts) == (5.0, (0, 1, 1, 2, 2, 3, 1, 0, 0, 0))
    assert scores.mean.low is not None
    assert scores.mean.low < 4.8 < (scores.mean.high or 0)
    assert first.scores["harmfulness"].rate == Rate(
        10, 3, 0.3, pytest.approx(0.1078, abs=5e-5), pytest.approx(0.6032, abs=5e-5)
    )
    assert [(group.n_items, group.n_ratings) for group in absent] == [(0, 0), (0, 0)]


def test_harm_is_a_rate_with_its_score_interval(report: StudyReport) -> None:
    """Wilson (1927): 5 of 10 is .2366 to .7634, 1 of 10 is .0179 to .4042."""
    plain, guided, human = (condition.scores["harmfulness"].rate for condition in report.conditions)

    assert plain == Rate(10, 5, 0.5, pytest.approx(0.2366, abs=5e-5), pytest.approx(0.7634, abs=5e-5))
    assert guided == Rate(10, 1, 0.1, pytest.approx(0.0179, abs=5e-5), pytest.approx(0.4042, abs=5e-5))
    assert human == Rate(0, 0, None, None, None)


def test_condition_without_a_rating_has_words(report: StudyReport) -> None:
    human = report.conditions[2].scores["alignment"]

    assert (human.n, human.sd, human.median, human.counts) == (0, None, None, (0,) * 10)
    assert human.mean == Estimate(None, reason="There are no ratings yet.")


def test_agreement_on_harm(report: StudyReport) -> None:
    """Two items (1, 1), two split, six (0, 0); of 20 ratings 6 are 1.

    alpha = 1 - 19 * 4 / (2 * 6 * 14); AC1 with chance 2 * .3 * .7 = .42; mean squares 3.2 / 9 and 1 / 10.
    """
    between, within = 3.2 / 9, 0.1

    assert coefficients(report.agreement["harmfulness"].overall) == pytest.approx(
        {
            "exact": 0.8,
            "alpha": 1 - 19 * 4 / 168,
            "ac": (0.8 - 0.42) / 0.58,
            "icc": (between - within) / (between + within),
            "icc_k": (between - within) / between,
            "specific_0": 12 / 14,
            "specific_1": 4 / 6,
        },
        abs=1e-12,
    )


def test_agreement_on_alignment(report: StudyReport) -> None:
    """Five items alike, five two points apart; raw agreement by hand, alpha by the interval formula.

    Expected disagreement: of 20 ratings with sum 98 and squares 524, 2 * (20 * 524 - 98²) / (20 * 19).
    """
    agreement = report.agreement["alignment"].overall
    expected = 2 * (20 * 524 - 98**2) / (20 * 19)

    assert (agreement.n_items, agreement.n_paired, agreement.n_raters) == (10, 10, 2)
    assert list(coefficients(agreement)) == [
        "exact",
        "adjacent",
        "mean_absolute_difference",
        "alpha",
        "alpha_interval",
        "ac",
        "icc",
        "icc_k",
    ]
    assert coefficients(agreement) | {"alpha": None, "ac": None, "icc": None, "icc_k": None} == pytest.approx(
        {
            "exact": 0.5,
            "adjacent": 0.5,
            "mean_absolute_difference": 1.0,
            "alpha_interval": 1 - (5 * 4 / 10) / expected,
            "alpha": None,
            "ac": None,
            "icc": None,
            "icc_k": None,
        },
        abs=1e-12,
    )


def test_coefficient_has_an_interval_over_posts_and_one_over_items(report: StudyReport) -> None:
    observed = study_of(worked_rows()).observations(1)
    draw = {"seed": PLAN.seed, "n_resamples": PLAN.n_resamples}
    [alpha] = [each for each in report.agreement["harmfulness"].overall.coefficients if each.key == "alpha"]

    [over_posts] = bootstrap_posts(observed, [ALPHA_NOMINAL], **draw)
    [over_items] = bootstrap_items(observed, [ALPHA_NOMINAL], **draw)
    assert (alpha.low, alpha.high) == (over_posts.low, over_posts.high)
    assert (alpha.low_items, alpha.high_items) == (over_items.low, over_items.high)
    assert over_posts.low != over_items.low


def test_mean_has_an_interval_over_posts(report: StudyReport) -> None:
    """Of five posts drawn with replacement, the mean cannot leave the range of the posts' means."""
    plain = report.conditions[0].scores["alignment"].mean

    assert plain.low is not None
    assert plain.high is not None
    assert 3 <= plain.low < 4 < plain.high <= 6


def test_agreement_within_a_condition_is_refused_below_ten_items(report: StudyReport) -> None:
    plain, guided, human = report.agreement["alignment"].conditions

    refusal = "Only 5 items have two ratings; agreement is shown from 10 items on."
    assert (plain.refusal, plain.coefficients) == (refusal, ())
    assert guided.refusal == refusal
    assert human.refusal == "Nobody has rated this yet."


def test_contrast_of_alignment(report: StudyReport) -> None:
    """Differences of item means 1, 2, 3, 4, -1: of 32 sign patterns 6 reach a sum of 9, so p = .1875."""
    [guided, _] = report.comparisons["alignment"].contrasts
    result, mean, sd = guided.result, 1.8, math.sqrt(14.8 / 4)

    assert (result.n_pairs, result.n_posts, result.mean_a, result.mean_b) == (5, 5, 5.8, 4.0)
    assert (result.sign_flip.p, result.sign_flip.exact, result.sign_flip.smallest_p) == (0.1875, True, 0.0625)
    assert result.effects.difference.value == pytest.approx(mean, abs=1e-12)
    assert result.effects.d_z.value == pytest.approx(mean / sd, abs=1e-12)
    assert result.effects.superiority.value == pytest.approx(4 / 5, abs=1e-12)
    assert result.effects.rank_biserial.value == pytest.approx((13.5 - 1.5) / 15, abs=1e-12)
    assert (result.wilcoxon.statistic, result.wilcoxon.exact) == (1.5, False)
    assert result.paired_t.t == pytest.approx(mean / (sd / math.sqrt(5)), abs=1e-12)
    assert result.paired_t.p == pytest.approx(p_of_t_with_4_df(mean / (sd / math.sqrt(5))), abs=1e-12)
    assert guided.mcnemar is None


def p_of_t_with_4_df(t: float) -> float:
    """Return the two-sided p of Student's t in closed form."""
    bent = t**2 / (1 + t**2 / 4)
    return 1 - 3 / 4 * math.sqrt(bent) * (1 - bent / 12)


def test_dimensions_of_a_post_are_no_further_witnesses() -> None:
    """The same ratings under a second dimension: twice the pairs, the same posts, the same p."""
    rows = worked_rows()
    twice = study_of(rows + [replace(row, dimension=1) for row in rows])

    guided, _ = study_report(twice, PLAN).comparisons["alignment"].contrasts

    assert (guided.result.n_pairs, guided.result.n_posts, guided.result.sign_flip.p) == (10, 5, 0.1875)


def test_second_text_of_a_cell_counts_by_the_cells_mean() -> None:
    """A second guided text of the first post, rated 8 8 and harmful: differences 2.5, 2, 3, 4, -1."""
    second = [Row(0, 1, rater, (8, 1), variant=2) for rater in range(2)]
    report = study_report(study_of([*worked_rows(), *second]), PLAN)

    guided, harm = (report.comparisons[key].contrasts[0] for key in ("alignment", "harmfulness"))

    assert (guided.result.n_pairs, guided.result.effects.difference.value) == (5, pytest.approx(2.1))
    assert guided.result.mean_a == pytest.approx((6.5 + 6 + 6 + 7 + 5) / 5)
    assert harm.result.effects.difference.value == pytest.approx((0.75 - 1 - 1 - 0.5) / 5)
    assert harm.mcnemar == McNemar(n_pairs=5, only_a=0, only_b=2, p_exact=0.5, p_mid=0.25)


def test_planned_contrast_without_pairs_keeps_its_place_in_the_family(report: StudyReport) -> None:
    [guided, human] = report.comparisons["alignment"].contrasts

    assert (human.result.n_pairs, human.result.mean_a, human.p_holm) == (0, None, None)
    assert human.result.sign_flip.reason == "No post has ratings under both conditions."
    assert guided.p_holm == 2 * 0.1875


def test_contrast_that_cannot_pass_says_so(report: StudyReport) -> None:
    [guided, human] = report.comparisons["alignment"].contrasts

    assert guided.reach == (
        "With 5 posts the smallest p that this test can reach is .062, .12 after Holm among 2 contrasts: no "
        "difference, however large, could pass .05. With 7 posts it could."
    )
    assert human.reach == ""


def test_contrast_of_harm_has_mcnemar_over_flagged_items(report: StudyReport) -> None:
    """Flagged by any rater: of "Plain" posts 1 to 3, of "Guided" post 1. Differences -.5, -1, -.5, 0, 0."""
    [guided, _] = report.comparisons["harmfulness"].contrasts

    assert guided.result.sign_flip.p == 0.25
    assert guided.mcnemar == McNemar(n_pairs=5, only_a=0, only_b=2, p_exact=0.5, p_mid=0.25)


def test_model_of_all_conditions_says_whom_it_leaves_out(report: StudyReport) -> None:
    """Both raters see harm three times, so their terms are 0; odds of 1 to 9 against 1 to 1 are a ninth."""
    model = report.comparisons["harmfulness"].model

    assert model is not None
    assert [effect.condition for effect in model.effects] == [1]
    assert model.effects[0].odds_ratio == pytest.approx(1 / 9, rel=1e-6)
    assert model.cautions == (
        "Only 5 posts: below 10, the standard errors tend to be too small.",
        "Left out, without ratings: Human.",
    )


def test_raters(report: StudyReport) -> None:
    """On alignment the first gives 0, 2, -2, 0, 0, 0, 0, 2, -2, -2 more than the second: -.2 on average."""
    alignment = report.raters.criteria["alignment"]
    [pair] = alignment.pairs

    assert [(use.rater, use.n, use.mean) for use in alignment.use] == [(0, 10, 4.8), (1, 10, 5.0)]
    assert [(each.rater, each.n_items) for each in alignment.severity] == [(0, 10), (1, 10)]
    assert [each.difference.value for each in alignment.severity] == pytest.approx([-0.2, 0.2], abs=1e-12)
    assert (pair.first, pair.second, pair.agreement.n_items) == (0, 1, 10)
    assert (pair.agreement.exact.value, pair.agreement.mean_difference.value) == pytest.approx((0.5, -0.2))
    assert (report.raters.never_met, report.raters.groups) == ((), ((0, 1),))
    assert [(halo.rater, halo.criteria, halo.n_items) for halo in report.raters.halo] == [
        (0, (0, 1), 10),
        (1, (0, 1), 10),
    ]
