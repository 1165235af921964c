import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.domain.judge_prompt_set import store_example_judge_prompts
from annotation.enums import JudgeOrigin
from annotation.models import JudgePromptSet, JudgeReply, JudgeRun
from generation.domain.example import store_small_model
from generation.enums import RunStatus
from tests.annotation.judges import answer_judge, start_judge
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


def fields(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "model": store_small_model().pk,
        "prompt_set": store_example_judge_prompts().pk,
        "criteria": list(cast.study.criteria.values_list("pk", flat=True)),
        "repeats": 1,
        "temperature": 0,
        "max_new_tokens": 60,
        **changes,
    }


def test_manager_starts_a_judge_on_the_texts_that_are_there(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    url = f"/studies/{cast.study.slug}/judges/"

    first = client.get(url).content.decode()
    answer = client.post(url, fields(cast), follow=True)

    judge_run = JudgeRun.objects.get()
    assert f"all {cast.study.items.count()} texts" in first
    assert answer.redirect_chain == [(f"{url}{judge_run.pk}/", 302)]
    assert judge_run.created_by == cast.manager
    assert judge_run.generation_run.decoding["max_new_tokens"] == 60
    assert JudgeReply.objects.count() == cast.study.items.count() * 4


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"repeats": 2}, "At 0 the judge would only repeat itself"),
        ({"criteria": []}, "Please choose at least one criterion"),
        ({"repeats": 21}, "less than or equal to 20"),
        ({"temperature": 3}, "This must be a number from 0 to 2"),
        ({"max_new_tokens": 0}, "This must be a whole number from 1 to"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_made(
    cast: Cast, client: Client, changes: dict[str, object], complaint: str
) -> None:
    client.force_login(cast.manager)

    response = client.post(f"/studies/{cast.study.slug}/judges/", fields(cast, **changes))

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert not JudgeRun.objects.exists()


def test_second_click_is_told_that_the_judge_is_at_work(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    url = f"/studies/{cast.study.slug}/judges/"
    client.post(url, fields(cast))

    response = client.post(url, fields(cast))

    assert "is at work on this study already" in response.content.decode()
    assert JudgeRun.objects.count() == 1


def test_page_follows_the_judge_and_stops_when_nothing_moves(cast: Cast, client: Client) -> None:
    judge_run = start_judge(cast)
    client.force_login(cast.manager)
    url, headers = f"/studies/{cast.study.slug}/judges/{judge_run.pk}/", {"HX-Request": "true"}
    n = cast.study.items.count() * 4

    moving = client.get(url, headers=headers)
    answer_judge(judge_run)
    done = client.get(url, headers=headers)

    assert (moving.status_code, done.status_code) == (200, 286)
    assert f"0 <small>of {n} replies</small>" in moving.content.decode()
    assert f"{n} <small>of {n} replies</small>" in done.content.decode()
    assert "<html" not in done.content.decode()


def test_page_says_how_little_a_very_small_model_is_worth(cast: Cast, client: Client) -> None:
    judge_run = start_judge(cast)
    answer_judge(judge_run, lambda chain, step: "You are not alone." if step.pk % 2 else "4")
    client.force_login(cast.researcher)

    page = client.get(f"/studies/{cast.study.slug}/judges/{judge_run.pk}/").content.decode()

    assert "SmolLM2-135M-Instruct is a very small model, with about 135 million parameters." in page
    assert "hold no score" in page


def test_manager_pauses_resumes_and_cancels_and_a_researcher_cannot(cast: Cast, client: Client) -> None:
    judge_run = start_judge(cast)
    url = f"/studies/{cast.study.slug}/judges/{judge_run.pk}/change/"

    statuses = []
    for change in ("pause", "resume", "cancel"):
        client.force_login(cast.researcher)
        refused = client.post(f"{url}{change}/").status_code
        client.force_login(cast.manager)
        client.post(f"{url}{change}/")
        judge_run.generation_run.refresh_from_db()
        statuses.append((refused, judge_run.generation_run.status))

    assert statuses == [
        (404, RunStatus.PAUSED),
        (404, RunStatus.RUNNING),
        (404, RunStatus.CANCELLED),
    ]
    assert client.post(f"{url}delete/").status_code == 404
    assert client.get(f"{url}pause/").status_code == 405


def test_manager_sets_the_priority_within_its_limits(cast: Cast, client: Client) -> None:
    judge_run = start_judge(cast)
    url = f"/studies/{cast.study.slug}/judges/{judge_run.pk}/priority/"

    statuses = []
    for user, priority in ((cast.researcher, 9), (cast.manager, 5), (cast.manager, 101)):
        client.force_login(user)
        status = client.post(url, {"priority": priority}).status_code
        judge_run.generation_run.refresh_from_db()
        statuses.append((status, judge_run.generation_run.priority))

    assert statuses == [(404, 0), (302, 5), (302, 5)]


def test_researcher_reads_and_raters_and_outsiders_find_nothing(cast: Cast, client: Client) -> None:
    judge_run = start_judge(cast)
    answer_judge(judge_run, lambda chain, step: "Perhaps.")
    reply = judge_run.replies.first()
    base = f"/studies/{cast.study.slug}/judges/"
    urls = [
        base,
        f"{base}{judge_run.pk}/",
        f"{base}{judge_run.pk}/replies/",
        f"{base}{judge_run.pk}/replies/{reply.pk}/",
    ]

    statuses = {}
    for name, user in (
        ("manager", cast.manager),
        ("researcher", cast.researcher),
        ("rater", cast.rater),
        ("outsider", cast.outsider),
    ):
        client.force_login(user)
        statuses[name] = [client.get(url).status_code for url in urls]

    assert statuses == {
        "manager": [200] * 4,
        "researcher": [200] * 4,
        "rater": [404] * 4,
        "outsider": [404] * 4,
    }
    client.force_login(cast.researcher)
    page = client.get(base).content.decode()
    assert 'name="model"' not in page
    assert client.post(base, fields(cast)).status_code == 404
    assert JudgeRun.objects.count() == 1


def test_judge_of_another_study_is_not_found(cast: Cast, client: Client) -> None:
    other = start_judge(make_study(posts=1, prefix="other-"))
    client.force_login(cast.manager)

    assert client.get(f"/studies/{cast.study.slug}/judges/{other.pk}/").status_code == 404


def test_imported_judge_is_shown_without_calls(cast: Cast, client: Client) -> None:
    imported = JudgeRun.objects.create(study=cast.study, judge="gpt4", origin=JudgeOrigin.IMPORTED)
    client.force_login(cast.manager)

    page = client.get(f"/studies/{cast.study.slug}/judges/{imported.pk}/").content.decode()

    assert "Its replies were imported" in page
    assert 'id="pause"' not in page


def test_list_takes_as_many_queries_for_three_judges_as_for_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    url = f"/studies/{cast.study.slug}/judges/"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    answer_judge(start_judge(cast))
    queries()
    one = queries()
    for repeats in (1, 2):
        answer_judge(start_judge(cast, repeats=repeats))

    assert queries() == one
    assert JudgePromptSet.objects.count() == 2


def test_study_without_texts_says_what_comes_first(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)

    page = client.get(f"/studies/{cast.study.slug}/judges/").content.decode()

    assert "The texts come first" in page
