"""What protects a rater: topics she does not read, pauses, her day in her own zone, whom to turn to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from annotation.domain.welfare import choose_time_zone, choose_topics, extend_day, take_break
from annotation.enums import PauseKind
from annotation.forms.welfare import GoOnForm, TimeZoneForm, TopicsForm
from annotation.models import Membership
from annotation.queries.consent import is_consent_due
from annotation.queries.rating import memberships_at_desk, standing_of
from annotation.queries.welfare import due_pause, opted_out_topics, topics_of_study
from annotation.views.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def rating_topics(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask which topics a rater does not read: once after consent, and whenever she comes back to it."""
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    if is_consent_due(membership):
        return redirect("rating_consent", slug)
    topics = topics_of_study(membership.study)
    if request.method == "POST":
        form = TopicsForm(request.POST, topics=topics)
        if form.is_valid():
            return _keep_topics(request, membership, form)
    else:
        form = TopicsForm(initial={"not_read": sorted(opted_out_topics(membership))}, topics=topics)
    context = {"study": membership.study, "form": form, "topics": topics, "membership": membership}
    return render(request, "annotation/rating_topics.html", context)


def _keep_topics(request: SignedInRequest, membership: Membership, form: TopicsForm) -> HttpResponse:
    study = membership.study
    n_taken = choose_topics(membership, not_read=form.cleaned_data["not_read"])
    if membership.topics_chosen_at is None:
        return redirect("rating_instructions" if study.instructions else "rating_next", study.slug)
    moved = f" {n_taken} of your items went to others." if n_taken else ""
    messages.success(request, f"Your topics are saved.{moved}")
    return redirect("rating_list", study.slug)


@require_http_methods(["GET", "POST"])
def rating_break(request: SignedInRequest, slug: str) -> HttpResponse:
    """Suggest a break, or the end of a batch or of the day; going on is one press away."""
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    pause = due_pause(membership)
    form = GoOnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if pause is not None and pause.kind == PauseKind.DAY:
            extend_day(membership, reason=form.cleaned_data["reason"])
        else:
            take_break(membership)
        return redirect("rating_next", slug)
    context = {"study": membership.study, "pause": pause, "form": form, "standing": standing_of(membership)}
    is_day_over = pause is not None and pause.kind == PauseKind.DAY
    return render(request, f"annotation/rating_{'day' if is_day_over else 'break'}.html", context)


@require_http_methods(["GET", "POST"])
def rating_time_zone(request: SignedInRequest) -> HttpResponse:
    form = TimeZoneForm(request.POST or None, initial={"time_zone": request.user.time_zone})
    if request.method == "POST" and form.is_valid():
        choose_time_zone(request.user, name=form.cleaned_data["time_zone"])
        messages.success(request, "Your time zone is saved.")
        return redirect("rating_time_zone")
    return render(request, "annotation/rating_time_zone.html", {"form": form})
