"""Which snapshot a study has, and whether it is of the ratings as they are."""

from django.db.models import Count, Max, Sum

from annotation.models import Snapshot, Study
from annotation.queries.score import counted_ratings
from generation.canonical import canonical_sha256


def rating_state(study: Study) -> str:
    """Tell one state of the study's counted ratings from another. Two queries, fast for any size.

    Versions are only ever added, so a rating that comes, goes or is changed moves the count, the newest
    version or the sum of all; the study's conditions and k belong to what is computed.
    """
    moved = counted_ratings(study).aggregate(n=Count("pk"), newest=Max("current"), total=Sum("current"))
    conditions = list(study.conditions.order_by("position").values_list("pk", flat=True))
    return canonical_sha256([moved, conditions, study.raters_per_item, study.seed])


def newest_snapshot(study: Study) -> Snapshot | None:
    """Return what was computed last, without the ratings kept in it; None before the first. One query."""
    return Snapshot.objects.filter(study=study).defer("ratings").order_by("-pk").first()
