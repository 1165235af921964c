"""A new prompt set: copied from another, or brought as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from generation.domain.constitution_version import NameTakenError, copy_prompt_set, store_uploaded_prompt_set
from generation.forms.prompt_set import PromptSetCopyForm
from generation.forms.upload import PromptSetUploadForm
from generation.views.request import SignedInRequest, for_preparers
from generation.views.version import say_uploaded


@require_GET
@for_preparers
def prompt_set_new(request: SignedInRequest) -> HttpResponse:
    return _page(request, copy_form=PromptSetCopyForm(initial={"original": request.GET.get("from")}))


@require_http_methods(["GET", "POST"])
@for_preparers
def prompt_set_copy(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":  # as after signing in again
        return redirect("prompt_set_new")
    form = PromptSetCopyForm(request.POST)
    if form.is_valid():
        try:
            original, name = form.cleaned_data["original"], form.cleaned_data["new_name"]
            saved = copy_prompt_set(original, name=name, by=request.user)
        except NameTakenError as error:
            form.add_error("new_name", str(error))
        else:
            messages.success(request, f"“{saved.version.name}” is there now. Change what shall be different.")
            return redirect("prompt_set_edit", saved.version.pk)
    return _page(request, copy_form=form)


@require_http_methods(["GET", "POST"])
@for_preparers
def prompt_set_upload(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":  # as after signing in again
        return redirect("prompt_set_new")
    form = PromptSetUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, upload_form=form)
    saved = store_uploaded_prompt_set(form.prompt_set, note="From a file.", by=request.user)
    say_uploaded(request, saved)
    return redirect("prompt_set_detail", saved.version.pk)


def _page(
    request: SignedInRequest,
    *,
    copy_form: PromptSetCopyForm | None = None,
    upload_form: PromptSetUploadForm | None = None,
) -> HttpResponse:
    context = {
        "copy_form": copy_form or PromptSetCopyForm(),
        "upload_form": upload_form or PromptSetUploadForm(),
    }
    return render(request, "generation/prompt_set_new.html", context)
