"""A new constitution set: copied from another, or brought as files."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from generation.domain.constitution_version import (
    NameTakenError,
    copy_constitution_set,
    store_uploaded_constitution,
)
from generation.forms.constitution import ConstitutionCopyForm
from generation.forms.upload import ConstitutionUploadForm
from generation.views.request import SignedInRequest, for_preparers
from generation.views.version import say_uploaded


@require_GET
@for_preparers
def constitution_new(request: SignedInRequest) -> HttpResponse:
    return _page(request, copy_form=ConstitutionCopyForm(initial={"original": request.GET.get("from")}))


@require_http_methods(["GET", "POST"])
@for_preparers
def constitution_copy(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":  # as after signing in again
        return redirect("constitution_new")
    form = ConstitutionCopyForm(request.POST)
    if form.is_valid():
        try:
            original, name = form.cleaned_data["original"], form.cleaned_data["new_name"]
            saved = copy_constitution_set(original, name=name, by=request.user)
        except NameTakenError as error:
            form.add_error("new_name", str(error))
        else:
            messages.success(request, f"“{saved.version.name}” is there now. Change what shall be different.")
            return redirect("constitution_edit", saved.version.pk)
    return _page(request, copy_form=form)


@require_http_methods(["GET", "POST"])
@for_preparers
def constitution_upload(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":  # as after signing in again
        return redirect("constitution_new")
    form = ConstitutionUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, upload_form=form)
    saved = store_uploaded_constitution(form.constitution, note="From a file.", by=request.user)
    say_uploaded(request, saved)
    if form.skipped:
        names = ", ".join(dimension.name for dimension in form.skipped)
        messages.info(
            request, f"Left out, because the files have a question but no guidance for them: {names}."
        )
    return redirect("constitution_detail", saved.version.pk)


def _page(
    request: SignedInRequest,
    *,
    copy_form: ConstitutionCopyForm | None = None,
    upload_form: ConstitutionUploadForm | None = None,
) -> HttpResponse:
    context = {
        "copy_form": copy_form or ConstitutionCopyForm(),
        "upload_form": upload_form or ConstitutionUploadForm(),
    }
    return render(request, "generation/constitution_new.html", context)
