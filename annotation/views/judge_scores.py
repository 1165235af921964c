"""Language models held against a study's experts: over all items, by condition, and as files."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from annotation.exports import judge_csv
from annotation.exports.file_name import file_stem
from annotation.exports.judge_measures import as_judges_csv
from annotation.queries.judge_report import judge_card_within, judge_cards
from annotation.queries.judge_state import asked_judge_runs
from annotation.queries.study import studies_seen_by
from annotation.views.hidden_conditions import ask_to_look, has_to_look_first
from annotation.views.request import SignedInRequest
from annotation.views.scores import scores_context, send_export, send_lines


@require_GET
def study_judge_scores(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how language models' scores compare with the experts'."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    context = scores_context(request, study)
    context["asked"] = asked_judge_runs(study)
    context["has_judges"] = study.judge_runs.exists()
    context["judges"] = judge_cards(context["computed"], context["scores"]) if context["computed"] else []
    return render(request, "annotation/scores_judges.html", context)


@require_GET
def study_judge_condition(
    request: SignedInRequest, slug: str, judge_id: int, condition_id: int
) -> HttpResponse:
    """Show the same of one judge on the items of one condition."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    context = scores_context(request, study)
    if context["are_conditions_hidden"]:
        return redirect("study_judge_scores", study.slug)
    computed, scores = context["computed"], context["scores"]
    found = computed and judge_card_within(computed, scores, judge_run=judge_id, condition=condition_id)
    if not found:
        raise Http404
    condition, card = found
    return render(
        request,
        "annotation/scores_judge_condition.html",
        {**context, "card": card, "judge": card.judge, "condition": condition},
    )


@require_GET
def study_export_judges(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """Send what the study's judges replied, each row marked as a model's."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    if has_to_look_first(request, study):
        return ask_to_look(request, study)
    filename = f"{file_stem(study)}-judges-{timezone.now():%Y-%m-%d}.csv"
    return send_export(judge_csv.FORMAT, study=study, filename=filename, by=request.user)


@require_GET
def study_export_judge_numbers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Send all that was computed of the study's judges; of hidden conditions nothing."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    context = scores_context(request, study)
    lines = as_judges_csv(context["scores"], context["computed"])
    filename = f"{file_stem(study)}-judges-numbers-{timezone.now():%Y-%m-%d}.csv"
    return send_lines(lines, format_key="csv-judges", study=study, filename=filename, by=request.user)
