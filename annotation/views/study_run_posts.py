"""A study's texts post by post: all conditions' side by side, for those who run the study."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.queries.run_post import (
    chains_of_post,
    human_responses_to,
    neighbours_of,
    posts_in_numbers,
    rated_human_responses,
)
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest
from annotation.views.run_text import texts_by_dimension

POSTS_A_PAGE = 50


@require_GET
def study_run_posts(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    posts = Paginator(posts_in_numbers(study), POSTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"study": study, "can_manage": True, "posts": posts}
    return render(request, "annotation/study_run_posts.html", context)


@require_GET
def study_run_post(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    """Show one post with every condition's current text, grouped by dimension."""
    study = get_object_or_404(studies_managed_by(request.user).select_related("posts"), slug=slug)
    post = get_object_or_404(study.posts.posts, position=position)
    context = {
        "study": study,
        "can_manage": True,
        "post": post,
        "neighbours": neighbours_of(post),
        "groups": texts_by_dimension(
            chains_of_post(study, post),
            human_responses_to(post),
            rated=set(rated_human_responses(study, post)),
        ),
    }
    return render(request, "annotation/study_run_post.html", context)
