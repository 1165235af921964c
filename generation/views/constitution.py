"""Constitution sets: read, changed as new versions, compared, taken home."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from generation.domain.constitution_version import NewerVersionError, store_edited_constitution
from generation.forms.constitution import MOST_DIMENSIONS, DimensionFormSet
from generation.forms.words import VersionForm
from generation.models import ConstitutionSet
from generation.queries.constitution import constitution_of
from generation.queries.version import versions_of
from generation.version_diff import Change, diff_constitutions
from generation.views.request import SignedInRequest, for_preparers
from generation.views.version import (
    compare_with,
    opened_version_form,
    say_saved,
    version_form_after,
    yaml_download,
)
from generation.yaml_text import constitution_yaml


@require_GET
@for_preparers
def constitution_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(ConstitutionSet, pk=pk)
    versions = list(versions_of(stored))
    context = {
        "set": next(version for version in versions if version == stored),
        "constitution": constitution_of(stored),
        "versions": versions,
    }
    return render(request, "generation/constitution_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_preparers
def constitution_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store what became of the version as a new one; "Add a dimension" only brings one more block."""
    base = get_object_or_404(ConstitutionSet, pk=pk)
    if request.method != "POST":
        constitution = constitution_of(base)
        if len(constitution.dimensions) > MOST_DIMENSIONS:
            messages.info(
                request, "Too many dimensions for a page: download the set, change it, bring it back."
            )
            return redirect("constitution_detail", base.pk)
        dimensions = DimensionFormSet.of(constitution)
        return _edit_page(request, base, dimensions, opened_version_form(base))
    form = VersionForm(request.POST)
    if "add" in request.POST:
        return _edit_page(request, base, DimensionFormSet.with_another(request.POST), form)
    dimensions = DimensionFormSet(request.POST)
    if not all([form.is_valid(), dimensions.is_valid()]):
        return _edit_page(request, base, dimensions, form)
    edited = dimensions.constitution(base.name)
    try:
        saved = store_edited_constitution(base, edited, **form.cleaned_data, by=request.user)
    except NewerVersionError as error:
        return _edit_page(request, base, dimensions, version_form_after(error, form), newer=error.newest)
    say_saved(request, saved, base=base)
    return redirect("constitution_detail", saved.version.pk)


def _edit_page(
    request: SignedInRequest,
    base: ConstitutionSet,
    dimensions: DimensionFormSet,
    form: VersionForm,
    **context: object,
) -> HttpResponse:
    context |= {"set": base, "dimensions": dimensions, "form": form}
    return render(request, "generation/constitution_edit.html", context)


@require_GET
@for_preparers
def constitution_compare(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(ConstitutionSet, pk=pk)
    compared = compare_with(request, stored)
    diffs = (
        diff_constitutions(constitution_of(compared.before), constitution_of(compared.after))
        if compared.before
        else ()
    )
    unchanged = [diff.name for diff in diffs if diff.change is Change.SAME and not diff.changed_fields]
    context = {"set": stored, "compared": compared, "diffs": diffs, "unchanged": unchanged}
    return render(request, "generation/constitution_compare.html", context)


@require_GET
@for_preparers
def constitution_download(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(ConstitutionSet, pk=pk)
    return yaml_download(stored, constitution_yaml(constitution_of(stored)))
