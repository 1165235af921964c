"""Versions of sets: which is the newest, and where they are used."""

from typing import TypeVar

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery

from generation.models.version import Version

_Stored = TypeVar("_Stored", bound=Version)
RUNS = "generationrun"


def newest_versions(versions: QuerySet[_Stored], *, runs: str = RUNS) -> QuerySet[_Stored]:
    """Return the newest version of each set, by name, with n_versions and n_runs of all its versions.

    runs: by what name a version knows the runs that it is used by.
    """
    same_name = versions.model._default_manager.filter(name=OuterRef("name")).order_by().values("name")
    return (
        versions.annotate(
            newest=Subquery(same_name.annotate(newest=Max("version")).values("newest")),
            n_versions=Subquery(same_name.annotate(n=Count("pk")).values("n")),
            n_runs=Subquery(same_name.annotate(n=Count(runs)).values("n")),
        )
        .filter(version=F("newest"))
        .order_by("name")
    )


def versions_of(stored: _Stored, *, runs: str = RUNS) -> QuerySet[_Stored]:
    """Return all versions of the set, the newest first, with n_runs and who saved them."""
    versions: QuerySet[_Stored] = type(stored)._default_manager.filter(name=stored.name)
    return versions.annotate(n_runs=Count(runs)).select_related("created_by").order_by("-version")


def newest_version_number(stored: Version) -> int:
    versions = type(stored)._default_manager.filter(name=stored.name)
    newest: int = versions.aggregate(newest=Max("version"))["newest"]
    return newest
