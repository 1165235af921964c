"""A study as its raters will see it, item by item."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.forms.rating import RatingForm
from annotation.models import Study
from annotation.queries.criterion import criteria_of
from annotation.queries.rating import DeskItem, preview_desk, readable_items
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest

SAMPLE_RESPONSE = (
    "A sample: here stands the response to rate, as soon as one of the study's texts is written."
)


@require_GET
def study_preview(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show one item after another with the desk of the raters, which takes no rating here."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    pages = Paginator(readable_items(study).values("response"), 1)
    page = pages.get_page(request.GET.get("item"))
    item = preview_desk(study, page.number)
    context = {
        "study": study,
        "can_manage": True,
        "page": page,
        "is_sample": item is None,
        "response_id": page.object_list[0]["response"] if item else None,
        "item": item or _sample(study),
        "form": RatingForm.opened(list(criteria_of(study)), None),
        "consent": study.consent_texts.order_by("-version").first(),
    }
    return render(request, "annotation/study_preview.html", context)


def _sample(study: Study) -> DeskItem:
    """Return the study's first post under its first dimension, with words in place of a response."""
    post = study.posts.posts.order_by("position")[0]
    dimension = study.dimensions.order_by("number").first() or study.constitution_set.dimensions.all()[0]
    return DeskItem(
        position=1,
        post=post.text,
        content_note=post.content_note,
        response=SAMPLE_RESPONSE,
        dimension=dimension.name,
        aim=dimension.aim,
        standards=tuple(dimension.standards),
    )
