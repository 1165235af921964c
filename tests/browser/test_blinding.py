"""What a real browser is sent, shows and keeps of an item says nothing of where the text came from."""

import re

import pytest
from playwright.sync_api import Page, Response, expect

from generation.models import Dimension
from tests.annotation.test_blinding import CANARIES, NAMES, plant
from tests.browser.conftest import sign_in
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = """async () => {
  const opening = indexedDB.open("rating-desk", 1);
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const all = opening.result.transaction("copies").objectStore("copies").getAll();
  await new Promise((resolve) => (all.onsuccess = resolve));
  opening.result.close();
  const names = (await indexedDB.databases()).map((one) => one.name);
  return JSON.stringify([names, all.result, { ...localStorage }, { ...sessionStorage }, document.cookie]);
}"""


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=2, human_sources=("human_source",))
    plant(cast)
    return cast


def story(page: Page, cast: Cast) -> dict[str, str]:
    """Let a rater type, flag, submit, skip and look at her list; return all that came of it."""
    met: dict[str, str] = {}

    def note(response: Response) -> None:
        is_static = "/static/" in response.url
        body = "" if response.status in {204, 302, 303} or is_static else response.text()
        met[f"{len(met)} {response.request.method} {response.url}"] = f"{response.headers} {body}"

    page.on("response", note)
    sign_in(page, cast.rater)
    page.goto(f"/rate/{cast.study.slug}/2/")
    page.locator("textarea[name=rationale_alignment]").fill("It names one small step.")
    expect(page.locator("[data-receipt]")).to_contain_text("Saved")
    page.get_by_role("button", name="Flag").first.click()
    page.get_by_label("What should they look at?").fill("It ends oddly.")
    page.get_by_role("button", name="Send the flag").click()
    expect(page.get_by_text("Your note has gone to the study team")).to_be_visible()
    met["what the browser keeps of an item"] = page.evaluate(KEPT)
    for criterion in ("alignment", "empathy", "harmfulness", "factuality"):
        page.locator(f"input[name=score_{criterion}]").first.click()
    page.get_by_role("button", name="Submit and next").click()
    page.wait_for_url(f"**/rate/{cast.study.slug}/3/")
    page.get_by_role("button", name="Skip", exact=True).click()
    page.wait_for_url(f"**/rate/{cast.study.slug}/4/")
    met["what the page has become"] = page.content()
    page.goto(f"/rate/{cast.study.slug}/rated/")
    met["what the browser keeps at last"] = page.evaluate(KEPT)
    return met


def leaks(met: dict[str, str]) -> list[tuple[str, str]]:
    # Tokens are random letters, which may spell anything.
    said = {where: re.sub(r"\b[A-Za-z0-9]{32,}\b", "", f"{where} {text}") for where, text in met.items()}
    return [
        (where, secret) for where, text in said.items() for secret in (*CANARIES, *NAMES) if secret in text
    ]


def test_browser_learns_nothing_of_where_a_text_came_from(page: Page, cast: Cast) -> None:
    met = story(page, cast)

    assert len([where for where in met if "POST" in where]) >= 4
    assert "It names one small step." in met["what the browser keeps of an item"]
    assert leaks(met) == []


def test_leak_would_be_found_where_the_browser_meets_it(page: Page, cast: Cast) -> None:
    Dimension.objects.update(name="canary-strategy")

    found = leaks(story(page, cast))

    assert {secret for _, secret in found} == {"canary-strategy"}
    assert "what the page has become" in {where for where, _ in found}
