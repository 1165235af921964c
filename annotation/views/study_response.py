"""Where one text came from, for managers and researchers."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.exports.file_name import file_stem
from annotation.exports.provenance import of_study
from annotation.permissions import can_manage
from annotation.queries.provenance import responses_of
from annotation.queries.review import ORIGIN
from annotation.queries.study import studies_seen_by
from annotation.views.request import SignedInRequest
from annotation.views.unusable_text import reasons_of
from generation.enums import ResponseStatus
from generation.queries.provenance import response_record


@require_GET
def study_response(request: SignedInRequest, slug: str, response_id: int) -> HttpResponse:
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    response = get_object_or_404(responses_of(study).select_related(*ORIGIN), pk=response_id)
    may_manage = can_manage(request.user, study)
    is_current = response.chain is None or response.chain.is_current
    waits = response.is_final and is_current and response.status != ResponseStatus.VALID
    context = {
        "study": study,
        "can_manage": may_manage,
        "can_review": may_manage and waits and response.imported is None,
        "is_current": is_current,
        "response": response,
        "record": response_record(response),
        "reasons": reasons_of(response),
        "reviews": response.reviews.select_related("by"),
    }
    return render(request, "annotation/study_response.html", context)


@require_GET
def study_response_record(request: SignedInRequest, slug: str, response_id: int) -> JsonResponse:
    """Send the record that the page shows, as a file."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    response = get_object_or_404(responses_of(study), pk=response_id)
    record = {**of_study(study), **response_record(response).to_dict()}
    answer = JsonResponse(record, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{file_stem(study)}-response-{response.pk}.json"'
    answer["Cache-Control"] = "no-store"
    return answer
