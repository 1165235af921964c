"""From a file of posts to a file of scores, through pages, a real queue and a real model."""

import html
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from django.test import Client

from annotation.models import Item, Study
from generation.domain.example import store_example_constitution, store_example_prompts, store_small_model
from generation.queries.run import run_progress
from tests.factories import PASSWORD, make_user
from tests.processes import SiteProcesses, wait_until

pytestmark = pytest.mark.timeout(600)

POSTS = """id,area,text
night,anxiety,"Since the move I lie awake until four every night, and in the morning I can hardly work.
My sister says it will pass. It has been nine weeks. What can I do?"
garden,anger,"My neighbour cut down the hedge that my late wife planted. He says it was his. I want to shout."
"""
ENTRIES = (
    {"alignment": "8", "empathy": "4", "harmfulness": "1", "factuality": "1"},
    {"alignment": "3", "empathy": "2", "harmfulness": "2", "factuality": "3"},
)
VALUES = {"harmfulness": {"1": 0, "2": 1}, "factuality": {"1": 1, "3": 0}}


def post(client: Client, url: str, **fields: object) -> str:
    response = client.post(url, fields, follow=True)
    assert response.status_code == 200, url
    return response.content.decode()


def make_study_through_pages(manager: Client) -> Study:
    constitution_set = store_example_constitution()
    store_example_prompts()
    model_spec = store_small_model()
    file = io.BytesIO(POSTS.encode())
    file.name = "posts.csv"
    post(manager, "/studies/new/", name="Night and day", posts=file, constitution_set=constitution_set.pk)
    post(
        manager,
        "/studies/night-and-day/design/",
        dimensions=list(constitution_set.dimensions.filter(number__in=[4, 7]).values_list("pk", flat=True)),
        conditions=[f"{model_spec.pk}:INDV vanilla", f"{model_spec.pk}:ITER +cons"],
        raters_per_item=2,
        rated_under="draw",
    )
    return Study.objects.get(slug="night-and-day")


def join_as_rater(manager: Client, name: str) -> Client:
    """Invite a rater and accept the link as a new person; return her signed-in browser."""
    page = post(manager, "/studies/night-and-day/people/invite/", role="rater", name=name)
    link = re.search(r"http://testserver(/join/[^\"/\s]+/)", page)
    assert link, "the page shows the link"
    rater = Client()
    post(rater, link[1], name=name, email=f"{name}@example.org", password=PASSWORD)
    return rater


def rate_everything(rater: Client, keys: dict[str, str]) -> None:
    consent = rater.get("/rate/night-and-day/", follow=True).content.decode()
    version = re.search(r'name="version" value="(\d+)"', consent)
    assert version
    post(rater, "/rate/night-and-day/consent/", answer="agree", version=version[1])
    while (desk := rater.get("/rate/night-and-day/", follow=True)).redirect_chain:
        page = desk.content.decode()
        assert "SmolLM2" not in page
        hidden = dict(re.findall(r'type="hidden" name="(submission|base)" value="([^"]*)"', page))
        scores = {f"score_{criterion}": key for criterion, key in keys.items()}
        rationales = {f"rationale_{criterion}": "Because of the second sentence." for criterion in keys}
        post(rater, desk.redirect_chain[-1][0], **hidden, **scores, **rationales)


def test_file_of_posts_becomes_a_file_of_scores(
    site_processes: SiteProcesses, model_in_data_dir: Path
) -> None:
    site_processes.start("gpu", "default", "beat")
    manager = Client()
    manager.force_login(make_user("manager", is_staff=True, is_superuser=True))

    study = make_study_through_pages(manager)
    raters = [join_as_rater(manager, name) for name in ("ada", "ben")]
    post(manager, "/studies/night-and-day/generation/start/")
    study.refresh_from_db()
    assert study.run is not None
    wait_until(lambda: run_progress(study.run).is_finished, timeout_s=300)
    ratable = run_progress(study.run).texts_valid
    assert ratable > 0, "the small model wrote at least one text that may be rated"
    wait_until(lambda: Item.objects.exclude(response=None).count() == ratable, timeout_s=60)
    post(manager, "/studies/night-and-day/open/")
    for rater, keys in zip(raters, ENTRIES, strict=True):
        rate_everything(rater, keys)

    ratings = pd.read_csv(io.BytesIO(manager.get("/studies/night-and-day/scores.csv").getvalue()))
    assert len(ratings) == ratable * len(raters) * 4
    assert ratings.groupby(["rating", "criterion"]).size().eq(1).all()
    for criterion in ENTRIES[0]:
        entered = [VALUES.get(criterion, {}).get(keys[criterion], int(keys[criterion])) for keys in ENTRIES]
        exported = ratings[ratings["criterion"] == criterion]["score"]
        assert sorted(exported) == sorted(entered * ratable)
        shown = f"{sum(entered) / len(entered):.2f}"
        scores_page = html.unescape(manager.get("/studies/night-and-day/scores/").content.decode())
        assert f'score-table__mean">{shown}<' in scores_page
