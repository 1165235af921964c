"""Ratings for tests of numbers: scores by scale point key, as a rater's form would leave them."""

import uuid

from django.utils import timezone

from annotation.answers import answers_text
from annotation.enums import AssignmentStatus, RatingOrigin
from annotation.models import Assignment, Rating, RatingVersion, ScalePoint, Score

DEFAULT_KEYS = {"alignment": "7", "empathy": "3", "harmfulness": "1", "factuality": "1"}


WITHOUT_SCORES = dict.fromkeys(DEFAULT_KEYS)


def rate(
    assignment: Assignment,
    *,
    origin: RatingOrigin = RatingOrigin.EXPERT,
    rationale: str = "",
    **keys: str | None,
) -> Rating:
    """Submit a rating, or a new version of it. `keys` are scale point keys by criterion.

    None leaves a criterion out, as an imported release may.
    """
    rating, _ = Rating.objects.get_or_create(
        assignment=assignment, defaults={"origin": origin, "study": assignment.item.study}
    )
    version = RatingVersion.objects.create(
        rating=rating,
        number=rating.versions.count() + 1,
        submission=uuid.uuid4(),
        by=assignment.rater.user,
    )
    points = []
    for criterion_key, point_key in (DEFAULT_KEYS | keys).items():
        if point_key is None:
            continue
        point = ScalePoint.objects.select_related("criterion").get(
            criterion__study=assignment.item.study, criterion__key=criterion_key, key=point_key
        )
        text = rationale if criterion_key == "alignment" else ""
        Score.objects.create(version=version, criterion=point.criterion, point=point, rationale=text)
        points.append(point.pk)
    rating.current, rating.answers = version, answers_text(points)
    rating.save()
    assignment.status = AssignmentStatus.SUBMITTED
    assignment.closed_at = timezone.now()
    assignment.save(update_fields=["status", "closed_at"])
    return rating


def answers_by_scores() -> dict[int, str | None]:
    """Return what each rating's answers have to be, by its key, told from the scores alone."""
    return {
        rating.pk: rating.current
        and " ".join(
            str(point) for point in rating.current.scores.order_by("point").values_list("point", flat=True)
        )
        for rating in Rating.objects.all()
    }


def studies_of_ratings() -> list[bool]:
    """Return of each rating whether its study is that of its item."""
    return [rating.study == rating.assignment.item.study for rating in Rating.objects.all()]
