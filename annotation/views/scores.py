"""The numbers of a study, and its ratings as a file, for managers and researchers."""

import tempfile

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from annotation.domain.export import record_export
from annotation.exports import csv_long, provenance, write_export
from annotation.exports.format import ExportFormat
from annotation.models import Study, User
from annotation.permissions import can_manage
from annotation.queries.progress import rating_progress
from annotation.queries.score import scores_for_study
from annotation.queries.study import studies_seen_by
from annotation.views.request import SignedInRequest
from generation.queries.run import run_progress


@require_GET
def study_scores(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_seen_by(request.user).select_related("run"), slug=slug)
    context = {
        "study": study,
        "can_manage": can_manage(request.user, study),
        "scores": scores_for_study(study),
        "rating": rating_progress(study),
        "generation": run_progress(study.run) if study.run else None,
        "now": timezone.now(),
    }
    return render(request, "annotation/scores.html", context)


@require_GET
def study_export_csv(request: SignedInRequest, slug: str) -> FileResponse:
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    filename = f"{study.slug}-ratings-{timezone.now():%Y-%m-%d}.csv"
    return _send(csv_long.FORMAT, study=study, filename=filename, by=request.user)


@require_GET
def study_export_provenance(request: SignedInRequest, slug: str) -> FileResponse:
    """Send where each rated text came from, with every message sent and received."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    filename = f"{study.slug}-provenance.jsonl"
    return _send(provenance.FORMAT, study=study, filename=filename, by=request.user)


def _send(export_format: ExportFormat, *, study: Study, filename: str, by: User) -> FileResponse:
    """Write the whole file first: what is sent is complete, and the log has its rows and hash."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    written = write_export(export_format, study=study, stream=stream)
    record_export(
        study,
        format_key=written.format_key,
        n_rows=written.n_rows,
        sha256=written.sha256,
        by=by,
    )
    response = FileResponse(
        stream, as_attachment=True, filename=filename, content_type=export_format.content_type
    )
    response["Cache-Control"] = "no-store"
    return response
