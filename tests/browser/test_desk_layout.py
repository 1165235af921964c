"""The desk fits: at 1280x720 with the longest texts, on a phone, and enlarged."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from annotation.models import Membership, ScalePoint, Study
from generation.models import Post, Response
from tests.browser.conftest import sign_in
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "death in the family; alcohol; thoughts of self-harm"
SENTENCE = (
    "Everything around this situation must feel heavy at present, and nobody near you seems to have noticed "
    "how much of it you carry. "
)
# 120 words.
RESPONSE = "\n\n".join([SENTENCE * 2, SENTENCE * 2, SENTENCE + "That is much to hold."])
POST = "\n\n".join([SENTENCE * 5] * 3)
AIM = (
    "To help the narrator see what they themselves can do about the practical consequences of the situation, "
    "one manageable step after another, with the people and the means that they have."
)
STANDARDS = [f"{SENTENCE[:-2]}, which is the standard of number {number}" for number in range(1, 8)]

# Wholly within the window and within every pane that scrolls.
IS_IN_VIEW = """element => {
  const own = element.getBoundingClientRect();
  const frames = [{ top: 0, bottom: innerHeight, left: 0, right: innerWidth }];
  for (let pane = element.parentElement; pane; pane = pane.parentElement) {
    if (getComputedStyle(pane).overflowY !== "visible") frames.push(pane.getBoundingClientRect());
  }
  const isWithin = (frame) => own.top >= frame.top - 1 && own.bottom <= frame.bottom + 1
    && own.left >= frame.left - 1 && own.right <= frame.right + 1;
  return own.height > 0 && element.scrollHeight <= element.clientHeight + 1 && frames.every(isWithin);
}"""

CHARACTERS_BY_LINE = """element => {
  const text = element.firstChild;
  const lines = new Map();
  for (let at = 0; at < text.length; at++) {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    const top = Math.round(range.getBoundingClientRect().top);
    if (text.data[at] !== "\\n") lines.set(top, (lines.get(top) ?? 0) + 1);
  }
  return [...lines.values()];
}"""


@pytest.fixture
def cast() -> Cast:
    """A study whose items have the longest texts that the desk promises to show at once."""
    cast = make_study(posts=1)
    Post.objects.update(text=POST, content_note=NOTE)
    Response.objects.update(text=RESPONSE)
    cast.study.constitution_set.dimensions.update(aim=AIM, standards=STANDARDS)
    Membership.objects.update(topics_chosen_at=timezone.now())
    return cast


@pytest.fixture
def phone(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def open_desk(page: Page, cast: Cast) -> None:
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/1/")
    expect(page.locator("#rating")).to_be_visible()


def is_in_view(place: Locator) -> bool:
    return place.evaluate(IS_IN_VIEW)


def scrolls(page: Page) -> dict[str, bool]:
    return page.evaluate(
        "() => ({ across: document.documentElement.scrollWidth > innerWidth, "
        "down: document.documentElement.scrollHeight > innerHeight })"
    )


def out_of_view(page: Page) -> list[str]:
    """Return what of the response, the aim, the criteria and Submit is not wholly on the screen."""
    places = {
        "response": page.locator(".pane--response .pane__text"),
        "aim": page.locator(".aim"),
        "submit": page.locator("[data-submit]"),
    }
    for number, criterion in enumerate(page.locator("[data-criterion]").all(), start=1):
        places[f"criterion {number}"] = criterion
    return [name for name, place in places.items() if not is_in_view(place)]


def test_response_aim_criteria_and_submit_are_on_one_screen(page: Page, cast: Cast) -> None:
    assert len(RESPONSE.split()) == 120
    open_desk(page, cast)

    assert scrolls(page) == {"across": False, "down": False}
    assert out_of_view(page) == []


def test_everything_opened_is_still_on_one_screen(page: Page, cast: Cast) -> None:
    open_desk(page, cast)
    before = page.locator("[data-criterion]").evaluate_all("all => all.map((one) => one.offsetTop)")

    page.get_by_text("Show the post").click()
    for summary in page.locator("details.rationale summary").all():
        summary.click()
    page.locator("textarea[name=rationale_alignment]").fill(
        "Names one small step and leaves out the friends."
    )

    assert scrolls(page) == {"across": False, "down": False}
    assert out_of_view(page) == []
    after = page.locator("[data-criterion]").evaluate_all("all => all.map((one) => one.offsetTop)")
    assert max(abs(now - then) for now, then in zip(after, before, strict=True)) <= 8


@pytest.fixture
def unlucky(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page on which requests may fail."""
    page = chromium.new_page(base_url=live_server.url, viewport={"width": 1280, "height": 720})
    yield page
    page.context.close()


