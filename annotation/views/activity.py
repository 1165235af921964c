"""Active time that a window reports as it is left."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from annotation.domain.active_span import report_activity
from annotation.forms.active_span import ActivityForm
from annotation.models import Assignment
from annotation.views.desk_request import seat_or_404
from annotation.views.request import SignedInRequest


@require_POST
def rating_activity(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    """Take a beacon; nobody waits for the answer."""
    keep_activity(request, seat_or_404(request, slug, position))
    return HttpResponse(status=204)


def keep_activity(request: SignedInRequest, seat: Assignment) -> None:
    """Keep the active time that comes with a form, if any does."""
    form = ActivityForm(request.POST)
    if form.is_valid():
        report_activity(seat, window=form.cleaned_data["submission"], reports=form.reports())
