"""The pages of judges as a manager meets them; axe-core looks at every one."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from annotation.domain.judge_reply import settle_reply
from annotation.domain.judge_run import pause_judge_run
from annotation.enums import JudgeOutcome
from tests.annotation.judges import answer_judge, start_judge
from tests.browser.axe import PHONE, complaints_in_every_view
from tests.browser.conftest import sign_in
from tests.factories import make_study

pytestmark = pytest.mark.django_db(transaction=True)

DESK = ViewportSize(width=1280, height=720)
# No table is wider than its frame: on a phone its rows are blocks below one another.
NOTHING_TO_SCROLL = (
    "[...document.querySelectorAll('.table-scroll')].every(each => each.scrollWidth <= each.clientWidth)"
)


def test_axe_finds_nothing_on_the_pages_of_judges(page: Page) -> None:
    cast = make_study(posts=1)
    done = start_judge(cast, criteria=["empathy"])
    answer_judge(done, lambda chain, step: "Perhaps 2, perhaps 3." if chain.pk % 2 else "4")
    unread = done.replies.filter(outcome=JudgeOutcome.UNREADABLE).first()
    settle_reply(unread, outcome=JudgeOutcome.REFUSED, reason="Hedged.", n_known=0, by=cast.manager)
    moving = start_judge(cast, repeats=2)
    pause_judge_run(moving, by=cast.manager)
    found: list[str] = []
    sign_in(page, cast.manager)
    base = f"/studies/{cast.study.slug}/judges/"

    for place in (
        base,
        f"{base}{done.pk}/",
        f"{base}{moving.pk}/",
        f"{base}{done.pk}/replies/",
        f"{base}{done.pk}/replies/?show=settled",
        f"{base}{done.pk}/replies/?show=all",
        f"{base}{done.pk}/replies/{unread.pk}/",
        "/library/judges/",
        f"/library/judges/{done.prompt_set_id}/",
        f"/library/judges/{done.prompt_set_id}/edit/",
    ):
        page.goto(place)
        found += complaints_in_every_view(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate(NOTHING_TO_SCROLL), place
        page.set_viewport_size(DESK)
    page.goto(base)
    page.get_by_role("button", name="Start").click()
    page.goto(f"{base}{done.pk}/replies/{unread.pk}/")
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += complaints_in_every_view(page)

    assert found == []


def test_progress_comes_by_itself_until_the_judge_has_finished(page: Page) -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast, criteria=["empathy"])
    sign_in(page, cast.manager)
    page.goto(f"/studies/{cast.study.slug}/judges/{judge_run.pk}/")
    expect(page.get_by_label("Progress", exact=True)).to_contain_text(f"0 of {cast.study.items.count()}")

    answer_judge(judge_run, lambda chain, step: "4")

    expect(page.get_by_text("Finished", exact=True)).to_be_visible()
    expect(page.locator("[hx-get]")).to_have_count(0)
