"""The rating desk: one item after another, and what a rater may do beside rating."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from annotation.domain.assignment import flag, skip
from annotation.domain.errors import StudyError
from annotation.domain.rating import RatingChangedError, note_opened, submit_rating
from annotation.enums import AssignmentStatus, StudyStatus
from annotation.forms.rating import FlagForm, RatingForm, SkipForm
from annotation.models import Assignment, Membership
from annotation.queries.consent import has_ever_consented, is_consent_due
from annotation.queries.criterion import criteria_of
from annotation.queries.rating import (
    desk_item,
    memberships_at_desk,
    next_assignment,
    own_ratings,
    saved_rating,
    seat_before,
    seats_of,
    standing_of,
)
from annotation.views.request import SignedInRequest

RATINGS_PER_PAGE = 50


@require_GET
def rating_home(request: SignedInRequest) -> HttpResponse:
    memberships = list(memberships_at_desk(request.user))
    if len(memberships) == 1:
        return redirect("rating_next", memberships[0].study.slug)
    places = [(membership.study, standing_of(membership)) for membership in memberships]
    return render(request, "annotation/rating_home.html", {"places": places})


@require_GET
def rating_next(request: SignedInRequest, slug: str) -> HttpResponse:
    """Lead to the next item, or say kindly why there is none. A waiting page asks again through htmx."""
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    if is_consent_due(membership):
        return redirect("rating_consent", slug)
    if seat := next_assignment(membership):
        url = reverse("rating_item", args=[slug, seat.position])
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    page = "annotation/rating_next.html"
    context = {"study": membership.study, "standing": standing_of(membership)}
    return render(request, f"{page}#state" if request.htmx else page, context)


@require_http_methods(["GET", "POST"])
def rating_item(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    seat = get_object_or_404(seats_of(membership), position=position)
    if request.method == "POST" and has_ever_consented(membership):
        return _submit(request, membership, seat)
    if is_consent_due(membership):
        return redirect("rating_consent", slug)
    if seat.status == AssignmentStatus.SKIPPED or not (is_rated(seat) or is_open(membership)):
        return redirect("rating_next", slug)
    note_opened(seat)
    form = RatingForm.opened(list(criteria_of(membership.study)), saved_rating(seat))
    return _desk(request, membership, seat, form)


def _submit(request: SignedInRequest, membership: Membership, seat: Assignment) -> HttpResponse:
    criteria = list(criteria_of(membership.study))
    form = RatingForm(criteria, request.POST)
    if not form.is_valid():
        return _desk(request, membership, seat, form, status=422)
    sent = form.cleaned_data
    try:
        submit_rating(
            seat,
            scores=form.entries(),
            submission=sent["submission"],
            by=request.user,
            reason=sent["reason"],
            base=sent["base"],
        )
    except RatingChangedError:
        form = RatingForm.kept(criteria, request.POST, saved_rating(seat))
        return _desk(request, membership, seat, form, is_changed_elsewhere=True, status=409)
    except StudyError as error:
        form.add_error(None, str(error))
        return _desk(request, membership, seat, form, status=409)
    messages.success(request, f"Item {seat.position} saved")
    return _go_on(membership)


@require_http_methods(["GET", "POST"])
def rating_skip(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    seat = get_object_or_404(seats_of(membership), position=position)
    form = SkipForm(request.POST)
    if request.method == "GET" or not form.is_valid():
        return redirect("rating_item", slug, position)
    try:
        skip(seat, kind=form.cleaned_data["kind"])
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Item {seat.position} skipped")
    return _go_on(membership)


@require_http_methods(["GET", "POST"])
def rating_flag(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    """Take a note about an item, and show the desk again with all that was typed on it."""
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    seat = get_object_or_404(seats_of(membership), position=position)
    note = FlagForm(request.POST)
    if request.method == "GET" or not note.is_valid():
        return redirect("rating_item", slug, position)
    try:
        flag(seat, note=note.note())
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Your note has gone to the study team")
    form = RatingForm.kept(list(criteria_of(membership.study)), request.POST, saved_rating(seat))
    return _desk(request, membership, seat, form)


@require_GET
def rating_list(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    seats = seats_of(membership).filter(status=AssignmentStatus.SUBMITTED).order_by("-closed_at", "-pk")
    page = Paginator(seats, RATINGS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "study": membership.study,
        "criteria": list(criteria_of(membership.study)),
        "ratings": own_ratings(list(page)),
        "page": page,
        "standing": standing_of(membership),
    }
    return render(request, "annotation/rating_list.html", context)


@require_GET
def rating_support(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    return render(request, "annotation/rating_support.html", {"study": membership.study})


@require_GET
def rating_concern(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    return render(request, "annotation/rating_concern.html", {"study": membership.study})


def is_rated(seat: Assignment) -> bool:
    return seat.status == AssignmentStatus.SUBMITTED


def is_open(membership: Membership) -> bool:
    return membership.study.status == StudyStatus.OPEN


def _go_on(membership: Membership) -> HttpResponse:
    seat = next_assignment(membership)
    if seat is None:
        return redirect("rating_next", membership.study.slug)
    return redirect("rating_item", membership.study.slug, seat.position)


def _desk(
    request: SignedInRequest,
    membership: Membership,
    seat: Assignment,
    form: RatingForm,
    *,
    is_changed_elsewhere: bool = False,
    status: int = 200,
) -> HttpResponse:
    item = desk_item(seat)
    if item is None:
        return redirect("rating_next", membership.study.slug)
    context = {
        "study": membership.study,
        "item": item,
        "form": form,
        "saved": saved_rating(seat),
        "back": seat_before(membership, seat.position),
        "standing": standing_of(membership),
        # A form that was just sent stays open, so that nothing typed is out of reach.
        "is_locked": request.method == "GET" and not is_open(membership),
        "is_changed_elsewhere": is_changed_elsewhere,
    }
    return render(request, "annotation/rating_item.html", context, status=status)
