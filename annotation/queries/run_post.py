"""The texts of a study's run as its managers compare them: post by post, with their conditions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, F, IntegerField, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotation.models import Item, Study
from generation.enums import ChainStatus, ResponseSource, ResponseStatus
from generation.models import Chain, Post, Response, Step

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    PostInNumbers = WithAnnotations[Post, "PostNumbers"]


class PostNumbers(TypedDict):
    """What `posts_in_numbers` adds."""

    n_planned: int
    n_failed: int
    n_ratable: int
    n_to_review: int
    n_excluded: int
    n_human: int


@dataclass(frozen=True)
class Neighbours:
    """The places of the posts before and after one, None at either end, and how many posts there are."""

    before: int | None
    after: int | None
    n_posts: int


def posts_in_numbers(study: Study) -> "QuerySet[PostInNumbers]":
    """Return the study's posts in order, with the numbers of their current texts by state."""
    chains = Chain.objects.filter(post=OuterRef("pk"), run_model__run=study.run_id, is_current=True)
    texts = Response.objects.filter(
        post=OuterRef("pk"), is_final=True, chain__run_model__run=study.run_id, chain__is_current=True
    )
    people = Response.objects.filter(post=OuterRef("pk"), source=ResponseSource.HUMAN)
    return (
        Post.objects.filter(collection=study.posts_id)
        .order_by("position")
        .annotate(
            n_planned=_count(chains),
            n_failed=_count(chains.filter(status__in=[ChainStatus.FAILED, ChainStatus.CANCELLED])),
            n_ratable=_count(texts.filter(status=ResponseStatus.VALID)),
            n_to_review=_count(texts.filter(status=ResponseStatus.NEEDS_REVIEW)),
            n_excluded=_count(texts.filter(status=ResponseStatus.EXCLUDED)),
            n_human=_count(people),
        )
    )


def _count(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().values("post").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def chains_of_post(study: Study, post: Post) -> QuerySet[Chain]:
    """Return the current chains on a post with their texts, reviews and steps (without what was sent).

    Texts for no single dimension come first, then by dimension; each in the order of the design.
    """
    texts = Response.objects.order_by("step__index").prefetch_related("reviews")
    steps = Step.objects.only("chain_id", "index", "status", "failure_kind").order_by("index")
    return (
        Chain.objects.filter(post=post, run_model__run=study.run_id, is_current=True)
        .select_related("dimension", "run_model__model_spec")
        .prefetch_related(Prefetch("responses", queryset=texts), Prefetch("steps", queryset=steps))
        .order_by(F("dimension__number").asc(nulls_first=True), "id")
    )


def human_responses_to(post: Post) -> QuerySet[Response]:
    """Return what people wrote on a post, with the dimension that it is for."""
    return (
        Response.objects.filter(post=post, source=ResponseSource.HUMAN)
        .select_related("dimension")
        .prefetch_related("reviews")
        .order_by("method", "id")
    )


def rated_human_responses(study: Study, post: Post) -> QuerySet[Item, int | None]:
    """Return the ids of what people wrote on a post that the study rates; none before it is started."""
    items = Item.objects.filter(study=study, post=post, response__source=ResponseSource.HUMAN)
    return items.values_list("response", flat=True)


def neighbours_of(post: Post) -> Neighbours:
    """Return where the posts before and after this one are. One query."""
    found = Post.objects.filter(collection=post.collection_id).aggregate(
        before=Max("position", filter=Q(position__lt=post.position)),
        after=Min("position", filter=Q(position__gt=post.position)),
        n_posts=Count("pk"),
    )
    return Neighbours(found["before"], found["after"], found["n_posts"])
