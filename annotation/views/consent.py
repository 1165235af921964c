"""What a rater reads before the first item: the consent text, then the instructions."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.consent import give_consent
from annotation.domain.welfare import note_time_zone
from annotation.queries.consent import changes_since_consent, newest_consent_text
from annotation.queries.rating import memberships_at_desk
from annotation.queries.welfare import are_topics_due
from annotation.views.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def rating_consent(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    text = newest_consent_text(membership)
    if text is None:
        return redirect("rating_next", slug)
    context = {
        "study": membership.study,
        "text": text,
        "changes": changes_since_consent(membership, text),
        "has_changed": request.method == "POST" and request.POST.get("version") != str(text.version),
    }
    if request.method == "POST" and request.POST.get("answer") != "agree":
        return render(request, "annotation/rating_declined.html", context)
    if request.method == "GET" or context["has_changed"]:
        return render(request, "annotation/rating_consent.html", context)
    give_consent(membership, text=text)
    note_time_zone(request.user, name=request.POST.get("time_zone", ""))
    if are_topics_due(membership):
        return redirect("rating_topics", slug)
    return redirect("rating_instructions" if membership.study.instructions else "rating_next", slug)


@require_GET
def rating_instructions(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    return render(request, "annotation/rating_instructions.html", {"study": membership.study})
