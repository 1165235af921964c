from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotation.models import User
from generation.domain.constitution import store_prompt_set
from generation.domain.example import example_constitution, example_posts, store_example_prompts
from generation.models import PromptSet
from generation.prompt_set import PromptSet as PromptWording
from generation.prompt_set import Wording, content_hash, parse_prompt_set
from generation.queries.constitution import prompts_of
from generation.strategies import STRATEGIES, count_calls
from generation.wording_labels import LABELS
from generation.yaml_text import prompt_set_yaml
from tests.factories import make_user
from tests.generation.prompts import PROMPTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def preparer(client: Client) -> User:
    user = make_user("root", is_superuser=True)
    client.force_login(user)
    return user


def as_posted(prompts: PromptWording, *, newest_seen: int = 1, **more: object) -> dict[str, object]:
    """Return what a browser sends of the opened form, with its own line ends."""
    texts = {wording.value: getattr(prompts, wording.value).replace("\n", "\r\n") for wording in Wording}
    return {"newest_seen": newest_seen, **texts, **more}


def edit(client: Client, base: PromptSet, data: dict[str, object]):  # noqa: ANN201
    return client.post(reverse("prompt_set_edit", args=[base.pk]), data, follow=True)


def said(response) -> list[str]:  # noqa: ANN001
    return [str(message) for message in response.context["messages"]]


def test_every_wording_stands_under_its_label_with_its_placeholders(client: Client) -> None:
    stored = store_prompt_set(PROMPTS)

    page = client.get(reverse("prompt_set_detail", args=[stored.pk])).content.decode()

    assert [label in page for label in LABELS.values()] == [True] * len(Wording)
    assert "REVISE {post} | {response} | appraised {appraisal}" in page
    assert "Write {guidance} for the dimension&#x27;s guidance." in page
    assert stored.content_hash in page


def test_download_is_read_back_with_the_same_hash(client: Client) -> None:
    for stored in (store_prompt_set(PROMPTS), store_example_prompts()):
        response = client.get(reverse("prompt_set_download", args=[stored.pk]))

        assert content_hash(parse_prompt_set(response.content.decode())) == stored.content_hash


def test_edit_makes_a_new_version(client: Client, preparer: User) -> None:
    base = store_prompt_set(PROMPTS)
    edited = replace(PROMPTS, system="", reappraise=" Two\nlines ")

    response = edit(client, base, as_posted(edited, note="Shorter"))

    stored = PromptSet.objects.get(version=2)
    assert said(response) == ["Saved as version 2, based on version 1."]
    assert prompts_of(stored) == edited
    assert (stored.note, stored.created_by) == ("Shorter", preparer)


def test_example_sent_back_unchanged_makes_no_version(client: Client) -> None:
    base = store_example_prompts()

    response = edit(client, base, as_posted(prompts_of(base)))

    assert said(response) == ["Nothing was saved: this is word for word what version 1 says."]
    assert PromptSet.objects.count() == 1


def test_placeholders_are_checked_in_plain_words(client: Client) -> None:
    base = store_prompt_set(PROMPTS)
    edited = replace(PROMPTS, reappraise="Answer {post}", revise="Again: {response}", appraise="")

    response = edit(client, base, as_posted(edited))

    assert response.context["wordings"].errors == {
        "reappraise": [
            "{post} is not filled in here, so the model would read it as it stands. Please take it out."
        ],
        "appraise": [
            "This field is required.",
        ],
        "revise": ["Please write {post} where the post shall stand."],
    }
    assert PromptSet.objects.count() == 1


def test_second_of_two_people_confirms(client: Client) -> None:
    base = store_prompt_set(PROMPTS)
    edit(client, base, as_posted(replace(PROMPTS, system="HERS")))
    mine = as_posted(replace(PROMPTS, system="MINE"))

    told = edit(client, base, mine)
    saved = edit(client, base, mine | {"newest_seen": told.context["form"]["newest_seen"].value()})

    assert "Root saved version 2 while you were editing." in told.content.decode()
    assert ">\nMINE</textarea>" in told.content.decode().replace("\r\n", "\n")
    assert said(saved) == ["Saved as version 3, based on version 1."]


