"""The page of agreement within one condition, as a researcher meets it."""

import pytest
from playwright.sync_api import Page

from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment
from tests.annotation.ratings import rate
from tests.browser.axe import complaints_in_every_view
from tests.browser.conftest import sign_in
from tests.factories import make_study

pytestmark = pytest.mark.django_db(transaction=True)


def test_axe_finds_nothing_on_agreement_within_a_condition(page: Page) -> None:
    cast = make_study(posts=10, strategies=["INDV vanilla"])
    for number, seat in enumerate(Assignment.objects.order_by("pk")):
        rate(seat, alignment=str(1 + number * 7 % 10), empathy=str(1 + number % 5))
    for number, seat in enumerate(cast.assignments(cast.rater)):
        again = Assignment.objects.create(item=seat.item, rater=seat.rater, occasion=2, position=100 + number)
        rate(again, alignment=str(1 + number * 3 % 10))
    take_snapshot(cast.study, n_resamples=100)
    sign_in(page, cast.researcher)

    page.goto(f"/studies/{cast.study.slug}/scores/agreement/{cast.study.conditions.get().pk}/")

    for pairs in page.locator("details > summary").filter(has_text="Pairs of raters").all():
        pairs.click()

    assert page.get_by_role("region", name="Pairs of raters on").count() == 4
    assert page.get_by_role("region", name="Re-ratings on").count() == 4
    assert page.get_by_role("row").count() > 4 * 7
    assert complaints_in_every_view(page) == []
