"""The pages of a study's scores, as its manager meets them, with all that can be opened open."""

import pytest
from playwright.sync_api import Page, expect

from annotation.domain.assignment import flag
from annotation.domain.exclusion import exclude_ratings
from annotation.domain.figure import FILES, draw_figures
from annotation.domain.snapshot import take_snapshot
from annotation.enums import ExclusionKind
from annotation.models import Assignment, Study
from tests.annotation.ratings import rate
from tests.browser.axe import complaints_in_every_view
from tests.browser.conftest import sign_in
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    *(
        "scores",
        "scores/distributions",
        "scores/breakdowns",
        "scores/agreement",
        "scores/comparisons",
        "scores/raters",
    ),
    *("scores/figures", "scores/judges", "scores/exclusions", "contrasts"),
)


def rated_study() -> Cast:
    cast = make_study(posts=4, raters=3)
    for number, seat in enumerate(Assignment.objects.select_related("item").order_by("pk")):
        rate(seat, alignment=str(1 + number * 7 % 10), empathy=str(1 + (seat.item_id + number) % 5))
    flag(cast.assignments(cast.rater)[0], note="The text is cut off.")
    exclude_ratings(cast.study, kind=ExclusionKind.FLAGGED, reason="Cut off.", by=cast.manager)
    take_snapshot(cast.study, n_resamples=100)
    return cast


def looked_at(page: Page, study: Study, pages: tuple[str, ...]) -> list[str]:
    """Return what is wrong with these pages in light, dark and on a phone."""
    wrong = []
    for name in pages:
        answer = page.goto(f"/studies/{study.slug}/{name}/")
        assert answer and answer.ok, name
        for summary in page.locator("summary").all():
            summary.click()
        wrong += complaints_in_every_view(page)
    return wrong


def test_axe_finds_nothing_on_pages_of_scores(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = rated_study()
    # Files for print take most of the time of drawing, and no page shows them.
    monkeypatch.setattr("annotation.domain.figure.FILES", FILES[:3])
    draw_figures(cast.study.snapshots.get())
    sign_in(page, cast.manager)

    assert looked_at(page, cast.study, PAGES) == []


def test_axe_finds_nothing_while_conditions_are_hidden(page: Page) -> None:
    cast = rated_study()
    Study.objects.update(hides_conditions=True)
    sign_in(page, cast.manager)

    assert looked_at(page, cast.study, PAGES) == []
    page.goto(f"/studies/{cast.study.slug}/scores/")
    expect(page.get_by_text("INDV vanilla")).to_have_count(0)


def test_axe_finds_nothing_without_a_rating(page: Page) -> None:
    cast = make_study(posts=1)
    sign_in(page, cast.manager)

    assert looked_at(page, cast.study, PAGES) == []
