"""The pages on which judges are held against experts, as researchers meet them, with all of it open."""

import pytest
from playwright.sync_api import Page, expect

from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.browser.axe import complaints_in_every_view
from tests.browser.conftest import sign_in
from tests.factories import make_study, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_axe_finds_nothing_on_the_pages_of_judges_scores(page: Page) -> None:
    cast = make_study(posts=12, raters=3)
    for seat in Assignment.objects.select_related("item").order_by("pk"):
        rate(seat, empathy=str(1 + (seat.item_id + seat.rater_id) % 5), alignment=str(1 + seat.item_id % 10))
    answer_judge(
        start_judge(cast, criteria=["alignment", "empathy", "harmfulness"], repeats=2),
        lambda chain, step: "I cannot help with that." if chain.pk % 5 == 0 else str(1 + chain.pk % 7 % 5),
    )
    take_snapshot(cast.study, n_resamples=200)
    sign_in(page, cast.researcher)

    page.goto(f"/studies/{cast.study.slug}/scores/judges/")
    look_at_all(page)
    page.locator("a[href*='/conditions/']").first.click()
    page.wait_for_url("**/conditions/**")
    look_at_all(page)
    sign_in(page, make_user("admin", is_staff=True, is_superuser=True))
    page.goto(f"/admin/annotation/study/{cast.study.pk}/scores/")
    look_at_all(page)


def look_at_all(page: Page) -> None:
    """Open whatever is folded, and have axe-core look."""
    for summary in page.locator("summary").all():
        summary.click()

    expect(page.get_by_text("a language model, not a person").first).to_be_visible()
    assert complaints_in_every_view(page) == []
