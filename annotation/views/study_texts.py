"""What a study's raters read beside the items."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.study import change_texts
from annotation.enums import StudyStatus
from annotation.forms.study_texts import TextsForm
from annotation.queries.consent import consent_versions
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def study_texts(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    versions = list(consent_versions(study))
    initial = {
        "instructions": study.instructions,
        "consent": versions[0].text if versions else "",
        "support_contact": study.support_contact,
        "concern_protocol": study.concern_protocol,
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
        "versions": versions,
        "is_closed": study.status == StudyStatus.CLOSED,
    }
    return render(request, "annotation/study_texts.html", context)
