"""Judges' prompt sets: read, and changed as new versions."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.judge_prompt_set import store_edited_judge_prompts
from annotation.forms.judge_prompt_set import JudgeWordingForm
from annotation.judging.prompt_set import judge_wording_yaml
from annotation.models import JudgePromptSet, User
from annotation.queries.judge_prompt_set import (
    newest_judge_prompt_sets,
    versions_of_judge_prompts,
    wording_of,
)
from generation.forms.words import VersionForm
from generation.views.request import SignedInRequest, for_preparers


@require_GET
@for_preparers
def judge_prompt_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "annotation/judge_prompt_list.html", {"sets": newest_judge_prompt_sets()})


@require_GET
@for_preparers
def judge_prompt_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(JudgePromptSet, pk=pk)
    versions = list(versions_of_judge_prompts(stored))
    context = {
        "set": next(version for version in versions if version == stored),
        "versions": versions,
        "form": JudgeWordingForm.of(wording_of(stored)),
    }
    return render(request, "annotation/judge_prompt_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_preparers
def judge_prompt_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save what was changed as the set's newest version; nothing that was stored changes."""
    base = get_object_or_404(JudgePromptSet, pk=pk)
    wording = wording_of(base)
    newest = versions_of_judge_prompts(base)[0]
    if request.method == "POST":
        form, wordings = VersionForm(request.POST), JudgeWordingForm(request.POST, wording=wording)
        if all([form.is_valid(), wordings.is_valid()]):
            try:
                saved = store_edited_judge_prompts(
                    base, wordings.edited(), **form.cleaned_data, by=cast(User, request.user)
                )
            except StudyError as error:
                wordings.add_error(None, str(error))
                form = VersionForm(initial={**form.cleaned_data, "newest_seen": newest.version})
            else:
                messages.success(request, f"This is version {saved.version} of “{saved.name}”.")
                return redirect("judge_prompt_detail", saved.pk)
    else:
        form = VersionForm(initial={"newest_seen": newest.version})
        wordings = JudgeWordingForm.of(wording)
    context = {"set": base, "form": form, "wordings": wordings}
    return render(request, "annotation/judge_prompt_edit.html", context)


@require_GET
@for_preparers
def judge_prompt_download(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(JudgePromptSet, pk=pk)
    name = f"{slugify(stored.name)[:80] or 'set'}-v{stored.version}.yaml"
    return HttpResponse(
        judge_wording_yaml(wording_of(stored)),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
