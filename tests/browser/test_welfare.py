"""What protects a rater, in a real browser: topics, notes, skips, concerns, breaks, and her own copy."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from annotation.enums import AssignmentStatus
from annotation.models import Assignment, ConsentText, Flag, Study, User
from tests.annotation.active_time import work
from tests.annotation.ratings import rate
from tests.browser.conftest import sign_in
from tests.factories import Cast, make_study
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

WAITING_NOTES = """() => new Promise((resolve) => {
  indexedDB.open("rating-desk").onsuccess = (opened) => {
    const copies = opened.target.result.transaction("copies").objectStore("copies").getAll();
    copies.onsuccess = () => resolve(copies.result.filter((copy) => copy.handedInTo || copy.hasNotesOnly));
  };
})"""


def with_note(cast: Cast, note: str, *, position: int = 1) -> None:
    cast.study.posts.posts.filter(position=position).update(content_note=note)


def choose_nothing(cast: Cast) -> None:
    cast.study.memberships.update(topics_chosen_at=datetime.now(UTC))


def start(page: Page, cast: Cast, position: int = 1) -> None:
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/{position}/")


def rate_by_mouse(page: Page) -> None:
    for criterion, key in (("alignment", "8"), ("empathy", "4"), ("harmfulness", "1"), ("factuality", "1")):
        page.locator(f"input[name=score_{criterion}][value='{key}']").click()
    page.locator("textarea[name=rationale_alignment]").fill("It names one small step.")
    page.get_by_role("button", name="Submit and next").click()


def test_topics_that_she_does_not_read_never_reach_her(page: Page) -> None:
    cast = make_study(posts=2, raters=3, has_consent=False)
    with_note(cast, "Loss of a child; violence")
    seats = Assignment.objects.filter(rater__user=cast.rater)
    others = seats.exclude(item__post__position=1).count()

    sign_in(page, cast.rater)
    page.get_by_role("button", name="I agree").click()
    page.get_by_label("loss of a child").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Go to the items").click()

    expect(page.locator("body")).not_to_contain_text("Content note")
    left = seats.filter(status=AssignmentStatus.OPEN)
    assert [seat.item.post.position for seat in left] == [2] * others


def test_post_with_a_content_note_stays_folded_until_it_is_opened(page: Page) -> None:
    cast = make_study(posts=1)
    with_note(cast, "Loss of a child")
    choose_nothing(cast)

    start(page, cast)

    expect(page.get_by_text("Content note: Loss of a child")).to_be_visible()
    expect(page.get_by_text("Since the move I lie awake")).not_to_be_visible()
    page.get_by_text("Show the post").click()
    expect(page.get_by_text("Since the move I lie awake")).to_be_visible()


def test_skip_takes_one_press_and_the_seat_goes_to_another(page: Page) -> None:
    cast = make_study(posts=1, raters=3)
    item = cast.assignments(cast.rater)[0].item
    start(page, cast)

    page.get_by_role("button", name="Skip", exact=False).first.click()
    page.wait_for_url(f"**/rate/{cast.study.slug}/2/")

    seats = Assignment.objects.filter(item=item)
    assert [(seat.rater.user, seat.skip_kind) for seat in seats.filter(status="skipped")] == [
        (cast.rater, "no_reason")
    ]
    assert set(seats.filter(status="open").values_list("rater__user__email", flat=True)) == {
        "rater2@example.org",
        "rater3@example.org",
    }


def test_skip_may_have_a_reason(page: Page) -> None:
    cast = make_study(posts=1)
    start(page, cast)

    page.get_by_role("button", name="Skip with a reason").click()
    page.get_by_role("button", name="I cannot judge this one").click()
    page.wait_for_url(f"**/rate/{cast.study.slug}/2/")

    assert cast.assignments(cast.rater)[0].skip_kind == "cannot_judge"


def test_concern_shows_the_studys_protocol_and_reaches_the_manager(page: Page) -> None:
    cast = make_study(posts=1)
    Study.objects.update(concern_protocol="Dr Night reads each note within a day.")
    start(page, cast)

    page.get_by_role("button", name="Concern about the poster").click()
    expect(page.get_by_text("Dr Night reads each note within a day.")).to_be_visible()
    page.get_by_label("What worries you?").fill("She says goodbye.")
    page.get_by_role("button", name="Tell the study team").click()
    expect(page.get_by_text("Your note has gone to the study team")).to_be_visible()

    assert list(Flag.objects.values_list("note", flat=True)) == [
        "Concern about the poster: She says goodbye."
    ]
    assert cast.assignments(cast.rater)[0].status == AssignmentStatus.OPEN


def test_flag_reaches_the_manager_and_keeps_what_was_typed(page: Page) -> None:
    cast = make_study(posts=1)
    start(page, cast)
    page.locator("textarea[name=rationale_alignment]").fill("Half a thought")

    page.get_by_role("button", name="Flag", exact=False).first.click()
    page.get_by_label("What should they look at?").fill("The text ends in the middle.")
    page.get_by_role("button", name="Send the flag").click()
    expect(page.get_by_text("Your note has gone to the study team")).to_be_visible()

    expect(page.locator("textarea[name=rationale_alignment]")).to_have_value("Half a thought")
    assert list(Flag.objects.values_list("note", flat=True)) == ["The text ends in the middle."]


def write_flag(page: Page, note: str) -> None:
    page.get_by_role("button", name="Flag", exact=False).first.click()
    page.get_by_label("What should they look at?").fill(note)


def test_flag_sent_offline_goes_by_itself_though_she_goes_on(
    chromium: Browser, live_server: LiveServer
) -> None:
    cast = make_study(posts=1)
    page = chromium.new_page(base_url=live_server.url)
    start(page, cast)
    page.route("**/flag/", lambda route: route.abort())

    write_flag(page, "The text ends in the middle.")
    page.get_by_role("button", name="Send the flag").click()
    expect(page.get_by_text("Offline, the note is kept on this computer.")).to_be_visible()
    page.get_by_role("button", name="Concern about the poster").click()
    page.get_by_label("What worries you?").fill("She says goodbye.")
    page.get_by_role("button", name="Tell the study team").click()
    expect(page.get_by_label("What worries you?")).to_be_hidden()
    rate_by_mouse(page)
    page.wait_for_url(f"**/rate/{cast.study.slug}/2/")
    page.unroute("**/flag/")

    wait_until(lambda: Flag.objects.count() == 2, timeout_s=20)
    expect(page.get_by_text("Your note has gone to the study team")).to_be_visible()
    assert {(flag.note, flag.assignment.position) for flag in Flag.objects.all()} == {
        ("The text ends in the middle.", 1),
        ("Concern about the poster: She says goodbye.", 1),
    }
    page.context.close()


@pytest.mark.parametrize("out_of_reach", ["**/flag/", "**/rate/**"])
def test_flag_sent_offline_from_a_page_that_is_gone_by_now_goes_from_the_next(
    chromium: Browser, live_server: LiveServer, out_of_reach: str
) -> None:
    """Whether the rating after it had an answer or waits as well."""
    cast = make_study(posts=1)
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    start(page, cast)
    page.route(out_of_reach, lambda route: route.abort())
    write_flag(page, "The text ends in the middle.")
    page.get_by_role("button", name="Send the flag").click()
    expect(page.get_by_text("Offline, the note is kept on this computer.")).to_be_visible()
    rate_by_mouse(page)
    if out_of_reach == "**/flag/":
        page.wait_for_url(f"**/rate/{cast.study.slug}/2/")
    else:
        expect(page.locator("[data-receipt]")).to_contain_text(
            "It is handed in as soon as the server answers"
        )
    later = context.new_page()
    page.close()

    later.goto(f"/rate/{cast.study.slug}/2/")

    wait_until(lambda: Flag.objects.exists() and cast.assignments(cast.rater)[0].closed_at is not None)
    assert [(flag.note, flag.assignment.position) for flag in Flag.objects.all()] == [
        ("The text ends in the middle.", 1)
    ]
    wait_until(lambda: later.evaluate(WAITING_NOTES) == [])
    context.close()


def test_flag_that_was_written_and_not_sent_is_there_on_return(page: Page) -> None:
    cast = make_study(posts=1)
    start(page, cast)
    write_flag(page, "The text ends in the middle.")
    page.get_by_role("button", name="Not now").click()
    page.locator("textarea[name=rationale_alignment]").fill("Half a thought")
    expect(page.locator("[data-receipt]")).to_contain_text("Saved")

    page.reload()

    expect(page.get_by_label("What should they look at?")).to_be_visible()
    expect(page.get_by_label("What should they look at?")).to_have_value("The text ends in the middle.")
    expect(page.locator("textarea[name=rationale_alignment]")).to_have_value("Half a thought")


def test_break_is_suggested_after_submitting_and_passed_over_with_one_press(page: Page) -> None:
    cast = make_study(posts=1)
    seat = cast.assignments(cast.rater)[0]
    work(seat, begin=datetime.now(UTC) - timedelta(minutes=46), minutes=46)
    start(page, cast)

    rate_by_mouse(page)
    expect(page.get_by_role("heading", name="Time for a break?")).to_be_visible()
    page.get_by_role("button", name="Go on rating").click()

    page.wait_for_url(f"**/rate/{cast.study.slug}/2/")
    assert cast.assignments(cast.rater)[0].status == AssignmentStatus.SUBMITTED


def test_day_ends_softly(page: Page) -> None:
    cast = make_study(posts=1)
    Study.objects.update(daily_minutes=1)
    seat = cast.assignments(cast.rater)[0]
    work(seat, begin=datetime.now(UTC) - timedelta(minutes=2), minutes=2)
    start(page, cast)

    rate_by_mouse(page)
    expect(page.get_by_role("heading", name="Enough for today?")).to_be_visible()
    page.get_by_text("Go on today").click()
    page.get_by_label("Why do you go on?").fill("On a train")
    page.get_by_role("button", name="Go on rating").click()

    page.wait_for_url(f"**/rate/{cast.study.slug}/2/")
    assert cast.membership(cast.rater).day_extensions.get().reason == "On a train"


def test_consent_takes_the_browsers_time_zone_along(chromium: Browser, live_server: LiveServer) -> None:
    cast = make_study(posts=1, has_consent=False)
    context = chromium.new_context(base_url=live_server.url, timezone_id="Asia/Tokyo")
    page = context.new_page()

    sign_in(page, cast.rater)
    expect(page.locator("[data-time-zone]")).to_have_value("Asia/Tokyo")
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("heading", name="Instructions")).to_be_visible()
    context.close()

    assert User.objects.get(pk=cast.rater.pk).time_zone == "Asia/Tokyo"


def test_changed_consent_says_what_has_changed(page: Page) -> None:
    cast = make_study(posts=1)
    first = ConsentText.objects.get()
    changed = first.text.replace("Your ratings are used for research only.", "Your ratings are published.")
    ConsentText.objects.create(study=cast.study, version=2, text=changed)

    sign_in(page, cast.rater)

    changes = page.get_by_role("region", name="What has changed")
    expect(changes.locator("ins")).to_contain_text(["published"])
    expect(changes.locator("del").first).to_be_visible()
    expect(changes).not_to_contain_text("Some posts may touch on")
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("link", name="Go to the items").click()
    page.wait_for_url(f"**/rate/{cast.study.slug}/1/")


def test_rater_takes_her_own_ratings_home(page: Page, tmp_path: Path) -> None:
    cast = make_study(posts=1)
    for seat in cast.assignments(cast.rater):
        rate(seat, rationale="Ñandú, 🙂")
    sign_in(page, cast.rater)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download my ratings").click()
    path = tmp_path / "own.csv"
    download.value.save_as(path)

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rationale"] for row in rows if row["rationale"]] == ["Ñandú, 🙂"] * 4
