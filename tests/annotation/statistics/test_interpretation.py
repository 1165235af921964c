import pytest

from annotation.statistics.holm import holm, smallest_sign_flip_p
from annotation.statistics.interpretation import (
    ac_sentence,
    alpha_sentence,
    icc_sentence,
    paradox_sentence,
    reach_sentence,
    why_not_shown,
)
from annotation.statistics.interval import Estimate

KRIPPENDORFF = "(Krippendorff: .800 and above is reliable, .667 to .800 allows tentative conclusions)."
ONE_WAY = "one-way random effects, absolute agreement of"


@pytest.mark.parametrize(
    ("n_items", "n_raters", "sentence"),
    [
        (0, 0, "Nobody has rated this yet."),
        (0, 1, "Only one rater has rated this; agreement needs at least two."),
        (0, 4, "Only 0 items have two ratings; agreement is shown from 10 items on."),
        (1, 2, "Only 1 item has two ratings; agreement is shown from 10 items on."),
        (9, 2, "Only 9 items have two ratings; agreement is shown from 10 items on."),
        (10, 2, ""),
    ],
)
def test_why_not_shown(n_items: int, n_raters: int, sentence: str) -> None:
    assert why_not_shown(n_items_rated_twice=n_items, n_raters=n_raters) == sentence


@pytest.mark.parametrize(
    ("alpha", "sentence"),
    [
        (
            Estimate(0.85, 0.80, 0.89),
            f"Alpha is .850, 95 % interval .800 to .890: reliable {KRIPPENDORFF}",
        ),
        (
            Estimate(0.7, 0.667, 0.7994),
            f"Alpha is .700, 95 % interval .667 to .799: enough for tentative conclusions {KRIPPENDORFF}",
        ),
        (
            Estimate(0.82, 0.6, 0.9),
            "Alpha is .820, 95 % interval .600 to .900: anything from too low for conclusions to reliable "
            + KRIPPENDORFF,
        ),
        (
            Estimate(-0.099, -0.2, 0.0),
            f"Alpha is −.099, 95 % interval −.200 to .000: too low for conclusions {KRIPPENDORFF} "
            "Below 0, raters agree less than by chance.",
        ),
        (
            Estimate(1.0, reason="No interval: the number is the same in every resample."),
            "Alpha is 1.000. No interval: the number is the same in every resample. "
            "Without an interval it is not judged.",
        ),
        (Estimate(None, reason="All ratings are equal."), "All ratings are equal."),
    ],
    ids=["reliable", "tentative", "wide", "negative", "no interval", "none"],
)
def test_alpha_sentence(alpha: Estimate, sentence: str) -> None:
    assert alpha_sentence(alpha) == sentence


@pytest.mark.parametrize(
    ("low", "high", "judgement"),
    [
        (0.1, 0.499, "poor"),
        (0.5, 0.749, "moderate"),
        (0.75, 0.899, "good"),
        (0.9, 0.99, "excellent"),
        (0.45, 0.8, "anything from poor to good"),
        (0.7, 0.95, "anything from moderate to excellent"),
    ],
)
def test_icc_sentence_judges_the_interval(low: float, high: float, judgement: str) -> None:
    sentence = icc_sentence(Estimate((low + high) / 2, low, high), k=2)

    assert sentence.startswith(f"ICC(1,2), {ONE_WAY} means of 2 ratings, is .")
    assert sentence.endswith(f": {judgement} (Koo & Li 2016).")


@pytest.mark.parametrize(
    ("icc", "sentence"),
    [
        (
            Estimate(0.1657, -0.13, 0.72),
            f"ICC(1,1), {ONE_WAY} single ratings, is .166, 95 % interval −.130 to .720: "
            "anything from poor to moderate (Koo & Li 2016).",
        ),
        (
            Estimate(-0.0784, -0.3, 0.2),
            f"ICC(1,1), {ONE_WAY} single ratings, is −.078, 95 % interval −.300 to .200: poor "
            "(Koo & Li 2016). Below 0, ratings of one item differ more than ratings of different items.",
        ),
        (Estimate(None, reason="Nobody has rated this yet."), "Nobody has rated this yet."),
    ],
)
def test_icc_sentence_of_single_ratings(icc: Estimate, sentence: str) -> None:
    assert icc_sentence(icc, k=1) == sentence


