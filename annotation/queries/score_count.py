"""Ratings and scores counted by condition and by rater, as fast as a database counts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, QuerySet

from annotation.answers import chosen_points
from annotation.models import Rating, ScalePoint, Study

CONDITION, RATER = "assignment__item__condition", "assignment__rater"

# How often each value was given, by the criterion's key.
ScoreCounts = dict[str, dict[Decimal, int]]


@dataclass(frozen=True)
class RatingCounts:
    """How many ratings each condition or rater has, and how often each scale point was chosen in them."""

    n_ratings: Counter[int]
    scores: Mapping[int, ScoreCounts]


def count_items(ratings: QuerySet[Rating]) -> Counter[int]:
    """Count the rated items by condition. One query."""
    return Counter(
        dict(ratings.order_by().values_list(CONDITION).annotate(Count("assignment__item", distinct=True)))
    )


def count_ratings(
    study: Study, ratings: QuerySet[Rating], *, raters: Collection[int]
) -> tuple[RatingCounts, RatingCounts]:
    """Count ratings and scores by condition and by rater; `raters` has all there are. Two queries.

    Condition and rater go as one whole number: SQLite sorts all ratings to count them, and sorts numbers
    faster than rows.
    """
    base = max(raters, default=0) + 1
    packed = ExpressionWrapper(F(CONDITION) * base + F(RATER), output_field=BigIntegerField())
    rows = ratings.annotate(packed=packed).order_by().values_list("packed", "answers").annotate(n=Count("*"))
    by_condition: defaultdict[int, Counter[str]] = defaultdict(Counter)
    by_rater: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for both, answers, n in rows.iterator():
        condition, rater = divmod(both, base)
        by_condition[condition][answers] += n
        by_rater[rater][answers] += n
    points = _points(study)
    return _rating_counts(by_condition, points), _rating_counts(by_rater, points)


def _points(study: Study) -> dict[int, tuple[str, Decimal]]:
    """Return the criterion's key and the value of each point of the study's scales."""
    points = ScalePoint.objects.filter(criterion__study=study)
    return {pk: (key, value) for pk, key, value in points.values_list("pk", "criterion__key", "value")}


def _rating_counts(
    answers: Mapping[int, Counter[str]], points: Mapping[int, tuple[str, Decimal]]
) -> RatingCounts:
    scores: defaultdict[int, ScoreCounts] = defaultdict(dict)
    for group, of_group in answers.items():
        for text, n in of_group.items():
            for point in chosen_points(text):
                criterion_key, value = points[point]
                counts = scores[group].setdefault(criterion_key, {})
                counts[value] = counts.get(value, 0) + n
    return RatingCounts(Counter({group: of_group.total() for group, of_group in answers.items()}), scores)
