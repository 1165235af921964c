import pytest
from django.test import Client

from annotation.domain.judge_prompt_set import example_judge_wording, store_example_judge_prompts
from annotation.judging.prompt_set import content_hash, parse_judge_wording
from annotation.models import JudgePromptSet
from tests.annotation.judges import start_judge
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


def fields(**changes: str) -> dict[str, str]:
    wording = example_judge_wording()
    questions = {f"question_{key}": text for key, text in wording.questions.items()}
    texts = {name: getattr(wording, name) for name in ("system", "message", "reply_format")}
    return {**texts, **questions, "note": "Milder.", "newest_seen": "1", **changes}


def test_set_is_listed_read_and_downloaded_as_it_was_stored(cast: Cast, client: Client) -> None:
    stored = store_example_judge_prompts()
    start_judge(cast)
    client.force_login(cast.manager)

    listed = client.get("/library/judges/").content.decode()
    page = client.get(f"/library/judges/{stored.pk}/").content.decode()
    file = client.get(f"/library/judges/{stored.pk}/download/")

    assert "RESORT example judge, short answers" in listed
    assert "The question about empathy" in page
    assert content_hash(parse_judge_wording(file.content.decode())) == stored.content_hash


def test_edit_is_a_new_version_and_the_old_one_stays(cast: Cast, client: Client) -> None:
    stored = store_example_judge_prompts()
    client.force_login(cast.manager)

    response = client.post(f"/library/judges/{stored.pk}/edit/", fields(question_empathy="How warm is it?"))

    versions = JudgePromptSet.objects.filter(name=stored.name).order_by("version")
    assert [(one.version, one.wording["questions"]["empathy"], one.note) for one in versions] == [
        (1, example_judge_wording().questions["empathy"], ""),
        (2, "How warm is it?", "Milder."),
    ]
    assert response.url == f"/library/judges/{versions[1].pk}/"
    assert versions[1].created_by == cast.manager


def test_forgotten_and_unknown_placeholders_are_told(cast: Cast, client: Client) -> None:
    stored = store_example_judge_prompts()
    client.force_login(cast.manager)

    page = client.post(
        f"/library/judges/{stored.pk}/edit/",
        fields(message="{post}", question_alignment="Good?", reply_format="{scale}"),
    ).content.decode()

    for complaint in (
        "The text lacks the placeholder {response}.",
        "The text lacks the placeholder {standards}.",
        "The text holds a placeholder that is not filled in there: {scale}.",
    ):
        assert complaint in page
    assert JudgePromptSet.objects.filter(name=stored.name).count() == 1


def test_newer_version_is_told_before_it_is_built_upon(cast: Cast, client: Client) -> None:
    stored = store_example_judge_prompts()
    client.force_login(cast.manager)
    client.post(f"/library/judges/{stored.pk}/edit/", fields(question_empathy="First?"))

    page = client.post(
        f"/library/judges/{stored.pk}/edit/", fields(question_empathy="Second?")
    ).content.decode()
    client.post(f"/library/judges/{stored.pk}/edit/", fields(question_empathy="Second?", newest_seen="2"))

    assert "Version 2 was saved meanwhile" in page
    assert JudgePromptSet.objects.filter(name=stored.name).count() == 3


def test_only_those_who_prepare_studies_find_the_pages(cast: Cast, client: Client) -> None:
    stored = store_example_judge_prompts()
    urls = [f"/library/judges/{place}" for place in ("", f"{stored.pk}/", f"{stored.pk}/edit/")]

    statuses = {}
    for user in (cast.manager, cast.researcher, cast.rater):
        client.force_login(user)
        statuses[user.name] = [client.get(url).status_code for url in urls]

    assert statuses == {"Manager": [200] * 3, "Researcher": [404] * 3, "Rater1": [404] * 3}
