"""What a study compares: planned by its managers, else by the rule."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotation.domain.contrast import plan_by_rule, plan_contrasts
from annotation.domain.errors import StudyError
from annotation.forms.contrast import ContrastForm
from annotation.permissions import can_manage
from annotation.queries.contrast import (
    contrast_plans,
    contrasts_by_rule,
    looks_at_conditions,
    planned_contrasts,
)
from annotation.queries.counted_rating import counted_ratings
from annotation.queries.study import studies_managed_by, studies_seen_by
from annotation.views.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def study_contrasts(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the plan to all who see scores; managers change it. It names conditions, and no score."""
    studies = studies_seen_by if request.method == "GET" else studies_managed_by
    study = get_object_or_404(studies(request.user), slug=slug)
    plans = list(contrast_plans(study))
    plan = plans[0] if plans else None
    contrasts = planned_contrasts(study, plan)
    form = ContrastForm(
        request.POST if request.method == "POST" else None,
        study=study,
        planned=contrasts,
        proposed=contrasts_by_rule(study),
        primary_criterion=plan.primary_criterion if plan else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            plan_contrasts(
                study,
                contrasts=form.cleaned_data["pairs"],
                primary_criterion=form.cleaned_data["primary_criterion"],
                based_on=form.cleaned_data["based_on"],
                by=request.user,
            )
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The contrasts are planned.")
            return redirect("study_contrasts", study.slug)
    context = {
        "study": study,
        "can_manage": can_manage(request.user, study),
        "plan": plan,
        "plans": plans,
        "contrasts": contrasts,
        "form": form,
        "n_ratings": counted_ratings(study).count(),
        "n_looks": looks_at_conditions(study),
    }
    return render(request, "annotation/study_contrasts.html", context, status=422 if form.errors else 200)


@require_POST
def study_contrasts_by_rule(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    plan_by_rule(study, by=request.user)
    messages.success(request, "The contrasts follow the rule again.")
    return redirect("study_contrasts", study.slug)