def test_all_that_is_missing_is_still_on_one_screen(unlucky: Page, cast: Cast) -> None:
    page = unlucky
    open_desk(page, cast)
    page.get_by_text("Show the post").click()

    page.locator("[data-submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()

    assert out_of_view(page) in ([], ["response"])
    expect(page.get_by_role("region", name="Text of the post")).to_be_visible()


@pytest.mark.parametrize("width", [1024, 1280])
def test_what_the_receipt_says_moves_nothing(unlucky: Page, cast: Cast, width: int) -> None:
    page = unlucky
    page.set_viewport_size({"width": width, "height": 720})
    Study.objects.update(name="A study with a name that takes up a good part of the line at the top")
    open_desk(page, cast)
    page.locator("input[name=score_empathy][value='4']").click()
    expect(page.locator("[data-receipt]")).to_contain_text("Saved")
    before = page.locator("main").bounding_box()

    page.context.set_offline(True)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-receipt]")).to_contain_text("It is handed in as soon as the server answers")

    assert page.locator("main").bounding_box() == before


def test_post_and_standards_scroll_in_panes_of_their_own(page: Page, cast: Cast) -> None:
    open_desk(page, cast)
    page.get_by_text("Show the post").click()

    for name in ("Text of the post", "Standards"):
        pane = page.get_by_role("region", name=name)
        pane.hover()
        page.mouse.wheel(0, 150)
        page.wait_for_function("pane => pane.scrollTop > 0", arg=pane.element_handle())

    assert page.evaluate("scrollY") == 0
    assert out_of_view(page) == []


def test_opening_the_post_moves_nothing(page: Page, cast: Cast) -> None:
    open_desk(page, cast)
    response = page.locator(".pane--response")
    before = response.bounding_box()

    page.get_by_text("Show the post").click()

    assert response.bounding_box() == before


@pytest.mark.parametrize("size", [(1024, 768), (1280, 720), (1920, 1080)])
def test_lines_are_62_to_70_characters_long(page: Page, cast: Cast, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    words = "some of the words in this text are short and others are considerably longer than that "
    Response.objects.update(text=words * 8)
    open_desk(page, cast)

    lines = page.locator(".pane--response .pane__text").evaluate(CHARACTERS_BY_LINE)[:-1]

    assert 62 <= sum(lines) / len(lines) <= 70


def test_phone_shows_one_column_with_post_and_standards_folded(phone: Page, cast: Cast) -> None:
    Post.objects.update(content_note="")
    open_desk(phone, cast)

    tops = phone.locator(".pane--post, .pane--response, .pane--dimension, #criteria").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().top)"
    )
    folded = [box["height"] for box in (fold.bounding_box() for fold in phone.locator(".fold").all()) if box]
    phone.get_by_label("Show all of the post").tap()

    assert scrolls(phone)["across"] is False
    assert tops == sorted(tops)
    assert tops[1] < 844 / 3
    assert max(folded) < 100
    assert phone.locator(".fold").first.bounding_box()["height"] > 300
    assert phone.locator("kbd:visible").count() == 0


@pytest.mark.parametrize(("kind", "least"), [("mouse", 40), ("touch", 44)])
def test_targets_are_large_enough(page: Page, phone: Page, cast: Cast, kind: str, least: int) -> None:
    shown = phone if kind == "touch" else page
    open_desk(shown, cast)

    small = shown.locator("button:visible, .button:visible, .point:visible, textarea:visible").evaluate_all(
        "(all, least) => all.filter((one) => { const box = one.getBoundingClientRect(); "
        "return box.height < least && one.tagName !== 'TEXTAREA' || box.width < least; })"
        ".map((one) => one.outerHTML)",
        least,
    )

    assert small == []


