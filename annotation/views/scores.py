"""The numbers of a study, and its ratings as files, for managers and researchers."""

import hashlib
import tempfile
from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from annotation.domain.export import record_export
from annotation.enums import FigureLook
from annotation.exports import csv_long, provenance, write_export
from annotation.exports.file_name import file_stem
from annotation.exports.format import ExportFormat
from annotation.exports.score_table import intervals_by_condition
from annotation.exports.snapshot_ratings import snapshot_ratings
from annotation.models import FigureFile, Snapshot, Study, User
from annotation.permissions import can_manage
from annotation.queries.exclusion import exclusions_of
from annotation.queries.hidden_conditions import figures_without_conditions
from annotation.queries.progress import rating_progress
from annotation.queries.shown_scores import shown_scores
from annotation.queries.snapshot import computed_of, figures_of
from annotation.queries.study import studies_seen_by
from annotation.views.hidden_conditions import ask_to_look, has_to_look_first, look_context
from annotation.views.request import SignedInRequest
from annotation.views.score_report import Report
from annotation.views.snapshot_request import ask_for_numbers, ask_unless_current
from generation.queries.run import run_progress

# What the name of a print file says of its width.
PRINT_SUFFIXES = {FigureLook.PRINT: "", FigureLook.PRINT_ONE: "-one-column"}
FIGURE_TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}


@require_GET
def study_scores(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_seen_by(request.user).select_related("run"), slug=slug)
    context = scores_context(request, study) | {
        "rating": rating_progress(study),
        "generation": run_progress(study.run) if study.run else None,
        "has_judges": study.judge_runs.exists(),
        "now": timezone.now(),
    }
    return render(request, "annotation/scores.html", context)


@require_GET
def study_distributions(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show medians, quartiles and how often each score was given, by condition."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    context = scores_context(request, study) | {"exclusions": exclusions_of(study)}
    return render(request, "annotation/scores_distributions.html", context)


@require_GET
def study_breakdowns(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the scores by rater, dimension, topic and post."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    return render(request, "annotation/scores_breakdowns.html", scores_context(request, study))


@require_GET
def study_agreement(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how well raters agree."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    return render(request, "annotation/scores_agreement.html", scores_context(request, study))


@require_GET
def study_condition_agreement(request: SignedInRequest, slug: str, condition_id: int) -> HttpResponse:
    """Show how well raters agree on the items of one condition: every measure, with what it means."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    get_object_or_404(study.conditions, pk=condition_id)
    context = scores_context(request, study)
    shown = [row for row in context["scores"].conditions if row.condition == condition_id]
    context["condition"] = shown[0] if shown else None
    context["parts"] = context["report"].agreement_of(shown[0]) if shown and context["report"] else []
    return render(request, "annotation/scores_agreement_condition.html", context)


@require_GET
def study_comparisons(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the planned contrasts of conditions."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    return render(request, "annotation/scores_comparisons.html", scores_context(request, study))


@require_GET
def study_rater_effects(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how raters differ from each other."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    return render(request, "annotation/scores_raters.html", scores_context(request, study))


@require_GET
def study_figures(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the figures, each with its table and its files for print."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    context = scores_context(request, study)
    context["figures"] = figures_of(context["computed"]) if context["computed"] else []
    if context["computed"] and not context["figures"]:
        ask_for_numbers(study, context["computed"])
    return render(request, "annotation/scores_figures.html", context)


@require_GET
@csp_update({"style-src": [UNSAFE_INLINE]})  # type: ignore[arg-type]  # its stub knows no arguments of a path
def study_figure_file(request: SignedInRequest, slug: str, file_id: int, name: str) -> HttpResponse:
    """Send a figure. An SVG has styles of its own, which this answer alone allows."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    files = FigureFile.objects.select_related("figure").filter(figure__snapshot__study=study)
    if has_to_look_first(request, study):
        files = files.filter(figures_without_conditions("figure__key"))
    file = get_object_or_404(files, pk=file_id)
    response = HttpResponse(bytes(file.content), content_type=FIGURE_TYPES[file.file_type])
    if file.look in PRINT_SUFFIXES:
        suffix = PRINT_SUFFIXES[FigureLook(file.look)]
        filename = f"{file_stem(study)}-{file.figure.key}{suffix}.{file.file_type}"
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@require_GET
def study_snapshot_state(request: SignedInRequest, slug: str) -> HttpResponse:
    """Tell a page that waits for its numbers when they are there."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    computed = computed_of(study)
    ask_unless_current(study, computed)
    is_there = computed is not None and computed.is_current
    if computed and is_there and "figures" in request.GET:
        is_there = computed.snapshot.figures.exists()
    return HttpResponseClientRefresh() if is_there else HttpResponse(status=204)


@require_GET
def study_snapshot_ratings(request: SignedInRequest, slug: str, snapshot_id: int) -> HttpResponse:
    """Send the ratings that a snapshot was computed from."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    snapshot = get_object_or_404(Snapshot, study=study, pk=snapshot_id)
    if has_to_look_first(request, study):
        return ask_to_look(request, study)
    lines = "".join(snapshot_ratings(snapshot))
    filename = f"{file_stem(study)}-snapshot-{snapshot.data_sha256[:8]}.csv"
    return send_lines(lines, format_key="snapshot", study=study, filename=filename, by=request.user)


def scores_context(request: SignedInRequest, study: Study) -> dict[str, Any]:
    looked = look_context(request, study)
    shown = shown_scores(study, has_looked=looked["look"] is not None)
    scores, computed = shown.scores, shown.computed
    if scores.n_ratings:
        ask_unless_current(study, computed)
    return {
        **looked,
        "study": study,
        "can_manage": can_manage(request.user, study),
        "scores": scores,
        "computed": computed,
        "intervals": intervals_by_condition(shown) if computed else {},
        "report": Report(computed, scores) if computed else None,
    }


@require_GET
def study_export_csv(request: SignedInRequest, slug: str) -> HttpResponseBase:
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    if has_to_look_first(request, study):
        return ask_to_look(request, study)
    filename = f"{file_stem(study)}-ratings-{timezone.now():%Y-%m-%d}.csv"
    return send_export(csv_long.FORMAT, study=study, filename=filename, by=request.user)


@require_GET
def study_export_provenance(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """Send where each rated text came from, with every message sent and received."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    if has_to_look_first(request, study):
        return ask_to_look(request, study)
    filename = f"{file_stem(study)}-provenance.jsonl"
    return send_export(provenance.FORMAT, study=study, filename=filename, by=request.user)


def send_export(export_format: ExportFormat, *, study: Study, filename: str, by: User) -> FileResponse:
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


def send_lines(lines: str, *, format_key: str, study: Study, filename: str, by: User) -> HttpResponse:
    """Send lines of CSV that are all there, with a head; the log has their number and hash."""
    record_export(
        study,
        format_key=format_key,
        n_rows=lines.count("\r\n") - 1,
        sha256=hashlib.sha256(lines.encode()).hexdigest(),
        by=by,
    )
    return HttpResponse(
        lines,
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": "no-store",
        },
    )