def test_compare_shows_changed_wordings(client: Client) -> None:
    store_prompt_set(PROMPTS)
    newest = store_prompt_set(replace(PROMPTS, system="SYSTEM, briefly"))

    response = client.get(reverse("prompt_set_compare", args=[newest.pk]))

    assert [diff.field for diff in response.context["diffs"]] == ["system"]
    assert "<ins>" in response.content.decode()


@pytest.mark.parametrize("key", STRATEGIES)
def test_preview_renders_every_call_as_it_would_be_sent(client: Client, key: str) -> None:
    stored = store_prompt_set(PROMPTS)
    strategy = STRATEGIES[key]
    n_dimensions = len(example_constitution().dimensions)

    response = client.get(reverse("prompt_set_preview", args=[stored.pk]), {"strategy": key})

    calls = response.context["calls"]
    n_chains = n_dimensions if strategy.dimension_wise else 1
    n_calls = count_calls(strategy, [one.key for one in example_constitution().dimensions])
    assert len(calls) * n_chains == n_calls
    post = example_posts()[0].text
    assert calls[0].turns[0].text == "SYSTEM"
    assert calls[0].turns[1].text.startswith(f"OPEN {post} | ")
    assert all("{" not in turn.text for call in calls for turn in call.turns)


def test_preview_stands_in_for_answers(client: Client) -> None:
    stored = store_prompt_set(PROMPTS)

    calls = client.get(reverse("prompt_set_preview", args=[stored.pk]), {"strategy": "INDV +appr"}).context[
        "calls"
    ]

    assert [(turn.speaker, turn.is_stand_in) for turn in calls[1].turns] == [
        ("Before the conversation", False),
        ("To the model", False),
        ("The model's answer", True),
        ("To the model", False),
    ]
    assert calls[1].turns[2].text == "[Here stands the appraisal that the model gave to call 1.]"


def test_preview_of_an_unknown_strategy_says_so(client: Client) -> None:
    stored = store_prompt_set(PROMPTS)

    response = client.get(reverse("prompt_set_preview", args=[stored.pk]), {"strategy": "X"})

    assert list(response.context["form"].errors) == ["strategy"]
    assert response.context["calls"] == ()


def test_copy_and_upload_make_sets(client: Client) -> None:
    base = store_prompt_set(PROMPTS)
    text = prompt_set_yaml(replace(PROMPTS, name="From a file", system="X"))

    client.post(reverse("prompt_set_copy"), {"original": base.pk, "new_name": "Ours"})
    response = client.post(
        reverse("prompt_set_upload"), {"file": SimpleUploadedFile("a.yaml", text.encode())}, follow=True
    )

    assert list(PromptSet.objects.values_list("name", "version")) == [
        ("From a file", 1),
        ("Ours", 1),
        ("Test prompts", 1),
    ]
    assert said(response)[-1] == "“From a file” is there now."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name: x\n", "bad.yaml: Line 1: missing field"),
        (b"name: \xff\n", "bad.yaml: line 1: expected UTF-8."),
        (
            prompt_set_yaml(PROMPTS).replace("{question}", "").encode(),
            "bad.yaml: Line 3: 'first_message' lacks the placeholder {question}.",
        ),
        (
            prompt_set_yaml(replace(PROMPTS, name="x" * 201)).encode(),
            "Expected a name of at most 200 characters for the set.",
        ),
    ],
)
def test_malformed_file_names_the_line_and_stores_nothing(
    client: Client, content: bytes, message: str
) -> None:
    response = client.post(reverse("prompt_set_upload"), {"file": SimpleUploadedFile("bad.yaml", content)})

    assert response.context["upload_form"].errors["file"][0].startswith(message)
    assert PromptSet.objects.count() == 0


def test_copy_under_a_taken_name_says_so_at_the_field(client: Client) -> None:
    base = store_prompt_set(PROMPTS)

    response = client.post(reverse("prompt_set_copy"), {"original": base.pk, "new_name": "Test Prompts"})

    assert list(response.context["copy_form"].errors) == ["new_name"]
