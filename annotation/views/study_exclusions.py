"""What a study leaves out of its numbers, and what that does to them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotation.domain.errors import StudyError
from annotation.domain.exclusion import end_exclusion, exclude_ratings
from annotation.enums import ExclusionKind
from annotation.forms.exclusion import ExclusionForm
from annotation.models import Exclusion
from annotation.permissions import can_manage
from annotation.queries.exclusion import exclusion_effects
from annotation.queries.score import scores_for_study
from annotation.queries.shown_scores import without_conditions
from annotation.queries.study import studies_managed_by, studies_seen_by
from annotation.views.hidden_conditions import look_context
from annotation.views.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def study_exclusions(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the rules and their effect to all who see scores; managers set them."""
    studies = studies_seen_by if request.method == "GET" else studies_managed_by
    study = get_object_or_404(studies(request.user), slug=slug)
    form = ExclusionForm(request.POST if request.method == "POST" else None, study=study)
    if request.method == "POST" and form.is_valid():
        try:
            exclusion = exclude_ratings(
                study,
                kind=ExclusionKind(form.cleaned_data["kind"]),
                rater=form.cleaned_data["rater"],
                seconds=form.cleaned_data["seconds"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Left out: {exclusion}.")
            return redirect("study_exclusions", slug)
    kept, everything = scores_for_study(study), scores_for_study(study, with_exclusions=False)
    looked = look_context(request, study)
    if looked["are_conditions_hidden"]:
        kept, everything = without_conditions(kept), without_conditions(everything)
    context = {
        **looked,
        "study": study,
        "can_manage": can_manage(request.user, study),
        "form": form,
        "effects": exclusion_effects(study),
        "scores": kept,
        "everything": everything,
        "rows": list(zip(kept.rows(), everything.rows(), strict=True)),
    }
    return render(request, "annotation/study_exclusions.html", context, status=422 if form.errors else 200)


@require_POST
def study_exclusion_end(request: SignedInRequest, slug: str, exclusion_id: int) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    exclusion = get_object_or_404(Exclusion, study=study, pk=exclusion_id)
    end_exclusion(exclusion, by=request.user)
    messages.success(request, f"Counted again: {exclusion}.")
    return redirect("study_exclusions", slug)
