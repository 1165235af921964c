import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import flag, skip
from annotation.enums import SkipKind
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def url_of(cast: Cast) -> str:
    return reverse("study_attention", args=[cast.study.slug])


def test_nothing_to_look_at_is_said(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)

    page = client.get(url_of(cast)).content.decode()

    assert "No rater has flagged anything." in page
    assert "No item has been skipped." in page


def test_flag_shows_its_note_and_item_and_can_be_settled(client: Client) -> None:
    cast = make_study(posts=1)
    seat = cast.assignments(cast.rater)[0]
    raised = flag(seat, note="<b>Cut in half</b>")
    client.force_login(cast.manager)

    page = client.get(url_of(cast)).content.decode()
    client.post(reverse("study_flag_settle", args=[cast.study.slug, raised.pk]))

    raised.refresh_from_db()
    assert "&lt;b&gt;Cut in half&lt;/b&gt;" in page
    assert seat.item.response.text[:40] in page
    assert str(seat.item.condition) in page
    assert raised.resolved_by == cast.manager
    assert "Mark as settled" not in client.get(url_of(cast)).content.decode()


def test_skips_are_counted_by_kind_and_items_left_short_are_listed(client: Client) -> None:
    cast = make_study(posts=1, raters=2)
    first, second, third = cast.assignments(cast.rater)[:3]
    skip(first, kind=SkipKind.NO_REASON)
    skip(second, kind=SkipKind.NO_REASON)
    skip(third, kind=SkipKind.TEXT_BROKEN)
    client.force_login(cast.manager)

    context = client.get(url_of(cast)).context

    assert context["skips"] == [(SkipKind.NO_REASON, 2), (SkipKind.TEXT_BROKEN, 1)]
    assert [(item.pk, item.n_raters, item.n_skipped) for item in context["short"]] == [
        (pk, 1, 1) for pk in sorted([first.item_id, second.item_id, third.item_id])
    ]


def test_before_allocation_no_item_counts_as_short(client: Client) -> None:
    cast = make_study(posts=1, is_open=False)
    client.force_login(cast.manager)

    assert client.get(url_of(cast)).context["n_short"] == 0


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_one_flag_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    cast = make_study(posts=2)
    for seat in cast.assignments(cast.rater)[:count]:
        flag(seat, note="Look")
        skip(seat, kind=SkipKind.NO_REASON)
    client.force_login(cast.manager)

    with django_assert_num_queries(18):
        context = client.get(url_of(cast)).context

    assert (len(context["flags"]), len(context["short"])) == (count, count)


def test_page_says_which_items_nobody_is_left_for(client: Client) -> None:
    cast = make_study(posts=1, raters=2)
    skip(cast.assignments(cast.rater)[0], kind=SkipKind.NO_REASON)
    client.force_login(cast.manager)

    page = client.get(f"/studies/{cast.study.slug}/attention/").content.decode()

    assert "<b>1</b> of them is <b>unfillable</b>" in page
    assert page.count(">unfillable</span>") == 1
