"""Nothing that a rater types is ever lost, whatever goes away in the middle."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, LocatorAssertions, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError
from pytest_django.live_server_helper import LiveServer

from annotation.domain.draft import save_draft
from annotation.domain.rating import note_opened
from annotation.enums import AssignmentStatus
from annotation.models import Draft, Flag, Rating, RatingVersion, Score
from generation.models import Post, Response
from tests.browser.conftest import REQUESTS, fill_sign_in, sign_in
from tests.chromium import ARGUMENTS, chromium_path
from tests.factories import Cast, make_study
from tests.processes import SiteProcesses, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "Names two small steps, which the standards ask for."
SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d$")
OFFLINE = re.compile("^Offline, kept on this computer")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_study(posts=1)


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """A fresh profile. An error in a script fails the test; requests that fail belong to these tests."""
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 720})
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def desk(context: BrowserContext, cast: Cast) -> Page:
    """The first item, open."""
    page = context.new_page()
    sign_in(page, cast.rater)
    expect(page).to_have_title(re.compile("^Item 1 of"))
    return page


def receipt(page: Page) -> LocatorAssertions:
    return expect(page.locator("[data-receipt]"))


def why(page: Page) -> Locator:
    return page.locator("textarea[name=rationale_alignment]")


def type_why(page: Page, text: str = WHY) -> None:
    why(page).click()
    page.keyboard.type(text)


def choose_scores(page: Page, alignment: str = "8") -> None:
    for criterion, key in (
        ("alignment", alignment),
        ("empathy", "4"),
        ("harmfulness", "1"),
        ("factuality", "1"),
    ):
        page.locator(f"input[name=score_{criterion}][value='{key}']").click()


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit and next").click()


def address(cast: Cast, position: int = 1) -> str:
    return f"/rate/{cast.study.slug}/{position}/"


def rationales() -> list[str]:
    return list(
        Score.objects.filter(criterion__key="alignment").order_by("pk").values_list("rationale", flat=True)
    )


def test_every_keystroke_is_saved_within_a_second_with_a_receipt(desk: Page) -> None:
    type_why(desk)

    receipt(desk).to_have_text(SAVED)
    wait_until(lambda: Draft.objects.get().content["rationale_alignment"] == WHY)
    assert Rating.objects.count() == 0


def test_who_types_without_a_pause_is_saved_every_second(desk: Page) -> None:
    desk.clock.install()
    desk.clock.pause_at(timezone.now() + timedelta(seconds=60))
    why(desk).click()

    with desk.expect_request("**/draft/", timeout=10_000):
        for letter in "Ten letters":
            desk.keyboard.type(letter)
            desk.clock.run_for(90)


def test_draft_is_there_on_return(desk: Page, cast: Cast) -> None:
    choose_scores(desk, alignment="3")
    type_why(desk)
    wait_until(lambda: Draft.objects.filter(content__rationale_alignment=WHY).exists())

    desk.reload()

    expect(why(desk)).to_have_value(WHY)
    expect(desk.locator("input[name=score_alignment][value='3']")).to_be_checked()
    receipt(desk).to_have_text(SAVED)


def test_submit_brings_the_next_item_in_one_request(desk: Page, cast: Cast) -> None:
    choose_scores(desk)
    type_why(desk)
    receipt(desk).to_have_text(SAVED)
    asked: list[tuple[str, str]] = []
    desk.on("request", lambda request: asked.append((request.method, request.url.split("/rate/")[-1])))

    submit(desk)

    expect(desk).to_have_title(re.compile("^Item 2 of 4 · Study"))
    expect(desk).to_have_url(re.compile(address(cast, 2)))
    receipt(desk).to_contain_text("Item 1 saved")
    expect(desk.locator("input[name=score_alignment]").first).to_be_focused()
    assert [entry for entry in asked if "icon" not in entry[1]] == [("POST", f"{cast.study.slug}/1/")]
    assert rationales() == [WHY]
    assert Draft.objects.count() == 0
    desk.go_back()
    expect(desk).to_have_title(re.compile("^Item 1 of 4"))
    expect(why(desk)).to_have_value(WHY)


# The browser


def profile_at(chromium: Browser, folder: Path, url: str) -> BrowserContext:
    return chromium.browser_type.launch_persistent_context(
        folder, executable_path=chromium_path(), args=ARGUMENTS, base_url=url
    )


def kill_browser(folder: Path) -> None:
    """End every process of the browser with that profile at once, as a power cut would."""
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in part for part in process.info["cmdline"] or []):
            process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("has_server", [True, False])
def test_killed_browser_costs_nothing(
    chromium: Browser, live_server: LiveServer, cast: Cast, tmp_path: Path, has_server: bool
) -> None:
    """Also when the server never heard of it, so that only the copy on the computer is left."""
    context = profile_at(chromium, tmp_path / "profile", live_server.url)
    page = context.pages[0]
    sign_in(page, cast.rater)
    if not has_server:
        page.route("**/draft/", lambda route: route.abort())
    choose_scores(page, alignment="5")
    type_why(page)
    receipt(page).to_have_text(SAVED if has_server else OFFLINE)
    page.keyboard.type(" And one more word")
    wait_until(lambda: [copy for copy in copies(page) if "And one more word" in str(copy)])

    kill_browser(tmp_path / "profile")
    with suppress(PlaywrightError):
        context.close()

    context = profile_at(chromium, tmp_path / "profile", live_server.url)
    page = context.pages[0]
    sign_in(page, cast.rater)
    page.goto(address(cast))
    expect(why(page)).to_have_value(f"{WHY} And one more word")
    expect(page.locator("input[name=score_alignment][value='5']")).to_be_checked()
    wait_until(lambda: Draft.objects.filter(content__rationale_alignment=f"{WHY} And one more word").exists())
    context.close()


# The server


@pytest.fixture
def web(site_processes: SiteProcesses) -> SiteProcesses:
    """A server that a test may stop."""
    start_web(site_processes)
    return site_processes


def start_web(processes: SiteProcesses) -> None:
    processes.start("web")
    wait_until(lambda: answers(processes.port))


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_stopped_server_costs_nothing_and_is_found_again(chromium: Browser, web: SiteProcesses) -> None:
    cast = make_study(posts=1)
    page = chromium.new_page(base_url=web.url)
    sign_in(page, cast.rater)
    choose_scores(page)
    type_why(page, "Before. ")
    receipt(page).to_have_text(SAVED)

    web.end()
    type_why(page, "While it was away.")
    receipt(page).to_have_text(OFFLINE)
    start_web(web)

    receipt(page).to_have_text(SAVED, timeout=40_000)
    wait_until(lambda: Draft.objects.get().content["rationale_alignment"] == "Before. While it was away.")
    page.close()


def test_rating_handed_in_without_a_server_goes_in_when_it_is_back(
    chromium: Browser, web: SiteProcesses
) -> None:
    cast = make_study(posts=1)
    page = chromium.new_page(base_url=web.url)
    sign_in(page, cast.rater)
    choose_scores(page)
    type_why(page)
    web.end()

    submit(page)
    receipt(page).to_have_text(
        "Offline, kept on this computer. It is handed in as soon as the server answers"
    )
    start_web(web)

    expect(page).to_have_title(re.compile("^Item 2 of 4"), timeout=40_000)
    assert rationales() == [WHY]
    page.close()


# The network


def test_cut_network_costs_nothing(desk: Page) -> None:
    type_why(desk, "Before. ")
    receipt(desk).to_have_text(SAVED)

    desk.context.set_offline(True)
    type_why(desk, "While cut off.")
    receipt(desk).to_have_text(OFFLINE)
    desk.context.set_offline(False)

    receipt(desk).to_have_text(SAVED)
    wait_until(lambda: Draft.objects.get().content["rationale_alignment"] == "Before. While cut off.")


def test_rating_handed_in_offline_goes_in_once_with_the_network(desk: Page) -> None:
    choose_scores(desk)
    type_why(desk)
    desk.context.set_offline(True)
    submit(desk)
    receipt(desk).to_contain_text("It is handed in as soon as the server answers")
    submit(desk)
    desk.keyboard.press("Control+Enter")

    desk.context.set_offline(False)

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert rationales() == [WHY]


def test_rating_handed_in_offline_and_left_goes_in_on_return(desk: Page, cast: Cast) -> None:
    choose_scores(desk)
    type_why(desk)
    desk.route("**/rate/**", lambda route: route.abort())
    submit(desk)
    receipt(desk).to_contain_text("It is handed in as soon as the server answers")
    page = desk.context.new_page()
    desk.close()

    page.goto(address(cast, 2))

    receipt(page).to_have_text("Item 1, which had waited on this computer, is handed in")
    assert rationales() == [WHY]


def test_answer_that_got_lost_counts_once(desk: Page) -> None:
    """The server saved it, and the browser never heard of that."""
    choose_scores(desk)
    type_why(desk)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost or route.request.method != "POST":
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    desk.route(re.compile(r"/1/$"), lose_the_first)
    submit(desk)

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert lost == [200]
    assert RatingVersion.objects.count() == 1


# The session and its token


def test_expired_session_costs_nothing_and_the_desk_goes_on_after_sign_in(desk: Page, cast: Cast) -> None:
    type_why(desk, "Before. ")
    receipt(desk).to_have_text(SAVED)

    Session.objects.all().delete()
    type_why(desk, "After.")
    receipt(desk).to_have_text("You are signed out; kept on this computer. Sign in in a new window")
    with desk.context.expect_page() as opened:
        desk.get_by_role("link", name="Sign in").click()
    fill_sign_in(opened.value, cast.rater)
    expect(opened.value.get_by_role("heading", name="You are signed in")).to_be_visible()

    receipt(desk).to_have_text(SAVED)
    wait_until(lambda: Draft.objects.get().content["rationale_alignment"] == "Before. After.")


def test_rating_handed_in_signed_out_goes_in_after_sign_in(desk: Page, cast: Cast) -> None:
    choose_scores(desk)
    type_why(desk)
    desk.context.clear_cookies()

    submit(desk)
    receipt(desk).to_contain_text("You are signed out; kept on this computer.")
    with desk.context.expect_page() as opened:
        desk.get_by_role("link", name="Sign in").click()
    fill_sign_in(opened.value, cast.rater)

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert rationales() == [WHY]


def test_out_of_date_csrf_token_costs_nothing(desk: Page) -> None:
    choose_scores(desk)
    desk.context.clear_cookies(name="csrftoken")

    type_why(desk)
    receipt(desk).to_have_text(SAVED)
    desk.context.clear_cookies(name="csrftoken")
    submit(desk)

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert rationales() == [WHY]


def test_words_of_one_person_never_reach_another_who_signs_in_meanwhile(desk: Page, cast: Cast) -> None:
    other = desk.context.new_page()
    desk.context.clear_cookies()
    sign_in(other, cast.raters[1])
    expect(other).to_have_title(re.compile("^Item 1 of"))

    type_why(desk)

    receipt(desk).to_contain_text("Somebody else is signed in on this computer; kept on this computer.")
    assert Draft.objects.count() == 0
    other.reload()
    expect(why(other)).to_have_value("")


# Two windows


def two_windows(desk: Page, cast: Cast) -> Page:
    """Both show the item; the second one has typed last, and the server has that."""
    type_why(desk, "First window.")
    wait_until(lambda: Draft.objects.filter(content__rationale_alignment="First window.").exists())
    second = desk.context.new_page()
    second.goto(address(cast))
    expect(why(second)).to_have_value("First window.")
    why(second).fill("Second window.")
    wait_until(lambda: Draft.objects.filter(content__rationale_alignment="Second window.").exists())
    return second


@pytest.mark.parametrize(
    ("button", "kept"),
    [("Keep what is here", "First window. More."), ("Use what is in the other window", "Second window.")],
)
def test_two_windows_give_a_choice(desk: Page, cast: Cast, button: str, kept: str) -> None:
    two_windows(desk, cast)

    type_why(desk, " More.")
    expect(desk.get_by_role("alert")).to_contain_text("You have typed on this item in another window")
    assert Draft.objects.get().content["rationale_alignment"] == "Second window."
    expect(why(desk)).to_have_value("First window. More.")
    expect(desk.get_by_role("alert").get_by_role("listitem")).to_have_text(
        ["Alignment with the standards: no score, “Second window.”"]
    )
    desk.get_by_role("button", name=button).click()

    expect(why(desk)).to_have_value(kept)
    expect(desk.get_by_role("alert")).to_have_count(0)
    receipt(desk).to_have_text(SAVED)
    wait_until(lambda: Draft.objects.get().content["rationale_alignment"] == kept)


def test_handing_in_over_another_windows_words_asks_first(desk: Page, cast: Cast) -> None:
    choose_scores(desk)
    two_windows(desk, cast)

    submit(desk)
    expect(desk.get_by_role("alert")).to_contain_text("You have typed on this item in another window")
    assert Rating.objects.count() == 0
    assert Draft.objects.get().content["rationale_alignment"] == "Second window."
    desk.get_by_role("button", name="Hand in what is here").click()

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert rationales() == ["First window."]


def test_words_in_a_window_whose_item_was_handed_in_elsewhere_stay(desk: Page, cast: Cast) -> None:
    choose_scores(desk)
    second = two_windows(desk, cast)
    submit(second)
    expect(second).to_have_title(re.compile("^Item 2 of 4"))

    type_why(desk, " More.")
    receipt(desk).to_have_text(
        "This rating has been handed in already. What you typed is kept on this computer."
    )
    submit(desk)
    expect(desk.get_by_role("alert")).to_contain_text("You saved this item in another window")
    desk.get_by_role("button", name="Save what is here").click()

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert rationales() == ["Second window.", "First window. More."]


def test_unsaved_words_and_a_draft_from_elsewhere_give_a_choice_on_return(desk: Page, cast: Cast) -> None:
    desk.route("**/draft/", lambda route: route.abort())
    type_why(desk, "Only here.")
    receipt(desk).to_have_text(OFFLINE)
    elsewhere(cast, "From another computer.")

    page = desk.context.new_page()
    desk.close()
    page.goto(address(cast))
    expect(page.get_by_role("alert")).to_contain_text("There are two drafts of this item")
    expect(page.get_by_role("alert")).to_contain_text("“Only here.”")
    expect(why(page)).to_have_value("From another computer.")
    page.get_by_role("button", name="Use what was typed on this computer").click()

    expect(why(page)).to_have_value("Only here.")
    wait_until(lambda: Draft.objects.get().content["rationale_alignment"] == "Only here.")


def elsewhere(cast: Cast, text: str) -> None:
    save_draft(
        cast.assignments(cast.rater)[0],
        window=uuid4(),
        sequence=1,
        base=0,
        known="",
        content={"rationale_alignment": text},
    )


# Sending


def test_double_submit_counts_once(desk: Page) -> None:
    choose_scores(desk)
    type_why(desk)
    # On its way for as long as she goes on pressing: else the last of it is meant for the next item.
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        on_its_way.append(route)

    desk.route(re.compile(r"/1/$"), hold)

    desk.get_by_role("button", name="Submit and next").dblclick()
    desk.keyboard.press("Control+Enter")
    desk.wait_for_timeout(200)
    assert on_its_way
    for request in on_its_way:
        request.continue_()

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    REQUESTS.wait_for_quiet()
    expect(desk.get_by_role("alert")).to_have_count(0)
    assert RatingVersion.objects.count() == 1


def test_double_click_skips_one_item(desk: Page, cast: Cast) -> None:
    desk.get_by_role("button", name="Skip", exact=True).dblclick(delay=20)

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    REQUESTS.wait_for_quiet()
    skipped = [
        seat.position for seat in cast.assignments(cast.rater) if seat.status == AssignmentStatus.SKIPPED
    ]
    assert skipped == [1]


def test_incomplete_rating_comes_back_whole_with_focus_on_the_first_error(desk: Page) -> None:
    type_why(desk)

    submit(desk)

    expect(desk.get_by_role("alert")).to_contain_text("Please choose a score for Empathy.")
    expect(desk.locator("input[name=score_alignment]").first).to_be_focused()
    expect(why(desk)).to_have_value(WHY)
    choose_scores(desk)
    submit(desk)
    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert rationales() == [WHY]


def test_skip_leads_on_and_forgets_the_draft(desk: Page, cast: Cast) -> None:
    type_why(desk)
    receipt(desk).to_have_text(SAVED)

    desk.get_by_role("button", name="Skip", exact=True).click()

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert cast.assignments(cast.rater)[0].status == AssignmentStatus.SKIPPED
    assert Draft.objects.count() == 0
    assert copies(desk) == []


def test_flag_goes_out_and_everything_typed_stays(desk: Page, cast: Cast) -> None:
    type_why(desk)
    desk.get_by_role("button", name="Flag", exact=False).first.click()
    desk.get_by_label("What should they look at?").fill("The post looks cut off.")

    desk.get_by_role("button", name="Send the flag").click()

    receipt(desk).to_have_text("Your note has gone to the study team")
    expect(why(desk)).to_have_value(WHY)
    assert [flag.note for flag in Flag.objects.all()] == ["The post looks cut off."]


# Texts


@pytest.mark.parametrize(
    "text",
    [
        "It names one step. " * 1053,
        "\N{SEEDLING}\N{ZERO WIDTH JOINER} שלום, مرحبا; e\u0301, \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "<script>document.title = 'broken'</script><b>bold</b> &amp; \"quoted\"",
    ],
    ids=["20,000 characters", "emoji and right-to-left", "markup"],
)
def test_rationale_arrives_as_it_was_typed(desk: Page, cast: Cast, text: str) -> None:
    text = text.strip()[:20_000]
    choose_scores(desk)
    why(desk).fill(text)
    wait_until(lambda: Draft.objects.filter(content__rationale_alignment=text).exists())
    desk.reload()
    expect(why(desk)).to_have_value(text)

    submit(desk)

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert rationales() == [text]
    desk.goto(address(cast))
    expect(desk).to_have_title(re.compile("^Item 1 of 4"))
    expect(why(desk)).to_have_value(text)


def test_markup_in_post_and_response_is_shown_as_text(desk: Page, cast: Cast) -> None:
    markup = "<script>document.title = 'broken'</script><b onclick=\"x\">bold</b> &amp;"
    Post.objects.update(text=f"Post {markup}")
    Response.objects.update(text=f"Response {markup}")
    choose_scores(desk)
    type_why(desk)

    submit(desk)

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    for pane, word in (("post", "Post"), ("response", "Response")):
        shown = desk.get_by_role("region", name=f"Text of the {pane}")
        assert shown.text_content() == f"{word} {markup}"
        expect(shown.locator("b, script")).to_have_count(0)


# This computer


def copies(page: Page) -> list[dict[str, object]]:
    return page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("rating-desk", 1);
          opening.onsuccess = () => {
            const all = opening.result.transaction("copies").objectStore("copies").getAll();
            all.onsuccess = () => { opening.result.close(); resolve(all.result); };
          };
        })"""
    )


