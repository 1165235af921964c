"""Say in a sentence what a coefficient means, and what it does not.

Every judgement is made on the interval, not on the number: a number that could as well be poor or good is
called that. Without an interval nothing is judged.
"""

from collections.abc import Sequence

from annotation.statistics.holm import posts_needed, smallest_sign_flip_p
from annotation.statistics.interval import Estimate

MINIMUM_ITEMS = 10
_ALPHA_BANDS = ((0.667, "too low for conclusions"), (0.8, "enough for tentative conclusions"))
_ICC_BANDS = ((0.5, "poor"), (0.75, "moderate"), (0.9, "good"))


def why_not_shown(*, n_items_rated_twice: int, n_raters: int) -> str:
    """Say why no coefficient of agreement is shown at all; empty when there is enough to show one."""
    if n_raters == 0:
        return "Nobody has rated this yet."
    if n_raters == 1:
        return "Only one rater has rated this; agreement needs at least two."
    if n_items_rated_twice < MINIMUM_ITEMS:
        items = "1 item has" if n_items_rated_twice == 1 else f"{n_items_rated_twice} items have"
        return f"Only {items} two ratings; agreement is shown from {MINIMUM_ITEMS} items on."
    return ""


def pairs_left_out(*, n_shown: int, n_too_few: int) -> str:
    """Say which pairs of raters are not shown within a condition; empty where all that met are."""
    if not n_shown and not n_too_few:
        return "No two raters have rated the same item of this condition."
    pairs = f"{n_too_few} {'further ' if n_shown else ''}pair{'' if n_too_few == 1 else 's'} of raters"
    share = "shares" if n_too_few == 1 else "share"
    return _left_out(f"{pairs} {share} items of this condition", n_too_few=n_too_few)


def repeats_left_out(*, n_shown: int, n_too_few: int) -> str:
    """Say which raters with re-ratings are not shown within a condition; empty where all of them are."""
    if not n_shown and not n_too_few:
        return "No rater has rated an item of this condition twice."
    raters = f"{n_too_few} {'further ' if n_shown else ''}rater{'' if n_too_few == 1 else 's'}"
    has = "has" if n_too_few == 1 else "have"
    return _left_out(f"{raters} {has} rated items of this condition twice", n_too_few=n_too_few)


def _left_out(met: str, *, n_too_few: int) -> str:
    return (
        f"{met}, but fewer than {MINIMUM_ITEMS}; they are shown from {MINIMUM_ITEMS} items on."
        if n_too_few
        else ""
    )


def alpha_sentence(alpha: Estimate) -> str:
    """Judge Krippendorff's alpha by his standards (2004, Content Analysis, chapter 11)."""
    known = "Krippendorff: .800 and above is reliable, .667 to .800 allows tentative conclusions"
    below = "Below 0, raters agree less than by chance."
    return _judged("Alpha", alpha, bands=_ALPHA_BANDS, best="reliable", known=known, below_zero=below)


def icc_sentence(icc: Estimate, *, k: int) -> str:
    """Judge a one-way ICC of single ratings (k = 1) or of means of k (Koo & Li, 2016), and name its form."""
    of_what = "single ratings" if k == 1 else f"means of {k} ratings"
    name = f"ICC(1,{k}), one-way random effects, absolute agreement of {of_what},"
    below = "Below 0, ratings of one item differ more than ratings of different items."
    return _judged(name, icc, bands=_ICC_BANDS, best="excellent", known="Koo & Li 2016", below_zero=below)


def ac_sentence(ac: Estimate, *, name: str) -> str:
    """Report Gwet's AC1 or AC2 (name) without an adjective: nobody has given it standards that hold."""
    if ac.value is None:
        return ac.reason
    return (
        f"{name} is {_with_interval(ac)}. It expects less agreement by chance than alpha where one point "
        "prevails, so it is the higher of the two there; read them together."
    )


def paradox_sentence(*, exact_agreement: float | None, alpha: float | None, ratings: Sequence[int]) -> str:
    """Explain high raw agreement beside a low alpha (Feinstein & Cicchetti, 1990); empty where there is none.

    ratings: (n_categories,) how often each point was given. It is a paradox when raters agree exactly on at
    least 90 % of pairs, alpha is below .4, and at most one rating in five differs from the most frequent
    point.
    """
    if exact_agreement is None or alpha is None or not sum(ratings):
        return ""
    rare = 1 - max(ratings) / sum(ratings)
    if exact_agreement < 0.9 or alpha >= 0.4 or rare > 0.2:
        return ""
    return (
        f"Raters agree on {_percent(exact_agreement)} of pairs, and yet alpha is {_number(alpha)}: both are "
        f"true. Only {_percent(rare)} of the ratings are not the usual one, so raters would mostly agree by "
        "chance alone; on the rare ratings, which alpha depends on, they seldom meet."
    )


def reach_sentence(*, n_posts: int, family_size: int, smallest_adjusted_p: float, level: float = 0.05) -> str:
    """Say that a contrast could not pass the level, whatever its ratings; empty where it could.

    smallest_adjusted_p: this contrast's member of `holm` over the smallest p of each contrast in the family.
    """
    if smallest_adjusted_p <= level:
        return ""
    needed = posts_needed(family_size, level=level)
    among = (
        "" if family_size == 1 else f", {_p(smallest_adjusted_p)} after Holm among {family_size} contrasts"
    )
    smallest = _p(smallest_sign_flip_p(n_posts))
    return (
        f"With {_posts(n_posts)} the smallest p that this test can reach is {smallest}{among}: no "
        f"difference, however large, could pass {_p(level)}. With {needed} posts it could."
    )


def _judged(
    name: str,
    estimate: Estimate,
    *,
    bands: Sequence[tuple[float, str]],
    best: str,
    known: str,
    below_zero: str,
) -> str:
    if estimate.value is None:
        return estimate.reason
    if estimate.low is None or estimate.high is None:
        return f"{name} is {_number(estimate.value)}. {estimate.reason} Without an interval it is not judged."
    lowest, highest = _band(estimate.low, bands, best), _band(estimate.high, bands, best)
    judgement = lowest if lowest == highest else f"anything from {lowest} to {highest}"
    sentence = f"{name} is {_with_interval(estimate)}: {judgement} ({known})."
    return f"{sentence} {below_zero}" if estimate.value < 0 else sentence


def _band(value: float, bands: Sequence[tuple[float, str]], best: str) -> str:
    return next((name for limit, name in bands if value < limit), best)


def _with_interval(estimate: Estimate) -> str:
    """Write an estimate that has a value, with its interval if it has one."""
    value, low, high = estimate.value or 0.0, estimate.low, estimate.high
    if low is None or high is None:
        return f"{_number(value)}, without an interval"
    return f"{_number(value)}, 95 % interval {_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    """Write a coefficient with three decimals, without the 0 before the point, as journals do."""
    digits = f"{abs(value):.3f}"
    sign = "−" if value < 0 and float(digits) else ""
    return sign + (digits[1:] if digits.startswith("0") else digits)


def _p(value: float) -> str:
    """Write a p-value with two digits that count: .0078, .16, 1."""
    return f"{value:.2g}".removeprefix("0") if value >= 0.0001 else "less than .0001"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _posts(n: int) -> str:
    return "1 post" if n == 1 else f"{n} posts"
