"""What a manager sets for her raters' sake: pace and content notes; and how long they worked."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.welfare import are_content_notes_fixed, change_content_notes, change_pace
from annotation.enums import StudyStatus
from annotation.forms.study_welfare import ContentNotesForm, PaceForm
from annotation.models import Assignment
from annotation.queries.active_span import opened_seats, rater_times, seat_times
from annotation.queries.study import studies_managed_by
from annotation.queries.welfare import opt_outs_by_topic, topics_of_study
from annotation.views.request import SignedInRequest
from annotation.views.study_checklist import counted

POSTS_A_PAGE = 25
SEATS_A_PAGE = 100


@require_http_methods(["GET", "POST"])
def study_welfare(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    form = PaceForm(request.POST) if request.method == "POST" else PaceForm.of(study)
    if request.method == "POST" and form.is_valid():
        try:
            change_pace(study, pace=form.pace(), by=request.user)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The pace is saved.")
            return redirect("study_welfare", study.slug)
    opted_out = opt_outs_by_topic(study)
    context = {
        "study": study,
        "can_manage": True,
        "form": form,
        "topics": [(topic, opted_out.get(topic, 0)) for topic in topics_of_study(study)],
        "topics_fixed": are_content_notes_fixed(study),
        "is_closed": study.status == StudyStatus.CLOSED,
    }
    return render(request, "annotation/study_welfare.html", context)


@require_http_methods(["GET", "POST"])
def study_topics(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the posts' content notes, and change those of one page while they are not fixed."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    page = Paginator(study.posts.posts.order_by("position"), POSTS_A_PAGE).get_page(request.GET.get("page"))
    form = ContentNotesForm(request.POST if request.method == "POST" else None, posts=list(page))
    if request.method == "POST" and form.is_valid():
        try:
            n_changed = change_content_notes(study, notes=form.notes(), by=request.user)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{counted(n_changed, 'content note')} changed.")
            return redirect(request.get_full_path())
    context = {
        "study": study,
        "can_manage": True,
        "form": form,
        "notes": form.rows(),
        "page": page,
        "is_fixed": are_content_notes_fixed(study),
    }
    return render(request, "annotation/study_topics.html", context)


@require_GET
def study_times(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    page = Paginator(opened_seats(study), SEATS_A_PAGE).get_page(request.GET.get("page"))
    times = seat_times(Assignment.objects.filter(pk__in=[seat.pk for seat in page]))
    context = {
        "study": study,
        "can_manage": True,
        "raters": rater_times(study),
        "page": page,
        "seats": [(seat, times[seat.pk]) for seat in page],
    }
    return render(request, "annotation/study_times.html", context)
