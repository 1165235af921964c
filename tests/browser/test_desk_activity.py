"""Active time as a real browser measures it: its clock is moved on, and what the server knows moved back."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from annotation.models import ActiveSpan, Assignment
from annotation.queries.active_span import seat_times
from tests.factories import Cast, make_study
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(page: Page, live_server: LiveServer) -> Cast:
    """A study whose rater is signed in and has not seen an item yet."""
    cast = make_study(posts=1)
    client = Client()
    client.force_login(cast.rater)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    return cast


def open_item(page: Page, cast: Cast) -> Assignment:
    """Open the rater's first item, under a clock that stands still until it is moved on."""
    page.clock.install(time=timezone.now())
    page.goto(f"/rate/{cast.study.slug}/1/")
    expect(page.get_by_role("button", name="Submit and next")).to_be_visible()
    page.clock.pause_at(timezone.now() + timedelta(seconds=3))
    return cast.assignments(cast.rater)[0]


def pass_time(seconds: int, *pages: Page, moving_every: int = 0) -> None:
    """Let time pass for server and browser, with a movement of the pointer every so many seconds, or none."""
    step = moving_every or seconds
    earlier = timedelta(seconds=seconds)
    Assignment.objects.update(opened_at=F("opened_at") - earlier)
    ActiveSpan.objects.update(began_at=F("began_at") - earlier, ended_at=F("ended_at") - earlier)
    for passed in range(0, seconds, step):
        for page in pages:
            page.clock.run_for(step * 1000)
            if moving_every:
                page.mouse.move(100 + passed % 50, 100)


def set_state(page: Page, *, visibility: str = "visible", has_focus: bool = True) -> None:
    """Hide the page or take its focus, as switching tabs does; headless, all tabs are in front."""
    page.evaluate(
        """([visibility, hasFocus]) => {
          const wasFocused = document.hasFocus();
          document.hasFocus = () => hasFocus;
          if (document.visibilityState !== visibility) {
            Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
            document.dispatchEvent(new Event("visibilitychange"));
          }
          if (wasFocused !== hasFocus) window.dispatchEvent(new Event(hasFocus ? "focus" : "blur"));
        }""",
        [visibility, has_focus],
    )


def leave(page: Page) -> None:
    """Leave the desk, and wait until what the browser says of its time has arrived."""
    with page.expect_request("**/activity/") as report:
        set_state(page, visibility="hidden")
    report.value.response()


def active_seconds(seat: Assignment) -> float:
    return seat_times(Assignment.objects.filter(pk=seat.pk))[seat.pk].active_seconds or 0


def about(seconds: float) -> object:
    """Return what equals the seconds, and those that opening the item takes."""
    return pytest.approx(seconds + 2, abs=3)


def test_time_counts_while_the_rater_is_at_it(page: Page, cast: Cast) -> None:
    seat = open_item(page, cast)

    pass_time(180, page, moving_every=20)
    leave(page)

    assert active_seconds(seat) == about(180)


def test_time_ends_a_minute_after_the_last_sign_of_life(page: Page, cast: Cast) -> None:
    seat = open_item(page, cast)

    pass_time(30, page, moving_every=10)
    pass_time(600, page)
    page.keyboard.press("Shift")
    pass_time(20, page, moving_every=10)
    leave(page)

    assert active_seconds(seat) == about(30 + 60 + 20)


def test_time_of_a_hidden_tab_does_not_count(page: Page, cast: Cast) -> None:
    seat = open_item(page, cast)

    pass_time(30, page, moving_every=10)
    leave(page)
    pass_time(45, page, moving_every=5)
    set_state(page)
    pass_time(20, page, moving_every=10)
    leave(page)

    assert active_seconds(seat) == about(30 + 20)


def test_time_of_a_window_without_the_focus_does_not_count(page: Page, cast: Cast) -> None:
    seat = open_item(page, cast)

    pass_time(30, page, moving_every=10)
    set_state(page, has_focus=False)
    pass_time(45, page, moving_every=5)
    set_state(page)
    pass_time(20, page, moving_every=10)
    leave(page)

    assert active_seconds(seat) == about(30 + 20)


def test_time_behind_the_pause_sheet_does_not_count(page: Page, cast: Cast) -> None:
    seat = open_item(page, cast)

    pass_time(30, page, moving_every=10)
    page.get_by_role("button", name="Pause").click()
    page.mouse.move(90, 90)
    pass_time(45, page, moving_every=5)
    page.get_by_role("button", name="Go on rating").click()
    page.mouse.move(90, 90)
    pass_time(20, page, moving_every=10)
    leave(page)

    assert active_seconds(seat) == about(30 + 20)


def test_time_of_a_rater_who_only_reads_is_kept_without_her_leaving(page: Page, cast: Cast) -> None:
    """As when the browser is killed: no more than the last half minute is unknown to the server."""
    seat = open_item(page, cast)

    with page.expect_request("**/activity/"):
        pass_time(100, page, moving_every=20)

    wait_until(lambda: active_seconds(seat) >= 70, timeout_s=5)


def test_nothing_on_the_desk_counts_time(page: Page, cast: Cast) -> None:
    open_item(page, cast)
    before = page.locator("body").inner_text()

    pass_time(600, page, moving_every=60)

    assert page.locator("body").inner_text() == before


def test_window_that_nobody_uses_falls_silent(page: Page, cast: Cast) -> None:
    open_item(page, cast)
    pass_time(300, page)
    reports: list[str] = []
    page.on("request", lambda request: reports.append(request.url))

    pass_time(600, page)

    assert reports == []


def test_two_tabs_at_once_count_once(page: Page, cast: Cast) -> None:
    open_item(page, cast)
    other = page.context.new_page()
    seat = open_item(other, cast)

    pass_time(90, page, other, moving_every=30)
    leave(page)
    leave(other)

    assert ActiveSpan.objects.values("window").distinct().count() == 2
    assert active_seconds(seat) == about(90)


def test_submitting_takes_the_time_along_and_the_next_item_has_its_own(page: Page, cast: Cast) -> None:
    first = open_item(page, cast)
    second = cast.assignments(cast.rater)[1]

    pass_time(40, page, moving_every=20)
    page.get_by_role("button", name="Skip", exact=False).first.click()
    page.wait_for_url(f"**/rate/{cast.study.slug}/2/")
    pass_time(70, page, moving_every=10)
    leave(page)

    assert active_seconds(first) == about(40)
    assert active_seconds(second) == about(70)
