"""What is written and rated in a study."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.study import change_design
from annotation.forms.design import DesignForm
from annotation.models import Study
from annotation.queries.design import DesignNumbers, count_design, design_numbers
from annotation.queries.membership import current_raters
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def study_design(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the design, and change it until the generation has started."""
    study = get_object_or_404(
        studies_managed_by(request.user).select_related("constitution_set", "prompt_set", "run"), slug=slug
    )
    is_posted = request.method == "POST" and study.run is None
    form = DesignForm(request.POST if is_posted else None, study=study)
    if is_posted and form.is_valid():
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
    sources = cleaned.get("human_sources", ())
    return count_design(
        n_posts=study.posts.posts.count(),
        dimension_keys=[dimension.key for dimension in cleaned.get("dimensions", ())],
        strategy_keys=[key for _, key in cleaned.get("conditions", ())],
        rated_under=cleaned.get("rated_under", study.rated_under),
        raters_per_item=cleaned.get("raters_per_item", study.raters_per_item),
        n_raters=current_raters(study).count(),
        human_texts=[text for text in form.human_texts if text.source in sources],
    )
