"""A whole item by keys, or by mouse in five clicks; and nothing that is typed is taken for a command."""

import re
import string

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from annotation.models import Assignment, Rating
from tests.annotation.ratings import rate
from tests.browser.conftest import sign_in
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "Names one small step, which the standards ask for."


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)  # four items for each rater


@pytest.fixture
def desk(page: Page, cast: Cast) -> Page:
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/1/")
    expect(point(page, "alignment", "1")).to_be_focused()
    return page


def point(page: Page, criterion: str, key: str) -> Locator:
    return page.locator(f"input[name=score_{criterion}][value='{key}']")


def why(page: Page, criterion: str = "alignment") -> Locator:
    return page.locator(f"textarea[name=rationale_{criterion}]")


def sheet(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name)


def press(page: Page, *keys: str) -> int:
    """Press keys and key combinations; return how many keys a hand pressed."""
    for key in keys:
        page.keyboard.press(key)
    return sum(len(key.split("+")) for key in keys)


def chosen(page: Page) -> list[str]:
    return page.locator("[data-criterion] input:checked").evaluate_all("all => all.map((one) => one.value)")


def select_text(page: Page, text: Locator, start: int, end: int) -> None:
    """Mark characters of a text as the mouse does, which also takes the focus there."""
    text.evaluate(
        "(element, [start, end]) => { element.focus(); "
        "getSelection().setBaseAndExtent(element.firstChild, start, element.firstChild, end); }",
        [start, end],
    )


def test_whole_item_takes_at_most_twelve_keys(desk: Page, cast: Cast) -> None:
    presses = press(desk, "8")
    desk.keyboard.type(WHY)
    presses += press(desk, "Tab", "4", "1", "1", "Control+Enter")

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    expect(point(desk, "alignment", "1")).to_be_focused()
    assert presses <= 12
    scores = Rating.objects.get().current.scores.order_by("criterion__position")
    assert list(scores.values_list("point__key", "rationale")) == [
        ("8", WHY),
        ("4", ""),
        ("1", ""),
        ("1", ""),
    ]


def test_whole_item_takes_five_clicks_without_scrolling(desk: Page) -> None:
    desk.evaluate(
        "() => { window.scrolled = window.clicked = 0; "
        "addEventListener('scroll', () => window.scrolled++, true); "
        "addEventListener('click', (event) => event.detail && window.clicked++, true); }"
    )

    def click(place: Locator) -> None:
        box = place.bounding_box()
        assert box["y"] + box["height"] <= 720
        desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    click(point(desk, "alignment", "8"))
    desk.keyboard.type(WHY)
    for criterion, key in (("empathy", "4"), ("harmfulness", "1"), ("factuality", "1")):
        click(point(desk, criterion, key))
    counted = desk.evaluate("() => [window.clicked, window.scrolled]")
    click(desk.locator("[data-submit]"))

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert counted == [4, 0]
    assert Rating.objects.get().current.scores.get(criterion__key="alignment").rationale == WHY


