"""The rating desk: one item after another, and what a rater may do beside rating."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from annotation.domain.assignment import flag, skip
from annotation.domain.draft import DraftChangedError
from annotation.domain.errors import StudyError
from annotation.domain.rating import RatingChangedError, note_opened, open_next, submit_rating
from annotation.enums import AssignmentStatus, StudyStatus
from annotation.forms.active_span import read_spans
from annotation.forms.rating import FlagForm, RatingForm, SkipForm
from annotation.models import Assignment, Criterion, Draft, Membership
from annotation.queries.consent import has_ever_consented
from annotation.queries.criterion import criteria_at_desk
from annotation.queries.draft import draft_of
from annotation.queries.next_place import NextPlace, next_place
from annotation.queries.own_numbers import own_numbers
from annotation.queries.rating import (
    SavedRating,
    desk_item,
    memberships_at_desk,
    next_assignment,
    own_ratings,
    position_before,
    progress_of,
    saved_rating,
    seats_of,
    standing_of,
)
from annotation.queries.welfare import due_pause
from annotation.views.activity import keep_activity
from annotation.views.before_items import page_before_items
from annotation.views.blank_criteria import blank_criteria
from annotation.views.desk_request import desk_owner, for_its_owner, is_by_script, lead_to, seat_or_404
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
    if page_before := page_before_items(membership):
        return redirect(page_before, slug)
    if seat := next_assignment(membership):
        if due_pause(membership):
            url = reverse("rating_break", args=[slug])
        else:
            url = reverse("rating_item", args=[slug, seat.position])
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    page = "annotation/rating_next.html"
    standing = standing_of(membership)
    is_over = membership.study.status == StudyStatus.CLOSED or (standing.done and not standing.left)
    numbers = own_numbers(membership) if is_over else None
    context = {"study": membership.study, "standing": standing, "numbers": numbers}
    return render(request, f"{page}#state" if request.htmx else page, context)


@require_http_methods(["GET", "POST"])
@for_its_owner
def rating_item(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    seat = seat_or_404(request, slug, position)
    membership = seat.rater
    page_before = page_before_items(membership)
    # What was begun under an earlier consent may still be handed in; then the new one comes first.
    if page_before and (request.method == "GET" or not has_ever_consented(membership)):
        return lead_to(request, page_before, slug, status=409)
    if request.method == "POST":
        return _submit(request, membership, seat, leads_on=not page_before)
    if seat.status == AssignmentStatus.SKIPPED or not (is_rated(seat) or is_open(membership)):
        return lead_to(request, "rating_next", slug)
    saved = saved_rating(seat)
    # A change that was begun waits for the study to go on: until then, what counts is shown.
    draft = draft_of(seat) if is_open(membership) else None
    if seat.opened_at is None:
        note_opened(seat)
    form = RatingForm.opened(criteria_at_desk(membership.study), saved, draft)
    return _desk(request, membership, seat, form, saved=saved, draft=draft)


def _submit(
    request: SignedInRequest, membership: Membership, seat: Assignment, *, leads_on: bool
) -> HttpResponse:
    criteria = criteria_at_desk(membership.study)
    form = RatingForm(criteria, request.POST)
    if not form.is_valid():
        return _desk(request, membership, seat, form, saved=saved_rating(seat), status=422)
    try:
        with transaction.atomic():
            submit_rating(
                seat,
                scores=form.entries(),
                by=request.user,
                criteria=criteria,
                spans=read_spans(request.POST.get("spans")),
                **{name: form.cleaned_data[name] for name in ("submission", "reason", "base", "known")},
            )
            place = _next_place(request, membership) if leads_on else NextPlace()
    except RatingChangedError:
        return _choice(request, membership, seat, criteria, is_changed_elsewhere=True)
    except DraftChangedError as error:
        return _choice(request, membership, seat, criteria, other=error.other)
    except StudyError as error:
        form.add_error(None, str(error))
        return _desk(request, membership, seat, form, saved=saved_rating(seat), status=409)
    messages.success(request, f"Item {seat.position} saved")
    return _go_on(request, membership, place)


def _choice(
    request: SignedInRequest,
    membership: Membership,
    seat: Assignment,
    criteria: Sequence[Criterion],
    *,
    other: Draft | None = None,
    is_changed_elsewhere: bool = False,
) -> HttpResponse:
    """Show what was typed here beside what another window left; nothing is lost whichever she takes."""
    saved = saved_rating(seat)
    draft = other or draft_of(seat)
    form = RatingForm.kept(
        criteria, request.POST, base=saved.number if saved else 0, known=draft.key if draft else ""
    )
    return _desk(
        request,
        membership,
        seat,
        form,
        saved=saved,
        other=other,
        is_changed_elsewhere=is_changed_elsewhere,
        status=409,
    )


@require_http_methods(["GET", "POST"])
@for_its_owner
def rating_skip(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    seat = seat_or_404(request, slug, position)
    membership = seat.rater
    form = SkipForm(request.POST)
    if request.method == "GET" or not form.is_valid():
        return lead_to(request, "rating_item", slug, position, status=409)
    keep_activity(request, seat)
    try:
        skip(seat, kind=form.cleaned_data["kind"])
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Item {seat.position} skipped")
    return _go_on(request, membership, _next_place(request, membership))


@require_http_methods(["GET", "POST"])
@for_its_owner
def rating_flag(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    """Take a note about an item; the desk is shown again with all that was typed on it."""
    seat = seat_or_404(request, slug, position)
    membership = seat.rater
    note = FlagForm(request.POST)
    if request.method == "GET" or not note.is_valid():
        return lead_to(request, "rating_item", slug, position, status=409)
    try:
        flag(seat, note=note.note())
    except StudyError as error:
        said, status = str(error), 409
    else:
        said, status = "Your note has gone to the study team", 200
    if is_by_script(request):
        return JsonResponse({"said": said}, status=status)
    (messages.success if status == 200 else messages.error)(request, said)
    saved, draft = saved_rating(seat), draft_of(seat)
    form = RatingForm.kept(
        criteria_at_desk(membership.study),
        request.POST,
        base=saved.number if saved else 0,
        known=draft.key if draft else "",
    )
    return _desk(request, membership, seat, form, saved=saved)


@require_GET
def rating_list(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    seats = seats_of(membership).filter(status=AssignmentStatus.SUBMITTED).order_by("-closed_at", "-pk")
    page = Paginator(seats, RATINGS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "study": membership.study,
        "criteria": criteria_at_desk(membership.study),
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


def _next_place(request: SignedInRequest, membership: Membership) -> NextPlace:
    """Find where she goes on; a script shows the item at once, a form leads to it."""
    return open_next(membership) if is_by_script(request) else next_place(membership)


def _go_on(
    request: SignedInRequest,
    membership: Membership,
    place: NextPlace,
) -> HttpResponse:
    """Lead on; give a script the next item itself."""
    slug, seat = membership.study.slug, place.seat
    if seat is None:
        return lead_to(request, "rating_next", slug)
    if place.pause:
        return lead_to(request, "rating_break", slug)
    if not is_by_script(request):
        return lead_to(request, "rating_item", slug, seat.position)
    draft = draft_of(seat)
    form = RatingForm.opened(criteria_at_desk(membership.study), None, draft)
    response = _desk(request, membership, seat, form, draft=draft)
    response["X-Desk-Url"] = reverse("rating_item", args=[slug, seat.position])
    return response


def _desk(
    request: SignedInRequest,
    membership: Membership,
    seat: Assignment,
    form: RatingForm,
    *,
    saved: SavedRating | None = None,
    draft: Draft | None = None,
    other: Draft | None = None,
    is_changed_elsewhere: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the desk; to a script only what changes from item to item.

    `saved` is the rating that counts, `draft` the one that the form shows, `other` what another window has
    written in the meantime.
    """
    item = desk_item(seat)
    if item is None:
        if request.method == "POST":
            messages.error(request, "The text of this item is no longer there to be rated.")
        return lead_to(request, "rating_next", membership.study.slug, status=409)
    is_locked = request.method == "GET" and not is_open(membership)
    context = {
        "study": membership.study,
        "item": item,
        "form": form,
        "blank_criteria": "" if is_locked or not form.is_blank else blank_criteria(membership.study),
        "saved": saved,
        "draft": draft,
        "other": other,
        "owner": desk_owner(request.user),
        "is_unsaved": status != 200,
        "back": position_before(membership, seat.position),
        "standing": progress_of(membership),
        # A form that was just sent stays open, so that nothing typed is out of reach.
        "is_locked": is_locked,
        "is_changed_elsewhere": is_changed_elsewhere,
    }
    page = "annotation/rating_item.html"
    return render(request, f"{page}#desk" if is_by_script(request) else page, context, status=status)
