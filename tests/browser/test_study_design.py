"""A manager prepares a study in the browser: texts by people, figures that make no sense, live numbers."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.models import Study
from tests.browser.conftest import sign_in
from tests.factories import make_study

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = """post,source,dimension,text
post-1,oracle_response,4,It is much to carry.
post-2,oracle_response,1,Yes.
"""


def test_texts_by_people_are_brought_in_ticked_counted_and_saved(page: Page) -> None:
    cast = make_study(posts=2, strategies=("INDV vanilla",), is_generated=False)
    sign_in(page, cast.manager)

    page.goto(reverse("study_design", args=[cast.study.slug]))
    page.get_by_role("link", name="Bring in texts that people wrote").click()
    page.get_by_label("File of texts").set_input_files(
        {"name": "texts.csv", "mimeType": "text/csv", "buffer": TEXTS.encode()}
    )
    page.get_by_role("button", name="Import the texts").click()
    expect(page.get_by_role("status")).to_contain_text("2 texts imported.")

    page.get_by_role("link", name="design page").click()
    numbers = page.locator("#numbers")
    expect(numbers).not_to_contain_text("Texts by people")
    page.get_by_label("Written by an expert").check()
    expect(numbers).to_contain_text("1 text by people is for dimensions that are not chosen")
    page.get_by_label("Temperature").fill("7")
    page.get_by_role("button", name="Save the design").click()
    expect(page.get_by_role("alert")).to_contain_text("Temperature: This must be a number from 0 to 2.")
    page.get_by_label("Temperature").fill("0.1")
    page.get_by_role("button", name="Save the design").click()
    expect(page.get_by_role("status")).to_contain_text("The design is saved.")

    study = Study.objects.get(pk=cast.study.pk)
    assert study.decoding["temperature"] == 0.1
    assert [str(condition) for condition in study.conditions.all()] == [
        "SmolLM2-135M-Instruct INDV vanilla",
        "oracle_response",
    ]
