"""Ratings drawn for benchmarks: conditions, posts, raters and chance each move a score."""

from decimal import Decimal

import numpy as np
from numpy.random import Generator

from annotation.statistics.judge.scores import JudgeScores
from annotation.statistics.observations import IntArray
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale, StudyRatings

SCALES = (
    Scale("alignment", "Alignment", tuple(map(Decimal, range(1, 11))), is_ordinal=True),
    Scale("empathy", "Empathy", tuple(map(Decimal, range(1, 6))), is_ordinal=True),
    Scale("harmfulness", "Harmfulness", (Decimal(0), Decimal(1)), is_ordinal=False),
    Scale("factuality", "Factuality", (Decimal(0), Decimal("0.5"), Decimal(1)), is_ordinal=True),
)


def drawn_ratings(*, items: int, k: int, raters: int, posts: int, conditions: int, seed: int) -> StudyRatings:
    """Return k ratings of each item, by raters in turn; items go through conditions, then posts."""
    draw = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), k)
    post = np.unique(np.arange(items) * posts // items, return_inverse=True)[1].astype(np.int64)
    condition = np.arange(items) % conditions
    rater = raters_in_turn(items, k=k, raters=raters)
    return StudyRatings(
        scales=SCALES,
        conditions=tuple(f"condition {number}" for number in range(conditions)),
        raters=tuple(f"R{number:02d}" for number in range(raters)),
        post=post,
        dimension=(np.arange(items) // conditions) % 2,
        condition=condition,
        item=item,
        rater=rater,
        given=np.arange(len(item)),
        score=drawn_scores(draw, condition=condition[item], post=post[item], rater=rater),
    )


def raters_in_turn(items: int, *, k: int, raters: int) -> IntArray:
    """Return (items * k,): different raters for each item; the distance between them changes."""
    number = np.arange(items)
    step = 1 + number // raters % max(1, (raters - 1) // max(1, k - 1))
    return ((number[:, None] + np.arange(k) * step[:, None]) % raters).reshape(-1)


def drawn_scores(draw: Generator, *, condition: IntArray, post: IntArray, rater: IntArray) -> IntArray:
    """Return (n_ratings, 4), places on the four scales."""
    quality = condition / 13 - 1 + draw.normal(size=int(post.max()) + 1)[post]
    severity = draw.normal(scale=0.7, size=int(rater.max()) + 1)[rater]
    columns = []
    for scale in SCALES:
        latent = quality + severity + draw.logistic(size=len(rater))
        cuts = np.linspace(-2.5, 2.5, len(scale.values) - 1) if scale.is_ordinal else [3.0]
        columns.append(np.searchsorted(cuts, latent if scale.is_ordinal else -latent))
    return np.column_stack(columns)


def drawn_judge(ratings: StudyRatings, *, repeats: int, seed: int) -> JudgeScores:
    """Return a judge that is near one of each item's ratings; three replies in ten are no scores."""
    draw = np.random.default_rng(seed)
    item = np.repeat(np.arange(ratings.n_items), repeats)
    first = np.unique(ratings.item, return_index=True)[1]
    tops = np.array([len(scale.values) - 1 for scale in ratings.scales])
    near = ratings.score[first][item] + draw.integers(-1, 2, size=(len(item), len(tops)))
    outcome = draw.choice([0] * 7 + [1, 2, 3], size=near.shape)
    return JudgeScores(
        item=item,
        repeat=np.tile(np.arange(1, repeats + 1), ratings.n_items),
        outcome=outcome,
        score=np.where(outcome == 0, np.clip(near, 0, tops), -1),
    )


def plan_of(ratings: StudyRatings, *, k: int) -> Plan:
    """Plan 21 contrasts with the first condition, as many as the paper's design has."""
    return Plan(
        contrasts=tuple((number, 0) for number in range(1, 22)),
        reference=0,
        raters_per_item=k,
        seed=7,
        n_resamples=2_000,
    )
