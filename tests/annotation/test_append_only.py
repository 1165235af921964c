"""A version of a rating is never changed and never removed, by nobody, through nothing on the site."""

from collections.abc import Iterator
from itertools import product
from uuid import uuid4

import pytest
from django.contrib.admin import site
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from annotation.domain.rating import note_opened
from annotation.models import Rating, RatingVersion, Score
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

KEPT = (Rating, RatingVersion, Score)
METHODS = ("post", "put", "patch", "delete")
# What anybody might try to write over a version, a score or a rating.
FORGED = {
    "number": "9",
    "reason": "forged",
    "rationale": "forged",
    "point": "1",
    "origin": "imported",
    "post": "yes",
    "action": "delete_selected",
    "confirm": "yes",
    "score_alignment": "1",
    "score_empathy": "1",
    "score_harmfulness": "1",
    "score_factuality": "1",
    "rationale_alignment": "Changed as a change should be.",
    "base": "2",
}


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=1)
    for seat in cast.assignments(cast.rater)[:2]:
        note_opened(seat)
        rate(seat, alignment="3", rationale="As first seen.")
        rate(seat, alignment="5", rationale="As seen again.")
    return cast


def versions() -> set[tuple[object, ...]]:
    """Return every score of every version with all that is known of it."""
    of_version = ("pk", "rating", "rating__assignment", "rating__origin", "number", "submission", "saved_at")
    by = ("by", "reason", "scores", "scores__criterion", "scores__point", "scores__rationale")
    return set(RatingVersion.objects.values_list(*of_version, *by))


def addresses(cast: Cast) -> Iterator[str]:
    """Return every address of the site but those of accounts, with ids that exist where it wants some."""
    ids = [str(model.objects.order_by("pk").values_list("pk", flat=True)[0]) for model in KEPT]
    for name, parameters in _named(get_resolver(), ""):
        known = {"slug": [cast.study.slug], "position": ["1"]}
        values = [known.get(parameter, ids) for parameter in parameters]
        for arguments in product(*values):
            try:
                yield reverse(name, kwargs=dict(zip(parameters, arguments, strict=True)))
            except NoReverseMatch:
                break


def _named(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, list[str]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _named(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name and not _ends_session(pattern.name):
            yield f"{namespace}{pattern.name}", list(pattern.pattern.converters)


def _ends_session(name: str) -> bool:
    return name == "logout" or name.startswith("account_")


@pytest.mark.parametrize("who", ["superuser", "manager", "researcher", "rater"])
def test_nothing_that_anybody_sends_changes_or_removes_a_version(cast: Cast, who: str) -> None:
    people = {"superuser": lambda: make_user("admin", is_staff=True, is_superuser=True)}
    client = Client(raise_request_exception=False)
    client.force_login(people.get(who, lambda: getattr(cast, who))())
    before = versions()
    tried = sorted(set(addresses(cast)))

    for path, method in product(tried, METHODS):
        forged = FORGED | {"submission": str(uuid4()), "_selected_action": str(Score.objects.first().pk)}
        if method == "post":
            client.post(path, forged)
        else:
            getattr(client, method)(path, forged, content_type="application/json")

    assert f"/rate/{cast.study.slug}/1/" in tried
    assert any(path.startswith("/admin/annotation/score/") and "/delete/" in path for path in tried)
    assert before <= versions()
    # The one way there is, the rater's own change, adds a version.
    assert (versions() == before) == (who != "rater")


def test_admin_offers_no_way_to_write_ratings() -> None:
    staff = make_user("admin", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff)
    request = client.get("/admin/").wsgi_request

    allowed = {
        (model, action)
        for model in KEPT
        for action in ("add", "change", "delete")
        if getattr(site._registry[model], f"has_{action}_permission")(request)
    }

    assert allowed == set()


def test_rating_with_versions_cannot_go_with_what_it_hangs_on(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    version = seat.rating.current
    before = versions()

    for owner in (
        seat,
        seat.item,
        seat.rater,
        cast.rater,
        seat.rating,
        version,
        version.scores.first().point,
    ):
        with pytest.raises(ProtectedError), transaction.atomic():
            owner.delete()

    assert versions() == before
