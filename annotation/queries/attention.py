"""What a study's manager should look at: flags, skips, items without enough raters, texts that failed."""

from django.db.models import Count, F, Prefetch, Q, QuerySet

from annotation.enums import AssignmentStatus, SkipKind
from annotation.models import Assignment, Flag, Item, Study
from annotation.queries.stimuli import items_left_out
from generation.models import Chain, GenerationRun, Response, Step
from generation.queries.run import unusable_chains


def flags_of(study: Study) -> QuerySet[Flag]:
    """Return the study's flags with what a manager sees of their items: the open ones, then the settled."""
    return (
        Flag.objects.filter(assignment__item__study=study)
        .select_related(
            "assignment__rater",
            "assignment__item__post",
            "assignment__item__response",
            "assignment__item__dimension",
            "assignment__item__condition__model_spec",
            "resolved_by",
        )
        .order_by(F("resolved_at").desc(nulls_first=True), "-id")
    )


def skips_by_kind(study: Study) -> list[tuple[SkipKind, int]]:
    """Count the skipped seats of each kind that occurred, in the order of SkipKind."""
    counts = dict(
        Assignment.objects.filter(item__study=study, status=AssignmentStatus.SKIPPED)
        .order_by()
        .values_list("skip_kind")
        .annotate(n=Count("pk"))
    )
    return [(kind, counts[kind]) for kind in SkipKind if kind in counts]


def items_short_of_raters(study: Study) -> QuerySet[Item]:
    """Return the items with fewer raters than wanted, with n_raters and n_skipped; none before allocation.

    Items that get no text want no raters.
    """
    first = Q(assignments__occasion=1)
    holding = Q(assignments__status__in=[AssignmentStatus.OPEN, AssignmentStatus.SUBMITTED])
    skipped = Q(assignments__status=AssignmentStatus.SKIPPED)
    if not Assignment.objects.filter(item__study=study).exists():
        return Item.objects.none()
    return (
        Item.objects.filter(study=study)
        .select_related("post", "dimension", "condition__model_spec")
        .annotate(
            n_raters=Count("assignments", filter=first & holding),
            n_skipped=Count("assignments", filter=first & skipped),
        )
        .filter(n_raters__lt=study.raters_per_item)
        .exclude(pk__in=items_left_out().filter(study=study).values("pk"))
        .order_by("n_raters", "id")
    )


def texts_to_look_at(run: GenerationRun) -> QuerySet[Chain]:
    """Return the chains that gave no ratable text, with its final response and its steps, newest first."""
    final = Response.objects.filter(is_final=True)
    return (
        unusable_chains(run)
        .select_related("post", "dimension", "run_model__model_spec")
        .prefetch_related(
            Prefetch("responses", queryset=final),
            Prefetch("steps", queryset=Step.objects.order_by("-index")),
        )
        .order_by("id")
    )
