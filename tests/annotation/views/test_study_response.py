import pytest
from django.test import Client
from django.urls import reverse

from annotation.domain.review import edit_text
from annotation.models import Item
from generation.models import Response, Step
from generation.queries.provenance import response_record
from tests.annotation.reviews import FLAWED, flawed_texts, make_flawed_study
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

PAGES = ["study_response", "study_response_record"]
BETTER = "It is a wonder that you still stand. Rest a while, and ask a friend to sit with you tonight."


def get(cast: Cast, response: Response, page: str = "study_response", who: str = "manager") -> object:
    client = Client()
    client.force_login(getattr(cast, who))
    return client.get(reverse(page, args=[cast.study.slug, response.pk]))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("researcher", 200), ("rater", 404), ("outsider", 404)]
)
def test_origin_is_for_managers_and_researchers(page: str, who: str, status: int) -> None:
    cast = make_study(posts=1)

    assert get(cast, Response.objects.first(), page, who).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_text_of_another_study_is_not_found(page: str) -> None:
    make_study(posts=1)
    other = make_study(posts=1, is_generated=False, prefix="other")

    assert get(other, Response.objects.first(), page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_origin_asks_strangers_to_sign_in(client: Client, page: str) -> None:
    cast = make_study(posts=1)
    url = reverse(page, args=[cast.study.slug, Response.objects.first().pk])

    assert client.get(url)["Location"] == f"{reverse('account_login')}?next={url}"


def test_page_shows_every_message_and_what_a_paper_must_name() -> None:
    cast = make_study(posts=1, strategies=["INDV +appr"])
    response = Response.objects.first()
    run = cast.study.run

    html = get(cast, response, who="researcher").content.decode()

    steps = Step.objects.filter(chain=response.chain)
    shown = [turn["content"].split("\n")[0][:30] for step in steps for turn in step.messages]
    assert [text for text in shown if text not in html] == []
    environment = steps[0].environment
    named = [
        response.sha256,
        response.post.sha256,
        run.constitution_set.content_hash,
        run.prompt_set.content_hash,
        environment.sha256,
        environment.record["weights_sha256"],
        environment.record["transformers"],
        f"max_new_tokens {run.decoding['max_new_tokens']}",
    ]
    assert [name for name in named if name not in html] == []
    assert "Review this text" not in html


def test_page_of_an_edited_text_shows_who_changed_what() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    edit_text(cast.study, text, text=BETTER, by=cast.manager, known_reviews=0, note="Role taken out")

    html = get(cast, text).content.decode()

    assert "Edited by a person" in html
    assert cast.manager.name in html
    assert "Role taken out" in html
    assert html.count(FLAWED.split(",")[0]) >= 2  # as received, and before the edit


@pytest.mark.parametrize(("who", "is_offered"), [("manager", True), ("researcher", False)])
def test_review_is_offered_to_managers(who: str, is_offered: bool) -> None:
    cast = make_flawed_study()

    html = get(cast, flawed_texts()[0], who=who).content.decode()

    assert ("Review this text" in html) is is_offered


def test_page_of_a_persons_text_says_so() -> None:
    cast = make_study(posts=1, strategies=["INDV vanilla"])
    item = Item.objects.get()
    human = Response.objects.create(
        source="human", post=item.post, method="oracle_response", text="Rest.", sha256="0", status="valid"
    )
    Item.objects.update(response=human)

    html = get(cast, human).content.decode()

    assert "A person wrote this text." in html
    assert "oracle_response" in html


def test_record_is_the_one_that_the_page_shows() -> None:
    cast = make_study(posts=1)
    response = Response.objects.first()

    answer = get(cast, response, "study_response_record", "researcher")

    assert answer.json() == {
        "study": cast.study.slug,
        "simulated": False,
        "stimuli_sha256": cast.study.stimuli_sha256,
        **response_record(response).to_dict(),
    } | {"calls": list(response_record(response).to_dict()["calls"]), "reviews": []}
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{cast.study.slug}-response-{response.pk}.json"'
    )
    assert answer["Cache-Control"] == "no-store"
    assert cast.manager.email not in answer.content.decode()


def test_preview_and_attention_lead_to_the_origin() -> None:
    cast = make_flawed_study(posts=2)
    [text] = flawed_texts()
    valid = Response.objects.get(status="valid")
    client = Client()
    client.force_login(cast.manager)

    preview = client.get(reverse("study_preview", args=[cast.study.slug])).content.decode()
    attention = client.get(reverse("study_attention", args=[cast.study.slug])).content.decode()

    assert reverse("study_response", args=[cast.study.slug, valid.pk]) in preview
    assert reverse("study_review", args=[cast.study.slug, text.pk]) in attention
