"""The language models that studies may use: listed, added, changed until a run has used them."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from generation.domain.model_spec import (
    ModelChangedError,
    ModelSpecError,
    add_model,
    change_model,
    draft_of,
)
from generation.enums import BackendKind
from generation.forms.model_spec import ModelForm
from generation.models import ModelSpec
from generation.queries.model_spec import is_used, measured_speed, models_with_use
from generation.views.request import SignedInRequest, for_preparers


@require_GET
@for_preparers
def model_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "generation/model_list.html", {"models": models_with_use()})


@require_GET
@for_preparers
def model_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    spec = get_object_or_404(models_with_use().select_related("created_by"), pk=pk)
    context = {"model": spec, "speed": measured_speed(spec)}
    return render(request, "generation/model_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_preparers
def model_create(request: SignedInRequest) -> HttpResponse:
    """Take a new model; `from` fills the form with what another one is made of, but for the name."""
    form = ModelForm(request.POST) if request.method == "POST" else ModelForm(initial=_copied(request))
    if request.method == "POST" and form.is_valid():
        try:
            spec = add_model(form.draft(), by=request.user)
        except ModelSpecError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"{spec.name} can be chosen in studies now.")
            return redirect("model_detail", spec.pk)
    return render(request, "generation/model_edit.html", {"form": form})


def _copied(request: SignedInRequest) -> dict[str, object]:
    original = request.GET.get("from", "")
    spec = ModelSpec.objects.filter(pk=original).first() if original.isdecimal() else None
    if spec is None:
        return {}
    is_run_here = spec.backend != BackendKind.IMPORTED
    return {**asdict(draft_of(spec)), "name": "", **({} if is_run_here else {"backend": ""})}


@require_http_methods(["GET", "POST"])
@for_preparers
def model_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the model in place; what was entered stays on the page when another was faster."""
    spec = get_object_or_404(ModelSpec, pk=pk)
    used = is_used(spec)
    if used and request.method != "POST":
        messages.info(request, "Texts name this model, so it stays as it is.")
        return redirect("model_detail", spec.pk)
    seen = request.POST.get("seen", draft_of(spec).fingerprint)
    context: dict[str, object] = {"model": spec, "used": used, "seen": seen}
    form = ModelForm(request.POST if request.method == "POST" else None, instance=spec)
    if request.method == "POST" and form.is_valid() and not used:
        try:
            change_model(spec, form.draft(), seen=seen)
        except ModelSpecError as error:
            form.add_error(None, str(error))
        except ModelChangedError as error:
            context["seen"] = draft_of(error.stored).fingerprint
            context["changes"] = form.changes_in(error.stored)
        else:
            messages.success(request, "The model is saved.")
            return redirect("model_detail", spec.pk)
    return render(request, "generation/model_edit.html", {**context, "form": form})
