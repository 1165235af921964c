"""Studies: the list, a new one, the overview of one, and its opening and closing."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.allocation import allocate
from annotation.domain.errors import StudyError
from annotation.domain.study import close_study, create_study, open_study, pause_study
from annotation.forms.study import StudyForm
from annotation.models import Study, User
from annotation.queries.attention import skips_by_kind
from annotation.queries.overview import annotate_is_managed, annotate_numbers
from annotation.queries.post_collection import collections_open_to
from annotation.queries.progress import rating_progress
from annotation.queries.study import studies_managed_by, studies_seen_by
from annotation.views.request import SignedInRequest
from annotation.views.study_checklist import counted, study_checklist


@require_GET
def study_list(request: SignedInRequest) -> HttpResponse:
    studies = annotate_is_managed(annotate_numbers(studies_seen_by(request.user)), by=request.user)
    context = {"studies": studies, "can_create": request.user.prepares_studies}
    return render(request, "annotation/study_list.html", context)


@require_http_methods(["GET", "POST"])
def study_create(request: SignedInRequest) -> HttpResponse:
    if not request.user.prepares_studies:
        raise Http404
    form = StudyForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        collections=collections_open_to(request.user),
    )
    if request.method == "POST" and form.is_valid():
        study = create_study(**form.cleaned_data, created_by=request.user)
        n_posts = study.posts.posts.count()
        messages.success(request, f"The study is there, with {counted(n_posts, 'post')}.")
        if form.ignored_columns:
            columns = ", ".join(form.ignored_columns)
            messages.info(request, f"Columns of the file that mean nothing here were left out: {columns}.")
        return redirect("study_detail", study.slug)
    return render(request, "annotation/study_create.html", {"form": form})


@require_GET
def study_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    studies = annotate_numbers(studies_managed_by(request.user)).select_related("run", "constitution_set")
    study = get_object_or_404(studies, slug=slug)
    steps = study_checklist(study)
    context = {
        "study": study,
        "can_manage": True,
        "steps": steps,
        "next_step": next((step for step in steps if step.is_next), None),
        "progress": rating_progress(study),
        "skips": skips_by_kind(study),
        "events": study.events.select_related("by")[:8],
    }
    return render(request, "annotation/study_detail.html", context)


@require_POST
def study_allocate(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    try:
        n_seats = allocate(study, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        given = f"{counted(n_seats, 'rating')} given to raters."
        messages.success(request, given if n_seats else "There was nothing left to give to anybody.")
    return redirect("study_detail", study.slug)


@require_POST
def study_open(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, open_study, done="The study is open: raters can rate.")


@require_POST
def study_pause(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, pause_study, done="The study is paused. Raters see that it will go on.")


@require_http_methods(["GET", "POST"])
def study_close(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask first: a closed study is never opened again."""
    if request.method == "POST":
        return _change(request, slug, close_study, done="The study is closed. Its scores stay as they are.")
    study = get_object_or_404(annotate_numbers(studies_managed_by(request.user)), slug=slug)
    return render(request, "annotation/study_close.html", {"study": study, "can_manage": True})


def _change(request: SignedInRequest, slug: str, change: Callable[..., None], *, done: str) -> HttpResponse:
    """Carry out one change of a study's state and say what became of it."""
    study: Study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    by: User = request.user
    try:
        change(study, by=by)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("study_detail", study.slug)
