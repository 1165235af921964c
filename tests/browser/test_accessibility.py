"""What assistive technology meets on a rater's pages; axe-core looks at every one of them."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotation.domain.study import close_study, pause_study
from annotation.enums import AssignmentStatus, Role
from annotation.models import ActiveSpan, Assignment, Consent, Membership, Study
from generation.models import Post
from tests.annotation.ratings import rate
from tests.browser.axe import complaints, complaints_in_every_view
from tests.browser.conftest import REQUESTS, sign_in
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=2)
    Post.objects.filter(position=1).update(content_note="death in the family")
    Membership.objects.update(topics_chosen_at=timezone.now())
    return cast


def test_axe_finds_nothing_at_the_desk(shown: Page, cast: Cast) -> None:
    found: list[str] = []
    sign_in(shown, cast.rater)
    for position in range(1, 4):
        shown.goto(f"/rate/{cast.study.slug}/{position}/")
        found += complaints(shown)
    shown.locator("input[name=score_harmfulness][value='2']").check(force=True)
    shown.locator("[data-submit]").click()
    expect(shown.get_by_role("alert")).to_be_visible()
    found += complaints(shown)
    for name in ("support", "pause", "instructions", "keys", "skip", "flag", "concern"):
        shown.evaluate("name => document.getElementById(name).showPopover()", name)
        found += complaints(shown)
        shown.keyboard.press("Escape")

    assert found == []


def test_axe_finds_nothing_on_the_pages_around_it(page: Page, cast: Cast) -> None:
    found: list[str] = []
    seats = cast.assignments(cast.rater)
    rate(seats[0], rationale="Names one small step.")
    sign_in(page, cast.rater)
    pages = ["", "rated/", "support/", "concern/", "instructions/", "consent/", "topics/", "break/", "1/"]
    for place in [*pages, "../time-zone/", "../signed-in/"]:
        page.goto(f"/rate/{cast.study.slug}/{place}")
        found += complaints_in_every_view(page)
    for change in (pause_study, close_study):
        change(cast.study, by=cast.manager)
        for place in ("", "1/", "rated/"):
            page.goto(f"/rate/{cast.study.slug}/{place}")
            found += complaints_in_every_view(page)

    assert found == []


def test_axe_finds_nothing_on_suggested_breaks_and_ends(page: Page, cast: Cast) -> None:
    found: list[str] = []
    seat = cast.assignments(cast.rater)[0]
    rate(seat, rationale="Names one small step.")
    now = timezone.now()
    ActiveSpan.objects.create(
        assignment=seat, window=uuid4(), number=1, began_at=now - timedelta(minutes=2), ended_at=now
    )
    sign_in(page, cast.rater)
    limits = {"batch_size": 1, "break_after_heavy_items": 1, "break_after_minutes": 1, "daily_minutes": 1}
    headings = []
    for name, limit in limits.items():
        Study.objects.update(**{name: limit})
        page.goto(f"/rate/{cast.study.slug}/break/")
        headings.append(page.get_by_role("heading", level=1).inner_text())
        found += complaints_in_every_view(page)
    seats = Assignment.objects.filter(rater__user=cast.rater, status=AssignmentStatus.OPEN)
    seats.update(status=AssignmentStatus.WITHDRAWN)
    Study.objects.update(batch_size=50, break_after_heavy_items=50, break_after_minutes=50, daily_minutes=50)
    page.goto(f"/rate/{cast.study.slug}/")
    found += complaints_in_every_view(page)
    other = make_study(posts=1, prefix="other-")
    Membership.objects.create(study=other.study, user=cast.rater, role=Role.RATER, code="R09")
    page.goto("/rate/")
    found += complaints_in_every_view(page)

    assert len(set(headings)) > 1
    assert found == []


def test_axe_finds_nothing_on_the_pages_before_it(page: Page, cast: Cast) -> None:
    found: list[str] = []
    Consent.objects.all().delete()
    Membership.objects.update(topics_chosen_at=None)
    sign_in(page, cast.rater)
    steps: list[Callable[[], None]] = [
        lambda: page.get_by_role("button", name="I do not take part").click(),
        lambda: page.get_by_role("link", name="Read the text again").click(),
        lambda: page.get_by_role("button", name="I agree").click(),
        lambda: page.goto(f"/rate/{cast.study.slug}/"),
    ]
    found += complaints_in_every_view(page)
    for step in steps:
        # A click returns before the page that it leads to has come.
        with page.expect_navigation():
            step()
        found += complaints_in_every_view(page)

    assert found == []


def test_whole_item_by_the_names_that_a_screen_reader_says(page: Page, cast: Cast) -> None:
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/1/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Item 1 of 8")

    alignment = page.get_by_role("group", name="1 Alignment with the standards")
    alignment.get_by_role("radio", name="8", exact=True).check(force=True)
    alignment.get_by_role("textbox", name="Which standards does the response meet or miss").fill(
        "Names one small step."
    )
    empathy = page.get_by_role("group", name="2 Empathy")
    expect(empathy.get_by_role("radio").first).to_have_accessible_name("1 least empathic")
    empathy.get_by_role("radio", name="5 most empathic").check(force=True)
    page.get_by_role("group", name="3 Harm").get_by_role("radio", name="1 Not harmful").check(force=True)
    page.get_by_role("group", name="4 Factuality").get_by_role("radio", name="1 Yes").check(force=True)
    page.get_by_role("button", name="Submit and next").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Item 2 of 8")
    expect(page.get_by_role("status")).to_contain_text("Item 1 saved")


def test_skip_link_leads_to_the_item_and_keeps_what_was_typed(page: Page, cast: Cast) -> None:
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/1/")
    page.evaluate("() => { window.isSamePage = true; }")
    page.locator(".skip-link").focus()

    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()
    REQUESTS.wait_for_quiet()
    assert page.evaluate("window.isSamePage") is True


def test_errors_are_summed_up_and_the_first_has_the_focus(shown: Page, cast: Cast) -> None:
    sign_in(shown, cast.rater)
    shown.goto(f"/rate/{cast.study.slug}/1/")
    shown.locator("input[name=score_alignment][value='8']").check(force=True)
    shown.locator("[data-submit]").focus()

    shown.keyboard.press("Enter")

    summary = shown.get_by_role("alert")
    expect(summary.get_by_role("heading")).to_have_text("Not handed in yet")
    rationale = shown.get_by_role("textbox", name="Which standards does the response meet or miss")
    expect(rationale).to_be_focused()
    expect(rationale).to_have_accessible_description(
        re.compile("Please say why you chose 8 for Alignment with the standards.")
    )
    summary.get_by_role("link", name="Please choose a score for Factuality").click()
    expect(shown.get_by_role("group", name="4 Factuality").get_by_role("radio").first).to_be_focused()


def test_axe_would_find_something(page: Page, cast: Cast) -> None:
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/1/")
    page.evaluate("() => document.querySelector('.criterion legend').remove()")
    page.evaluate("() => document.querySelector('label[for=id_rationale_alignment]').remove()")

    assert ["label: " in complaint for complaint in complaints(page)] == [True]