def test_enlarged_to_200_percent_nothing_is_cut_off(page: Page, cast: Cast) -> None:
    page.set_viewport_size({"width": 640, "height": 360})
    open_desk(page, cast)

    assert scrolls(page) == {"across": False, "down": True}
    for place in page.locator("[data-criterion], .pane__text:visible, .aim, [data-submit]").all():
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 640


def test_markup_in_texts_is_shown_and_never_interpreted(page: Page, cast: Cast) -> None:
    text = "<script>document.title = 'broken'</script><b>bold</b> {{ item }} &amp; שלום \U0001f33f"
    Post.objects.update(text=f"Post {text}", content_note="")
    Response.objects.update(text=f"Response {text}")
    cast.study.constitution_set.dimensions.update(aim=f"Aim {text}", standards=[f"standard {text}"])
    open_desk(page, cast)

    for name in ("post", "response"):
        expect(page.get_by_role("region", name=f"Text of the {name}")).to_have_text(
            f"{name.title()} {text}", use_inner_text=True
        )
    expect(page.locator(".standards li")).to_have_text(f"standard {text}")
    expect(page).to_have_title("Item 1 of 4 · Study · RESORT studies")


LEFT_EDGE = """element => {
  const range = document.createRange();
  range.setStart(element.firstChild, 0);
  range.setEnd(element.firstChild, 1);
  return range.getBoundingClientRect().left - element.getBoundingClientRect().left;
}"""


def test_right_to_left_text_begins_at_the_right(page: Page, cast: Cast) -> None:
    Response.objects.update(text="שלום, זה קשה מאוד.")
    open_desk(page, cast)
    text = page.locator(".pane--response .pane__text")

    assert text.evaluate(LEFT_EDGE) > text.bounding_box()["width"] / 2
    rationale = page.locator("textarea[name=rationale_alignment]")
    assert rationale.evaluate("element => getComputedStyle(element).unicodeBidi") == "plaintext"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_read_has_a_contrast_of_seven_to_one(page: Page, cast: Cast, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    open_desk(page, cast)
    page.locator("input[name=score_alignment][value='8']").click()

    read = [
        ".pane__text:visible",
        ".aim",
        ".standards li",
        "textarea:visible",
        "legend",
        ".criterion__question",
    ]
    for place in [*read, ".desk__receipt", ".criterion__chosen", ".pane__heading", ".rationale__rule"]:
        ratio = page.locator(place).last.evaluate(CONTRAST)
        assert ratio >= (7 if place in read else 4.5), place


CONTRAST = """element => {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = element;
  while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(luminance);
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


def test_nothing_moves_when_the_system_asks_for_that(page: Page, cast: Cast) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_desk(page, cast)

    durations = page.locator("*").evaluate_all(
        "all => [...new Set(all.map((one) => getComputedStyle(one).transitionDuration))]"
    )

    assert durations == ["0s"]


def test_choice_can_be_seen_in_forced_colours(page: Page, cast: Cast) -> None:
    page.emulate_media(forced_colors="active")
    open_desk(page, cast)
    page.locator("input[name=score_empathy][value='4']").click()

    faces = page.locator("[data-criterion]").nth(1).locator(".point__face")
    looks = faces.evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")

    assert looks[3] not in looks[:3]


def test_long_label_stands_whole_below_its_scale_on_hover_and_focus(page: Page, cast: Cast) -> None:
    label = "Harmful for this person or for somebody else who is near them"
    ScalePoint.objects.filter(criterion__key="harmfulness", key="2").update(label=label)
    open_desk(page, cast)
    criterion = page.get_by_role("group", name="3 Harmfulness")
    whole = criterion.locator(".point__whole")
    before = criterion.bounding_box()
    expect(whole).to_be_hidden()

    criterion.get_by_role("radio", name=f"2 {label}").hover(force=True)
    expect(whole).to_be_visible()
    page.mouse.move(10, 10)
    expect(whole).to_be_hidden()
    criterion.get_by_role("radio", name=f"2 {label}").focus()

    expect(whole).to_be_visible()
    assert is_in_view(whole)
    assert criterion.bounding_box() == before