def test_whole_item_by_touch_on_a_phone(chromium: Browser, live_server: LiveServer, cast: Cast) -> None:
    phone = chromium.new_page(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    sign_in(phone, cast.rater)
    phone.goto(f"/rate/{cast.study.slug}/1/")

    for criterion, key in (("alignment", "8"), ("empathy", "4"), ("harmfulness", "1"), ("factuality", "1")):
        phone.locator(".point", has=point(phone, criterion, key)).tap()
    why(phone).tap()
    phone.keyboard.type(WHY)
    phone.locator("[data-submit]").tap()

    expect(phone).to_have_title(re.compile("^Item 2 of 4"))
    assert phone.evaluate("scrollY") == 0
    assert Rating.objects.get().current.scores.get(criterion__key="alignment").rationale == WHY
    phone.context.close()


@pytest.mark.parametrize("field", ["rationale", "reason", "flag"])
def test_what_is_typed_into_a_text_is_never_a_command(page: Page, cast: Cast, field: str) -> None:
    rate(cast.assignments(cast.rater)[0])
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/1/")
    before = chosen(page)
    if field == "flag":
        page.get_by_role("button", name="Flag").click()
    places = {"rationale": why(page), "reason": page.get_by_label("Why do you change it?")}
    text = places.get(field) or page.get_by_label("What should they look at?")
    text.focus()
    typed = f"{string.ascii_letters} {string.digits} ?! "

    page.keyboard.type(typed)

    expect(text).to_be_focused()
    expect(text).to_have_value(typed)
    expect(page.locator(".sheet:popover-open")).to_have_count(1 if field == "flag" else 0)
    assert chosen(page) == before
    assert page.url.endswith("/1/")


def test_digit_scores_the_criterion_with_the_focus_and_zero_is_ten(desk: Page) -> None:
    point(desk, "empathy", "1").focus()

    press(desk, "3")
    point(desk, "alignment", "1").focus()
    press(desk, "0")

    assert chosen(desk) == ["10", "3"]
    expect(desk.get_by_text("10 of 10")).to_be_visible()


def test_digit_from_elsewhere_scores_the_first_criterion_without_a_score(desk: Page) -> None:
    point(desk, "alignment", "8").check(force=True)
    desk.get_by_role("region", name="Text of the response").focus()

    press(desk, "2")

    assert chosen(desk) == ["8", "2"]


def test_digit_moves_on_to_the_rationale_where_one_is_required_else_to_the_next(desk: Page) -> None:
    point(desk, "harmfulness", "1").focus()

    press(desk, "2")
    expect(why(desk, "harmfulness")).to_be_focused()
    desk.keyboard.type("It makes light of a danger.")
    press(desk, "Escape")
    expect(point(desk, "harmfulness", "2")).to_be_focused()
    press(desk, "1")

    expect(point(desk, "factuality", "1")).to_be_focused()


def test_after_the_last_criterion_comes_what_is_still_missing(desk: Page) -> None:
    point(desk, "factuality", "1").focus()

    press(desk, "1")
    expect(point(desk, "alignment", "1")).to_be_focused()
    press(desk, "8")
    desk.keyboard.type(WHY)
    press(desk, "Tab", "4", "1", "1")

    expect(desk.locator("[data-submit]")).to_be_focused()


def test_moving_on_can_be_turned_off_for_good(desk: Page) -> None:
    press(desk, "?")
    desk.get_by_label("After a digit, move on").uncheck()
    desk.reload()

    press(desk, "8", "9")

    assert chosen(desk) == ["9"]
    expect(point(desk, "alignment", "9")).to_be_focused()


def test_single_keys_can_be_turned_off(desk: Page) -> None:
    press(desk, "?")
    desk.get_by_label("Letters and digits are commands").uncheck()
    press(desk, "Escape", *"8sfpi?")

    assert chosen(desk) == []
    expect(desk.locator(".sheet:popover-open")).to_have_count(0)


def test_arrows_move_between_criteria_and_within_a_scale(desk: Page) -> None:
    press(desk, "ArrowDown")
    expect(point(desk, "empathy", "1")).to_be_focused()
    press(desk, "Space", "ArrowRight", "ArrowRight")
    expect(point(desk, "empathy", "3")).to_be_focused()
    press(desk, "ArrowUp", "ArrowDown")

    expect(point(desk, "empathy", "3")).to_be_focused()
    assert chosen(desk) == ["3"]


def test_enter_on_a_scale_moves_on_and_hands_nothing_in(desk: Page) -> None:
    press(desk, "ArrowDown", "Space", "Enter")

    expect(point(desk, "harmfulness", "1")).to_be_focused()
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_key_that_stays_down_types_nothing_and_scores_once(desk: Page) -> None:
    desk.keyboard.down("8")
    desk.keyboard.down("8")
    desk.keyboard.up("8")

    expect(why(desk)).to_be_focused()
    expect(why(desk)).to_have_value("")
    assert chosen(desk) == ["8"]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("s", "Skip this item"),
        ("f", "Flag this item for the study team"),
        ("p", "Pause"),
        ("i", "Instructions and scales"),
        ("?", "Keys"),
    ],
)
def test_key_opens_a_sheet_and_escape_closes_it(desk: Page, key: str, name: str) -> None:
    press(desk, key)
    expect(sheet(desk, name)).to_be_visible()
    press(desk, "Escape")

    expect(sheet(desk, name)).to_be_hidden()
    expect(point(desk, "alignment", "1")).to_be_focused()


