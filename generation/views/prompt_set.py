"""Prompt sets: read, tried out, changed as new versions, compared, taken home."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from generation.domain.constitution_version import NewerVersionError, store_edited_prompt_set
from generation.forms.prompt_set import PreviewForm, WordingForm
from generation.forms.words import VersionForm
from generation.models import PromptSet
from generation.queries.constitution import prompts_of
from generation.queries.version import versions_of
from generation.strategies import STRATEGIES
from generation.version_diff import diff_prompt_sets
from generation.views.prompt_preview import preview_calls
from generation.views.request import SignedInRequest, for_preparers
from generation.views.version import (
    compare_with,
    opened_version_form,
    say_saved,
    version_form_after,
    yaml_download,
)
from generation.yaml_text import prompt_set_yaml


@require_GET
@for_preparers
def prompt_set_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(PromptSet, pk=pk)
    versions = list(versions_of(stored))
    context = {
        "set": next(version for version in versions if version == stored),
        "form": WordingForm.of(prompts_of(stored)),
        "versions": versions,
    }
    return render(request, "generation/prompt_set_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_preparers
def prompt_set_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    base = get_object_or_404(PromptSet, pk=pk)
    context: dict[str, object] = {"set": base}
    if request.method == "POST":
        form, wordings = VersionForm(request.POST), WordingForm(request.POST)
        if all([form.is_valid(), wordings.is_valid()]):
            edited = wordings.prompt_set(base.name)
            try:
                saved = store_edited_prompt_set(base, edited, **form.cleaned_data, by=request.user)
            except NewerVersionError as error:
                form, context["newer"] = version_form_after(error, form), error.newest
            else:
                say_saved(request, saved, base=base)
                return redirect("prompt_set_detail", saved.version.pk)
    else:
        form, wordings = opened_version_form(base), WordingForm.of(prompts_of(base))
    return render(request, "generation/prompt_set_edit.html", {**context, "form": form, "wordings": wordings})


@require_GET
@for_preparers
def prompt_set_compare(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(PromptSet, pk=pk)
    compared = compare_with(request, stored)
    before = compared.before
    diffs = diff_prompt_sets(prompts_of(before), prompts_of(compared.after)) if before else ()
    context = {"set": stored, "compared": compared, "diffs": [diff for diff in diffs if diff.is_changed]}
    return render(request, "generation/prompt_set_compare.html", context)


@require_GET
@for_preparers
def prompt_set_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show every call of one strategy, filled in with the example's post and constitutions."""
    stored = get_object_or_404(PromptSet, pk=pk)
    form = PreviewForm(request.GET if "strategy" in request.GET else {"strategy": "INDV +cons"})
    calls = (
        preview_calls(STRATEGIES[form.cleaned_data["strategy"]], prompts_of(stored))
        if form.is_valid()
        else ()
    )
    return render(
        request, "generation/prompt_set_preview.html", {"set": stored, "form": form, "calls": calls}
    )


@require_GET
@for_preparers
def prompt_set_download(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(PromptSet, pk=pk)
    return yaml_download(stored, prompt_set_yaml(prompts_of(stored)))
