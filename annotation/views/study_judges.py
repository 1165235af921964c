"""A study's judges: who scores the texts, how far each is, and what a manager can do about it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseStopPolling

from annotation.domain.errors import StudyError
from annotation.domain.judge_prompt_set import store_example_judge_prompts
from annotation.domain.judge_run import (
    add_new_texts,
    cancel_judge_run,
    pause_judge_run,
    prioritise_judge_run,
    resume_judge_run,
    retry_judge_run,
    start_judge_run,
)
from annotation.enums import EventKind
from annotation.forms.generation import PriorityForm
from annotation.forms.judge import JudgeForm
from annotation.judging.worth import worth_warnings
from annotation.models import JudgeRun, Study
from annotation.permissions import can_manage
from annotation.queries.generation import run_now
from annotation.queries.judge_reply import (
    commonest_points,
    failed_calls,
    outcome_counts,
    replies_to_collect,
    sum_counts,
    unreadable_replies,
)
from annotation.queries.judge_run import items_to_judge, judge_runs_of
from annotation.queries.study import studies_managed_by, studies_seen_by
from annotation.views.doorbell import wake_workers
from annotation.views.request import SignedInRequest
from annotation.views.study_generation import PASSING_FAILURES
from annotation.views.unusable_text import FAILURES, UNKNOWN_FAILURE
from generation.backends.base import Decoding, FailureKind
from generation.enums import RunStatus

WAKING_EVENTS = (EventKind.JUDGE_STARTED, EventKind.JUDGE_RESUMED, EventKind.JUDGE_RETRIED)

# What a manager can do with a judge, and what she is told then.
CHANGES: Mapping[str, tuple[Callable[..., object], str]] = {
    "pause": (pause_judge_run, "Paused. Calls that were begun are finished first."),
    "resume": (resume_judge_run, "Resumed: the judge goes on."),
    "retry": (retry_judge_run, "What failed is being tried again."),
    "new-texts": (add_new_texts, "The texts that came later are being scored, too."),
    "cancel": (cancel_judge_run, "Cancelled. What was answered is kept."),
}


@require_http_methods(["GET", "POST"])
def study_judges(request: SignedInRequest, slug: str) -> HttpResponse:
    """List the judges; a manager starts a new one here."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    may_manage = can_manage(request.user, study)
    if request.method == "POST" and not may_manage:
        raise Http404
    if may_manage:
        store_example_judge_prompts()
    form = JudgeForm(request.POST or None, study=study) if may_manage else None
    if form is not None and form.is_valid():
        cleaned = {**form.cleaned_data}
        try:
            judge_run = start_judge_run(study, model_spec=cleaned.pop("model"), **cleaned, by=request.user)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            wake_workers()
            messages.success(request, f"{judge_run.judge} is scoring the study's texts.")
            return redirect("judge_run", study.slug, judge_run.pk)
    context = {
        "study": study,
        "can_manage": may_manage,
        "judge_runs": judge_runs_of(study).prefetch_related("criteria"),
        "form": form,
        "n_texts": study.items.filter(response__isnull=False).count(),
        "n_items": study.items.count(),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "annotation/study_judges.html", context, status=status)


@require_GET
def judge_run(request: SignedInRequest, slug: str, judge_id: int) -> HttpResponse:
    """Show one judge; htmx asks for its moving part alone, until nothing moves any more."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    judged = get_object_or_404(judge_runs_of(study).prefetch_related("criteria"), pk=judge_id)
    context = _context(study, judged, may_manage=can_manage(request.user, study))
    if request.htmx:
        response = render(request, "annotation/judge_run.html#progress", context)
        if not context["is_moving"]:
            response.status_code = HttpResponseStopPolling.status_code
            response["HX-Refresh"] = "true"
        return response
    return render(request, "annotation/judge_run.html", context)


def _context(study: Study, judged: JudgeRun, *, may_manage: bool) -> dict[str, Any]:
    counts = outcome_counts(judged)
    total = sum_counts(counts)
    context: dict[str, Any] = {
        "study": study,
        "can_manage": may_manage,
        "judge_run": judged,
        "counts": counts,
        "total": total,
        "n_unread": unreadable_replies(judged).count(),
        "n_new": 0,
        "is_moving": False,
        "warnings": worth_warnings(
            judged.judge,
            n_answered=total.answered,
            n_scores=total.score,
            commonest=commonest_points(judged),
        ),
    }
    if judged.generation_run is not None:
        now = run_now(judged.generation_run, study, waking=WAKING_EVENTS)
        n_failed, n_new = failed_calls(judged), items_to_judge(judged).count()
        is_over = now.progress.is_finished and not n_failed and not n_new
        context |= {
            "has_actions": may_manage and now.progress.status != RunStatus.CANCELLED and not is_over,
            "now": now,
            "priority_form": PriorityForm(initial={"priority": judged.generation_run.priority}),
            "progress": now.progress,
            "decoding": Decoding.from_dict(judged.generation_run.decoding),
            "n_failed": n_failed,
            "n_new": n_new,
            "is_moving": now.is_moving or replies_to_collect(judged).exists(),
            "failed_for_good": [
                (one, FAILURES.get(one.kind, UNKNOWN_FAILURE))
                for one in now.failures
                if one.is_final and one.kind != FailureKind.REFUSED
            ],
            "tried_again": [
                (one, PASSING_FAILURES.get(one.kind, UNKNOWN_FAILURE))
                for one in now.failures
                if not one.is_final
            ],
        }
    return context


@require_POST
def judge_run_priority(request: SignedInRequest, slug: str, judge_id: int) -> HttpResponse:
    """Put the judge's calls before or after those of other runs."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    judged = get_object_or_404(study.judge_runs, pk=judge_id)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["priority"]))
        return redirect("judge_run", study.slug, judged.pk)
    try:
        prioritise_judge_run(judged, priority=form.cleaned_data["priority"], by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The priority is set, from the next calls on.")
    return redirect("judge_run", study.slug, judged.pk)


@require_POST
def judge_run_change(request: SignedInRequest, slug: str, judge_id: int, change: str) -> HttpResponse:
    """Carry out one change of a judge, wake the workers, and say what became of it."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    judged = get_object_or_404(study.judge_runs, pk=judge_id)
    if change not in CHANGES:
        raise Http404
    carry_out, done = CHANGES[change]
    try:
        carry_out(judged, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        wake_workers()
        messages.success(request, done)
    return redirect("judge_run", study.slug, judged.pk)
