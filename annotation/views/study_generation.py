"""Writing a study's texts: start, watch, pause, resume, write one again."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseStopPolling
from kombu.exceptions import OperationalError

from annotation.domain.errors import StudyError
from annotation.domain.regeneration import regenerate_unusable
from annotation.domain.study import pause_generation, regenerate_text, resume_generation, start_generation
from annotation.models import Study
from annotation.queries.attention import texts_to_look_at
from annotation.queries.design import design_numbers
from annotation.queries.generation import seconds_left
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest
from annotation.views.unusable_text import UnusableText
from generation.enums import RunStatus
from generation.models import Chain, GenerationRun
from generation.queries.run import run_progress
from generation.tasks import drain_queue

MOST_SHOWN = 50

logger = logging.getLogger(__name__)


@require_GET
def study_generation(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the generation; htmx asks for its moving part alone, until nothing moves any more."""
    study = get_object_or_404(studies_managed_by(request.user).select_related("run"), slug=slug)
    context: dict[str, Any] = {"study": study, "can_manage": True}
    if study.run is None:
        context["numbers"] = design_numbers(study)
        return render(request, "annotation/study_generation.html", context)
    context |= _watch(study.run)
    if not request.htmx:
        return render(request, "annotation/study_generation.html", context)
    response = render(request, "annotation/study_generation.html#progress", context)
    if not context["is_moving"]:
        response.status_code = HttpResponseStopPolling.status_code
    return response


def _watch(run: GenerationRun) -> dict[str, Any]:
    progress = run_progress(run)
    unusable = texts_to_look_at(run)
    return {
        "progress": progress,
        "seconds_left": seconds_left(run, progress),
        "is_moving": progress.status == RunStatus.RUNNING and not progress.is_finished,
        "n_unusable": unusable.count(),
        "unusable": [UnusableText.of(chain) for chain in unusable[:MOST_SHOWN]],
    }


@require_POST
def study_generation_start(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, start_generation, done="The texts are being written.")


@require_POST
def study_generation_pause(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, pause_generation, done="Paused. Texts that were begun are finished first.")


@require_POST
def study_generation_resume(request: SignedInRequest, slug: str) -> HttpResponse:
    return _change(request, slug, resume_generation, done="Resumed: the texts are being written.")


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
        _ring()
        messages.success(request, done)
    return redirect("study_generation", study.slug)


def _ring() -> None:
    """Wake the workers. When the broker is away the work is not lost: the next sweep rings again."""
    try:
        drain_queue.delay_on_commit()  # type: ignore[attr-defined]  # of Celery's own task class for Django
    except OperationalError:
        logger.warning("The broker did not take the message to wake the workers.")
