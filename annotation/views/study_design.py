"""What is written and rated in a study, and what its raters read beside the items."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.study import change_design, change_texts
from annotation.enums import StudyStatus
from annotation.forms.design import DesignForm
from annotation.forms.study import TextsForm
from annotation.models import Study
from annotation.queries.design import DesignNumbers, count_design, design_numbers
from annotation.queries.membership import current_raters
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def study_design(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the design, and change it until the generation has started."""
    study = get_object_or_404(
        studies_managed_by(request.user).select_related("constitution_set", "run"), slug=slug
    )
    form = DesignForm(request.POST, study=study) if request.method == "POST" else DesignForm.of(study)
    if request.method == "POST" and form.is_valid():
        try:
            change_design(study, **form.cleaned_data, by=request.user)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The design is saved.")
            return redirect("study_design", study.slug)
    numbers = _numbers(form, study) if form.is_bound else design_numbers(study)
    context = {"study": study, "can_manage": True, "form": form, "numbers": numbers}
    return render(request, "annotation/study_design.html", context)


@require_GET
def study_design_numbers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what the ticked boxes would come to, before they are saved."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    numbers = _numbers(DesignForm(request.GET, study=study), study)
    return render(request, "annotation/study_design.html#numbers", {"numbers": numbers})


def _numbers(form: DesignForm, study: Study) -> DesignNumbers:
    form.is_valid()
    cleaned = form.cleaned_data
    return count_design(
        n_posts=study.posts.posts.count(),
        dimension_keys=[dimension.key for dimension in cleaned.get("dimensions", ())],
        strategy_keys=[key for _, key in cleaned.get("conditions", ())],
        rated_under=cleaned.get("rated_under", study.rated_under),
        raters_per_item=cleaned.get("raters_per_item", study.raters_per_item),
        n_raters=current_raters(study).count(),
    )


@require_http_methods(["GET", "POST"])
def study_texts(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    consent = study.consent_texts.order_by("-version").first()
    initial = {
        "instructions": study.instructions,
        "consent": consent.text if consent else "",
        "support_contact": study.support_contact,
    }
    form = TextsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_texts(study, **form.cleaned_data, by=request.user)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The texts are saved.")
            return redirect("study_texts", study.slug)
    context = {
        "study": study,
        "can_manage": True,
        "form": form,
        "consent": consent,
        "n_consents": consent.consents.count() if consent else 0,
        "is_closed": study.status == StudyStatus.CLOSED,
    }
    return render(request, "annotation/study_texts.html", context)
