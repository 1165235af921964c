"""No leaderboards: what other raters do, and how far they are, changes nothing on a rater's pages."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Assignment, Membership
from annotation.queries.rating import Standing, standing_of
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

PLACES = (
    *("rating_next", "rating_instructions", "rating_topics", "rating_break", "rating_list"),
    *("rating_download", "rating_support", "rating_concern"),
)
# Made anew for each answer.
OF_THE_ANSWER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9_-]{22,}={0,2}")


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=3, raters=3)
    rate(cast.assignments(cast.rater)[0])
    return cast


def pages(cast: Cast, client: Client) -> dict[str, str]:
    client.force_login(cast.rater)
    slug = cast.study.slug
    addresses = [reverse("rating_home"), *(reverse(name, args=[slug]) for name in PLACES)]
    addresses += [reverse("rating_item", args=[slug, position]) for position in (1, 2)]
    answers = {address: client.get(address, follow=True) for address in addresses}
    return {
        address: OF_THE_ANSWER.sub("", answer.content.decode())
        for address, answer in answers.items()
        if answer.status_code == 200
    }


def rate_all(cast: Cast) -> None:
    for seat in Assignment.objects.exclude(rater__user=cast.rater):
        rate(seat, rationale="A rationale of somebody else's")


def test_pages_of_a_rater_stay_the_same_when_all_others_finish(cast: Cast, client: Client) -> None:
    before = pages(cast, client)

    rate_all(cast)

    assert len(before) == 3 + len(PLACES)
    assert pages(cast, client) == before


def test_comparison_with_others_would_be_found(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def comparing(membership: Membership) -> Standing:
        others = Assignment.objects.exclude(rater=membership).filter(status="submitted").count()
        own = standing_of(membership)
        return Standing(own.ready, own.being_written, own.rated, own.skipped + others)

    monkeypatch.setattr("annotation.views.rating.standing_of", comparing)
    before = pages(cast, client)

    rate_all(cast)

    after = pages(cast, client)
    assert reverse("rating_list", args=[cast.study.slug]) in {
        address for address in before if after[address] != before[address]
    }
