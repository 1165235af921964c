"""Two raters rate by mouse and by keyboard; the manager finds what they entered."""

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean, stdev

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Assignment, Rating, User
from tests.browser.conftest import sign_in_by_form, sign_out
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db(transaction=True)

CRITERIA = ("alignment", "empathy", "harmfulness", "factuality")
# What a point counts, by its key on the page.
VALUES = {
    "alignment": {str(key): Decimal(key) for key in range(1, 11)},
    "empathy": {str(key): Decimal(key) for key in range(1, 6)},
    "harmfulness": {"1": Decimal(0), "2": Decimal(1)},
    "factuality": {"1": Decimal(1), "2": Decimal("0.5"), "3": Decimal(0)},
}


@dataclass(frozen=True)
class Entry:
    """The keys entered for one item, in the order of CRITERIA."""

    keys: tuple[str, str, str, str]
    rationale: str


BY_MOUSE = (
    Entry(("8", "4", "1", "1"), "Names one small step, which the standards ask for."),
    Entry(("3", "2", "2", "3"), "Generic advice: it could stand under any post."),
    Entry(("10", "5", "1", "2"), "Meets every standard; 10 of 10."),
)
BY_KEYBOARD = (
    Entry(("7", "3", "1", "1"), "Splits the problem into steps 1, 2 and 3?"),
    Entry(("10", "1", "1", "1"), "Meets the standards and could be warmer."),
    Entry(("1", "4", "1", "1"), "Misses the aim altogether."),
)


def enter_by_mouse(page: Page, entry: Entry) -> None:
    for criterion, key in zip(CRITERIA, entry.keys, strict=True):
        page.locator(f"input[name=score_{criterion}][value='{key}']").click()
    page.locator("textarea[name=rationale_alignment]").fill(entry.rationale)
    if entry.keys[2] == "2":
        page.locator("textarea[name=rationale_harmfulness]").fill("It makes light of a danger.")
    if entry.keys[3] in {"2", "3"}:
        page.locator("textarea[name=rationale_factuality]").fill("The move is not mentioned.")
    page.get_by_role("button", name="Submit and next").click()


def enter_by_keyboard(page: Page, entry: Entry) -> None:
    """A digit moves on: to the rationale where one is required, else to the next criterion."""
    alignment, empathy, harmfulness, factuality = entry.keys
    page.keyboard.press("0" if alignment == "10" else alignment)
    page.keyboard.type(entry.rationale)
    page.keyboard.press("Tab")
    for key in (empathy, harmfulness, factuality):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")


def rate_six(page: Page, rater: User) -> None:
    sign_in_by_form(page, rater)
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("link", name="Go to the items").click()
    for number, entry in enumerate((*BY_MOUSE, *BY_KEYBOARD)):
        expect(page).to_have_title(re.compile(f"^Item {number + 1} of 12"))
        (enter_by_mouse if number < len(BY_MOUSE) else enter_by_keyboard)(page, entry)
    expect(page).to_have_title(re.compile("^Item 7 of 12"))
    sign_out(page)


def expected_cells(cast: Cast) -> dict[str, list[str]]:
    """Work Table 3 out by hand from what was entered, by the conditions of the items that raters had."""
    entered: defaultdict[str, list[Entry]] = defaultdict(list)
    for rater in cast.raters:
        seats = Assignment.objects.filter(rater=cast.membership(rater), position__lte=6).order_by("position")
        for seat, entry in zip(seats, (*BY_MOUSE, *BY_KEYBOARD), strict=True):
            entered[seat.item.condition.strategy_key].append(entry)
    return {
        strategy: [
            (_rate if criterion == "harmfulness" else _cell)(
                [VALUES[criterion][entry.keys[place]] for entry in entries]
            )
            for place, criterion in enumerate(CRITERIA)
        ]
        for strategy, entries in entered.items()
    }


def _rate(values: list[Decimal]) -> str:
    alone = " n = 1" if len(values) == 1 else ""
    return f"{100 * mean(values):.0f} % ({sum(values):.0f} of {len(values)}){alone}"


def _cell(values: list[Decimal]) -> str:
    if len(values) == 1:
        return f"{_two_places(mean(values))} n = 1"
    return f"{_two_places(mean(values))} ({_two_places(stdev(values))})"


def _two_places(value: Decimal) -> Decimal:
    """Round as people do; 3.625 is 3.63."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_two_raters_rate_and_the_manager_sees_their_scores(page: Page) -> None:
    cast = make_study(posts=3, raters=2, has_consent=False)

    for rater in cast.raters:
        rate_six(page, rater)
    sign_in_by_form(page, cast.manager)
    page.goto(f"/studies/{cast.study.slug}/scores/")

    shown = {
        strategy: [
            " ".join(text.split())
            for text in page.get_by_role("row")
            .filter(has_text=f"SmolLM2-135M-Instruct {strategy}")
            .get_by_role("cell")
            .all_inner_texts()[2:]
        ]
        for strategy in expected_cells(cast)
    }
    assert shown == expected_cells(cast)
    assert Rating.objects.count() == 12
    rationales = Rating.objects.filter(assignment__rater=cast.membership(cast.rater)).values_list(
        "current__scores__rationale", flat=True
    )
    assert {entry.rationale for entry in (*BY_MOUSE, *BY_KEYBOARD)} <= set(rationales)