def test_instructions_and_scale_definitions_are_one_key_away(desk: Page, cast: Cast) -> None:
    press(desk, "i")

    said = sheet(desk, "Instructions and scales")
    expect(said).to_contain_text("1 (least aligned) to 10 (fully aligned). A reason is required")
    expect(said).to_contain_text(
        "1 Yes, 2 Minor error, 3 No. A reason is required for Minor error or No, "
        "so that it can be understood later what the score rests on."
    )
    expect(said).to_contain_text(cast.study.instructions.split("\n\n")[1])


def test_skip_by_keys_asks_for_one_more_step_than_a_slip_of_the_hand(desk: Page, cast: Cast) -> None:
    press(desk, "s", "Enter", "Space")
    expect(sheet(desk, "Skip this item")).to_be_visible()
    assert not Assignment.objects.filter(status="skipped").exists()
    press(desk, "Tab", "Enter")

    expect(desk).to_have_title(re.compile("^Item 2 of 4"))
    assert cast.assignments(cast.rater)[0].skip_kind == "no_reason"


def test_key_leads_back_to_the_item_before(desk: Page, cast: Cast) -> None:
    desk.goto(f"/rate/{cast.study.slug}/2/")

    press(desk, "b")

    expect(desk).to_have_title(re.compile("^Item 1 of 4"))


def test_every_key_is_shown_in_place_and_in_the_help_sheet(desk: Page, cast: Cast) -> None:
    desk.goto(f"/rate/{cast.study.slug}/2/")
    in_place = {
        place.get_attribute("data-key"): place.locator("kbd").inner_text()
        for place in desk.locator("[data-key]").all()
    }

    press(desk, "?")

    in_help = set(sheet(desk, "Keys").locator("dt kbd").all_inner_texts())
    assert in_place == {key: key for key in "i?psfb"}
    assert in_help == {*in_place, *"190wq←→↑↓↵", "Tab", "Esc", "Ctrl"}


def test_point_that_demands_a_rationale_takes_the_cursor_there_by_mouse(desk: Page) -> None:
    point(desk, "harmfulness", "1").click()
    expect(point(desk, "harmfulness", "1")).to_be_focused()

    point(desk, "harmfulness", "2").click()

    expect(why(desk, "harmfulness")).to_be_focused()


def test_too_short_a_rationale_says_how_much_is_missing_once_it_is_left(desk: Page) -> None:
    rule = desk.locator("[data-criterion]").first.locator("[data-rule]")
    expect(rule).to_have_text("(required, at least 10 characters)")
    press(desk, "8")
    desk.keyboard.type("Two")
    expect(rule).to_have_text("(required, at least 10 characters)")

    press(desk, "Tab")
    expect(rule).to_have_text("(7 more characters, please)")
    why(desk).focus()
    desk.keyboard.type(" small steps")

    expect(rule).to_have_text("(required, at least 10 characters)")


def test_marked_passage_is_quoted_into_the_rationale_by_key(desk: Page) -> None:
    text = desk.get_by_role("region", name="Text of the response")
    passage = text.inner_text()[4:22]
    press(desk, "8")
    desk.keyboard.type("Vague:")
    select_text(desk, text, 4, 22)

    press(desk, "q")

    expect(why(desk)).to_be_focused()
    expect(why(desk)).to_have_value(f"Vague: “{passage.strip()}” ")
    expect(desk.locator("[data-receipt]")).to_contain_text("Saved")


def test_marked_passage_is_quoted_by_button_and_can_be_taken_out_again(desk: Page) -> None:
    point(desk, "factuality", "3").click()
    select_text(desk, desk.get_by_role("region", name="Text of the post"), 0, 13)

    desk.get_by_role("button", name="Quote in “Factuality (true to the post)”").click()
    expect(why(desk, "factuality")).to_have_value("“Post number 1” ")
    expect(desk.locator("[data-quote]")).to_be_hidden()
    press(desk, "Control+z")

    expect(why(desk, "factuality")).to_have_value("")


def test_nothing_is_quoted_from_outside_post_and_response(desk: Page) -> None:
    select_text(desk, desk.locator(".standards li").first, 0, 10)
    expect(desk.locator("[data-quote]")).to_be_hidden()

    press(desk, "q")

    expect(why(desk)).to_have_value("")
