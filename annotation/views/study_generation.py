"""Writing a study's texts: what it will take, how it goes, and what a manager can do about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseStopPolling

from annotation.domain.errors import StudyError
from annotation.domain.generation import (
    cancel_generation,
    decoding_of,
    pause_generation,
    prioritise_generation,
    resume_generation,
    retry_generation,
    start_generation,
)
from annotation.domain.regeneration import regenerate_unusable
from annotation.domain.study import regenerate_text
from annotation.forms.generation import PriorityForm
from annotation.models import Study
from annotation.queries.attention import texts_to_look_at
from annotation.queries.design import design_numbers
from annotation.queries.generation import GenerationNow, estimate_generation, generation_now
from annotation.queries.study import studies_managed_by
from annotation.views.doorbell import wake_workers
from annotation.views.request import SignedInRequest
from annotation.views.unusable_text import FAILURES, UNKNOWN_FAILURE, UnusableText
from generation.backends.base import FailureKind
from generation.models import Chain

MOST_SHOWN = 50

# Of calls that will be made again.
PASSING_FAILURES = {
    FailureKind.OUT_OF_MEMORY.value: "The computer ran out of memory.",
    FailureKind.UNAVAILABLE.value: "The model could not be reached.",
    "lost": "The worker stopped in the middle of a text.",
}


@require_GET
def study_generation(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the generation; htmx asks for its moving part alone, until nothing moves any more."""
    studies = studies_managed_by(request.user).select_related("run", "constitution_set", "prompt_set")
    study = get_object_or_404(studies, slug=slug)
    now = generation_now(study)
    if now is None:
        return render(request, "annotation/study_generation.html", _before(study))
    context = _during(study, now)
    if request.htmx:
        response = render(request, "annotation/study_generation.html#progress", context)
        if not now.is_moving:
            response.status_code = HttpResponseStopPolling.status_code
            # The rest of the page tells of texts that came meanwhile, too.
            response["HX-Refresh"] = "true"
        return response
    return render(request, "annotation/study_generation.html", context | _unusable(study))


def _before(study: Study) -> dict[str, Any]:
    decoding = decoding_of(study)
    return {
        "study": study,
        "can_manage": True,
        "numbers": design_numbers(study),
        "estimate": estimate_generation(study, decoding=decoding),
        "decoding": decoding,
        "dimensions": study.dimensions.order_by("number"),
        "conditions": study.conditions.select_related("model_spec"),
    }


def _during(study: Study, now: GenerationNow) -> dict[str, Any]:
    return {
        "study": study,
        "can_manage": True,
        "now": now,
        "progress": now.progress,
        "failed_for_good": [
            (one, FAILURES.get(one.kind, UNKNOWN_FAILURE)) for one in now.failures if one.is_final
        ],
        "tried_again": [
            (one, PASSING_FAILURES.get(one.kind, UNKNOWN_FAILURE)) for one in now.failures if not one.is_final
        ],
    }


def _unusable(study: Study) -> dict[str, Any]:
    """Return what only the whole page shows: it is not asked for every two seconds."""
    if study.run is None:
        return {}
    chains = texts_to_look_at(study.run)
    return {
        "priority_form": PriorityForm(initial={"priority": study.run.priority}),
        "n_unusable": chains.count(),
        "unusable": [UnusableText.of(chain) for chain in chains[:MOST_SHOWN]],
    }


@require_POST
def study_generation_start(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, start_generation, done="Started: the design is fixed from now on.")


@require_POST
def study_generation_pause(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, pause_generation, done="Paused. Texts that were begun are finished first.")


@require_POST
def study_generation_resume(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, resume_generation, done="Resumed: the texts are being written.")


@require_http_methods(["GET", "POST"])
def study_generation_cancel(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask first: a cancelled generation is never taken up again."""
    if request.method == "POST":
        return _change(request, slug, cancel_generation, done="Cancelled. What was written is kept.")
    study = get_object_or_404(studies_managed_by(request.user).select_related("run"), slug=slug)
    now = generation_now(study)
    if now is None:
        return redirect("study_generation", study.slug)
    context = {"study": study, "can_manage": True, "now": now, "progress": now.progress}
    return render(request, "annotation/study_generation_cancel.html", context)


@require_POST
def study_generation_retry(request: SignedInRequest, slug: str) -> HttpResponse:
    """Have what failed tried once more, after its earlier calls."""
    return _change(request, slug, retry_generation, done="What failed is being tried again.")


@require_POST
def study_generation_priority(request: SignedInRequest, slug: str) -> HttpResponse:
    """Put the study's texts before or after those of other studies."""
    form = PriorityForm(request.POST)
    if not form.is_valid():
        study = get_object_or_404(studies_managed_by(request.user), slug=slug)
        messages.error(request, " ".join(str(error) for error in form.errors["priority"]))
        return redirect("study_generation", study.slug)

    def change(study: Study, **by: Any) -> None:  # noqa: ANN401
        prioritise_generation(study, priority=form.cleaned_data["priority"], **by)

    return _change(request, slug, change, done="The priority is set, from the next texts on.")


@require_POST
def study_text_again(request: SignedInRequest, slug: str, chain_id: int) -> HttpResponse:
    """Have one text that cannot be rated written again."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    chain = get_object_or_404(
        Chain.objects.select_related("run_model"), pk=chain_id, run_model__run=study.run_id
    )

    def change(study: Study, **by: Any) -> None:  # noqa: ANN401
        regenerate_text(study, chain, **by)

    return _change(request, slug, change, done="This text is being written again.")


@require_POST
def study_texts_again(request: SignedInRequest, slug: str) -> HttpResponse:
    """Have all texts that cannot be rated written again."""
    return _change(request, slug, regenerate_unusable, done="These texts are being written again.")


def _change(request: SignedInRequest, slug: str, change: Callable[..., object], *, done: str) -> HttpResponse:
    """Carry out one change of a study's generation, wake the workers, and say what became of it."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    try:
        change(study, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        wake_workers()
        messages.success(request, done)
    return redirect("study_generation", study.slug)
