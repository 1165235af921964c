"""Texts that people wrote for a study's posts: what is there, and a file of more."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.human_text import can_take_human_texts, import_human_texts
from annotation.forms.condition import source_words
from annotation.forms.human_text import HumanTextsForm
from annotation.queries.human_text import human_sources, human_texts
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest
from annotation.views.study_checklist import counted
from generation.domain.human_response import StoredCounts


@require_http_methods(["GET", "POST"])
def study_human_texts(request: SignedInRequest, slug: str) -> HttpResponse:
    """Count the texts by source, never showing one, and take a file until what is rated is fixed."""
    study = get_object_or_404(studies_managed_by(request.user).select_related("constitution_set"), slug=slug)
    is_posted = request.method == "POST"
    form = HumanTextsForm(request.POST if is_posted else None, request.FILES or None, study=study)
    if is_posted and form.is_valid():
        try:
            counts = import_human_texts(study, drafts=form.cleaned_data["file"], by=request.user)
        except StudyError as error:
            form.add_error("file", str(error).splitlines())
        else:
            _tell(request, counts, form.ignored_columns)
            return redirect("study_human_texts", study.slug)
    context = {
        "study": study,
        "can_manage": True,
        "form": form,
        "can_take": can_take_human_texts(study),
        "sources": [(source, *source_words(source.name)) for source in human_sources(human_texts(study))],
        "n_posts": study.posts.posts.count(),
        "dimensions": list(study.constitution_set.dimensions.order_by("number")),
    }
    return render(request, "annotation/study_human_texts.html", context)


def _tell(request: SignedInRequest, counts: StoredCounts, ignored_columns: tuple[str, ...]) -> None:
    messages.success(request, f"{counted(counts.created, 'text')} imported.")
    if counts.unchanged:
        messages.info(request, f"{counted(counts.unchanged, 'text')} of the file had been here already.")
    if ignored_columns:
        columns = ", ".join(ignored_columns)
        messages.info(request, f"Columns of the file that mean nothing here were left out: {columns}.")
