"""What a study leaves out of its numbers, and what is left."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.lookups import LessThan

from annotation.enums import ExclusionKind
from annotation.models import Exclusion, Flag, Rating, Study
from annotation.queries.counted_rating import counted_ratings


@dataclass(frozen=True)
class ExclusionEffect:
    """A rule and how many ratings it leaves out, other rules aside."""

    exclusion: Exclusion
    n_ratings: int


def exclusions_of(study: Study) -> QuerySet[Exclusion]:
    """Return the rules that hold now, in the order in which they were set."""
    return Exclusion.objects.filter(study=study, ended_at=None).select_related("rater", "by").order_by("pk")


def kept_ratings(study: Study) -> QuerySet[Rating]:
    """Return the ratings that scores are made of. One query at once, for the rules."""
    ratings = counted_ratings(study)
    for exclusion in exclusions_of(study):
        ratings = ratings.exclude(pk__in=_left_out(study, exclusion))
    return ratings


def exclusion_effects(study: Study) -> list[ExclusionEffect]:
    """Return the rules that hold now, each with how many of the counted ratings it leaves out."""
    return [
        ExclusionEffect(exclusion, counted_ratings(study).filter(pk__in=_left_out(study, exclusion)).count())
        for exclusion in exclusions_of(study)
    ]


def exclusions_by_rating(study: Study) -> dict[int, str]:
    """Return why a rating is left out, as kinds joined by spaces, by its key; only of those that are."""
    kinds: dict[int, list[str]] = {}
    for exclusion in exclusions_of(study):
        for pk in (
            counted_ratings(study).filter(pk__in=_left_out(study, exclusion)).values_list("pk", flat=True)
        ):
            kinds.setdefault(pk, []).append(exclusion.kind)
    return {pk: " ".join(dict.fromkeys(of_rating)) for pk, of_rating in kinds.items()}


def _left_out(study: Study, exclusion: Exclusion) -> QuerySet[Rating]:
    ratings = counted_ratings(study)
    if exclusion.kind == ExclusionKind.RATER:
        return ratings.filter(assignment__rater=exclusion.rater)
    if exclusion.kind == ExclusionKind.FLAGGED:
        flags = Flag.objects.filter(assignment__item=OuterRef("assignment__item"))
        return ratings.filter(Exists(flags))
    return ratings.filter(_faster_than(exclusion.seconds or 0))


def _faster_than(seconds: int) -> Q:
    """Return whether a rating took less: active time, else elapsed; without either it did not."""
    elapsed = ExpressionWrapper(
        F("assignment__closed_at") - F("assignment__opened_at"), output_field=DurationField()
    )
    return Q(assignment__active_seconds__lt=seconds) | Q(
        LessThan(elapsed, timedelta(seconds=seconds)),
        assignment__active_seconds=None,
        assignment__opened_at__isnull=False,
    )