def test_copy_on_the_computer_names_nobody_and_goes_with_the_submission(desk: Page, cast: Cast) -> None:
    choose_scores(desk)
    type_why(desk)
    receipt(desk).to_have_text(SAVED)
    (copy,) = copies(desk)

    submit(desk)
    expect(desk).to_have_title(re.compile("^Item 2 of 4"))

    assert re.fullmatch("[0-9a-f]{32}", str(copy["owner"]))
    assert (copy["study"], copy["position"]) == (cast.study.slug, 1)
    assert copies(desk) == []


def test_signing_out_takes_what_the_server_has_from_the_computer(desk: Page, cast: Cast) -> None:
    desk.route("**/2/draft/", lambda route: route.abort())
    desk.goto(address(cast, 2))
    type_why(desk, "Never reached the server.")
    receipt(desk).to_have_text(OFFLINE)
    desk.goto(address(cast, 1))
    type_why(desk)

    sign_out_by_button(desk)

    wait_until(lambda: Draft.objects.filter(content__rationale_alignment=WHY).exists())
    assert [copy["position"] for copy in copies(desk)] == [2]


def sign_out_by_button(page: Page) -> None:
    page.get_by_role("button", name="Pause").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_browser_that_keeps_nothing_makes_no_false_promise(context: BrowserContext, cast: Cast) -> None:
    context.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }"
    )
    page = context.new_page()
    sign_in(page, cast.rater)
    type_why(page, "Before. ")
    receipt(page).to_have_text(SAVED)

    context.set_offline(True)
    type_why(page, "After.")

    receipt(page).to_contain_text("Offline, not kept: please leave this page open")
    context.set_offline(False)
    receipt(page).to_have_text(SAVED)


# Without a script


def test_desk_works_without_javascript(chromium: Browser, live_server: LiveServer, cast: Cast) -> None:
    elsewhere_opened(cast)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, cast.rater)
    expect(why(page)).to_have_value("Typed with a script.")
    choose_scores(page)
    why(page).fill(WHY)

    submit(page)

    expect(page).to_have_title(re.compile("^Item 2 of 4"))
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page).to_have_title(re.compile("^Item 3 of 4"))
    assert rationales() == [WHY]
    assert Draft.objects.count() == 0
    context.close()


def elsewhere_opened(cast: Cast) -> None:
    note_opened(cast.assignments(cast.rater)[0])
    elsewhere(cast, "Typed with a script.")
