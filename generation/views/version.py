"""What the pages of constitution sets and of prompt sets have in common."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify

from generation.domain.constitution_version import NewerVersionError, SavedVersion
from generation.forms.words import VersionForm
from generation.models import ConstitutionSet, PromptSet
from generation.queries.version import newest_version_number, versions_of

_Stored = TypeVar("_Stored", ConstitutionSet, PromptSet)


@dataclass(frozen=True)
class Comparison(Generic[_Stored]):
    """Two versions of one set; before is the older one, and None where there is only one version."""

    before: _Stored | None
    after: _Stored
    other: _Stored | None
    versions: list[_Stored]


def compare_with(request: HttpRequest, stored: _Stored) -> Comparison[_Stored]:
    """Pair the version with the one that `with` names, else with the one before or after it."""
    versions = list(versions_of(stored))
    others = [version for version in versions if version.pk != stored.pk]
    asked = request.GET.get("with", "")
    if asked:
        other = next((version for version in others if str(version.pk) == asked), None)
        if other is None:
            raise Http404
    else:
        earlier = [version for version in others if version.version < stored.version]
        other = next(iter(earlier or reversed(others)), None)
    if other is None:
        return Comparison(before=None, after=stored, other=None, versions=others)
    before, after = sorted((stored, other), key=lambda version: version.version)
    return Comparison(before=before, after=after, other=other, versions=others)


def opened_version_form(base: ConstitutionSet | PromptSet) -> VersionForm:
    return VersionForm(initial={"newest_seen": newest_version_number(base)})


def version_form_after(error: NewerVersionError, form: VersionForm) -> VersionForm:
    """Return the form as it goes back: who saves it now has seen the newer version."""
    return VersionForm(initial={**form.cleaned_data, "newest_seen": error.newest.version})


def say_saved(request: HttpRequest, saved: SavedVersion[_Stored], *, base: _Stored) -> None:
    number = saved.version.version
    if saved.is_new:
        messages.success(request, f"Saved as version {number}, based on version {base.version}.")
    else:
        messages.info(request, f"Nothing was saved: this is word for word what version {number} says.")


def say_uploaded(request: HttpRequest, saved: SavedVersion[_Stored]) -> None:
    stored = saved.version
    if not saved.is_new:
        messages.info(request, f"Nothing was stored: {stored} says the same, word for word.")
    elif stored.version == 1:
        messages.success(request, f"“{stored.name}” is there now.")
    else:
        messages.success(
            request, f"The name was known, so this is version {stored.version} of “{stored.name}”."
        )


def yaml_download(stored: ConstitutionSet | PromptSet, text: str) -> HttpResponse:
    """Return the text as a file to keep, named after the set and its version."""
    name = f"{slugify(stored.name)[:80] or 'set'}-v{stored.version}.yaml"
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