@pytest.mark.parametrize(
    ("ac", "number"),
    [
        (Estimate(0.9408, 0.88, 0.97), ".941, 95 % interval .880 to .970"),
        (Estimate(0.9408, reason="No interval: it needs at least 3 posts."), ".941, without an interval"),
    ],
)
def test_ac_sentence_has_no_adjective(ac: Estimate, number: str) -> None:
    assert ac_sentence(ac, name="AC1") == (
        f"AC1 is {number}. It expects less agreement by chance than alpha where one point prevails, so it is "
        "the higher of the two there; read them together."
    )


def test_ac_sentence_without_a_number_gives_the_reason() -> None:
    assert ac_sentence(Estimate(None, reason="Nobody has rated this yet."), name="AC2") == (
        "Nobody has rated this yet."
    )


def test_paradox_sentence_of_the_release() -> None:
    """Harm in the authors' study: 24 of 454 ratings, 209 of 227 items agreed on, alpha .21."""
    assert paradox_sentence(exact_agreement=209 / 227, alpha=0.2096, ratings=[430, 24]) == (
        "Raters agree on 92 % of pairs, and yet alpha is .210: both are true. Only 5 % of the ratings are "
        "not the usual one, so raters would mostly agree by chance alone; on the rare ratings, which alpha "
        "depends on, they seldom meet."
    )


def test_paradox_sentence_begins_at_one_rare_rating_in_five() -> None:
    sentence = paradox_sentence(exact_agreement=0.9, alpha=0.399, ratings=[80, 15, 5])

    assert sentence.startswith(
        "Raters agree on 90 % of pairs, and yet alpha is .399: both are true. Only 20 %"
    )


@pytest.mark.parametrize(
    ("exact_agreement", "alpha", "ratings"),
    [
        (0.899, 0.2, [430, 24]),
        (0.95, 0.4, [430, 24]),
        (0.95, 0.2, [79, 21]),
        (None, 0.2, [430, 24]),
        (0.95, None, [430, 24]),
        (0.95, 0.2, [0, 0]),
    ],
    ids=["low agreement", "decent alpha", "nothing rare", "no agreement", "no alpha", "no ratings"],
)
def test_paradox_sentence_is_empty_without_a_paradox(
    exact_agreement: float | None, alpha: float | None, ratings: list[int]
) -> None:
    assert paradox_sentence(exact_agreement=exact_agreement, alpha=alpha, ratings=ratings) == ""


def test_reach_sentence_of_eight_posts_among_21_contrasts() -> None:
    adjusted = holm([smallest_sign_flip_p(8)] * 21)[0]

    assert reach_sentence(n_posts=8, family_size=21, smallest_adjusted_p=adjusted) == (
        "With 8 posts the smallest p that this test can reach is .0078, .16 after Holm among 21 contrasts: "
        "no difference, however large, could pass .05. With 10 posts it could."
    )


def test_reach_sentence_of_a_single_contrast() -> None:
    assert reach_sentence(n_posts=1, family_size=1, smallest_adjusted_p=1.0) == (
        "With 1 post the smallest p that this test can reach is 1: no difference, however large, could pass "
        ".05. With 6 posts it could."
    )


def test_reach_sentence_is_empty_where_others_leave_room() -> None:
    """Among contrasts of many posts, Holm may leave a contrast of eight with nothing to multiply by."""
    adjusted = holm([smallest_sign_flip_p(8), *[smallest_sign_flip_p(20)] * 20])[0]

    assert reach_sentence(n_posts=8, family_size=21, smallest_adjusted_p=adjusted) == ""
