import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import User
from generation.domain.model_spec import draft_of
from generation.models import ModelSpec
from tests.factories import make_user, write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

LOCAL = {
    "name": "Mistral",
    "backend": "transformers",
    "model": "mistralai/Mistral-7B-Instruct-v0.1",
    "revision": "a" * 40,
    "gguf_file": "",
    "dtype": "bfloat16",
    "chat_format": "template",
    "base_url": "",
    "api_version": "",
    "api_key_variable": "",
    "concurrency": "8",
}
API = LOCAL | {
    "backend": "openai",
    "model": "gpt-4",
    "revision": "",
    "dtype": "auto",
    "base_url": "https://example.org/v1",
    "api_key_variable": "OPENAI_API_KEY",
    "concurrency": "4",
}


@pytest.fixture(autouse=True)
def preparer(client: Client) -> User:
    user = make_user("root", is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("data", [LOCAL, API])
def test_model_is_added(client: Client, preparer: User, data: dict[str, str]) -> None:
    response = client.post(reverse("model_create"), data)

    spec = ModelSpec.objects.get()
    assert response["Location"] == reverse("model_detail", args=[spec.pk])
    assert {name: str(value) for name, value in vars(draft_of(spec)).items()} == data
    assert spec.created_by == preparer


def test_form_comes_back_with_its_errors(client: Client) -> None:
    response = client.post(reverse("model_create"), LOCAL | {"revision": "main"})

    assert list(response.context["form"].errors) == ["revision"]
    assert ModelSpec.objects.count() == 0


def test_key_is_not_echoed(client: Client) -> None:
    key = "sk-proj-0123456789abcdefABCDEF"

    page = client.post(reverse("model_create"), API | {"api_key_variable": key}).content.decode()

    assert key not in page
    assert "This may be a key, so we took it out" in page


def test_taken_name_is_an_error_at_the_field(client: Client) -> None:
    client.post(reverse("model_create"), LOCAL)

    response = client.post(reverse("model_create"), LOCAL)

    assert response.context["form"].errors == {"name": ["Another model has this name."]}


def test_model_is_changed_until_a_run_has_used_it(client: Client) -> None:
    client.post(reverse("model_create"), LOCAL)
    spec = ModelSpec.objects.get()

    url = reverse("model_edit", args=[spec.pk])
    client.post(url, LOCAL | {"name": "Mistral 7B", "seen": client.get(url).context["seen"]})

    spec.refresh_from_db()
    assert spec.name == "Mistral 7B"


def test_used_model_is_only_shown_with_the_reason_and_its_speed(client: Client) -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])
    spec = run.run_models.get().model_spec
    write_all(run)
    url = reverse("model_edit", args=[spec.pk])

    answer = client.get(url)
    client.post(url, LOCAL)
    page = client.get(reverse("model_detail", args=[spec.pk])).content.decode()

    spec.refresh_from_db()
    assert answer["Location"] == reverse("model_detail", args=[spec.pk])
    assert spec.name == "SmolLM2-135M-Instruct"
    assert "Used by 1 run, so it stays as it is" in page
    assert "tokens a second" in page
    assert url not in page


def test_copy_opens_the_form_with_everything_but_the_name(client: Client) -> None:
    client.post(reverse("model_create"), API)
    spec = ModelSpec.objects.get()

    form = client.get(reverse("model_create"), {"from": spec.pk}).context["form"]
    empty = client.get(reverse("model_create"), {"from": "x"}).context["form"]

    assert {name: str(form[name].value()) for name in API} == API | {"name": ""}
    assert empty["model"].value() in (None, "")


def test_second_of_two_people_sees_what_the_first_one_changed(client: Client) -> None:
    client.post(reverse("model_create"), LOCAL)
    spec = ModelSpec.objects.get()
    url = reverse("model_edit", args=[spec.pk])
    seen = client.get(url).context["seen"]
    client.post(url, LOCAL | {"dtype": "float32", "seen": seen})
    mine = LOCAL | {"name": "Mine"}

    told = client.post(url, mine | {"seen": seen})
    stored_then = ModelSpec.objects.get().name
    client.post(url, mine | {"seen": told.context["seen"]})

    page = told.content.decode()
    assert told.context["changes"] == [("Name", "Mistral"), ("Number format", "float32")]
    assert "Somebody changed this model while you were editing." in page
    assert 'value="Mine"' in page
    assert (stored_then, ModelSpec.objects.get().name) == ("Mistral", "Mine")


def test_entries_stay_when_a_run_was_faster(client: Client) -> None:
    spec = make_run(posts=1, strategies=["INDV vanilla"]).run_models.get().model_spec

    page = client.post(reverse("model_edit", args=[spec.pk]), LOCAL).content.decode()

    assert "A run has used this model while you were editing," in page
    assert 'value="mistralai/Mistral-7B-Instruct-v0.1"' in page
    assert f'formaction="{reverse("model_create")}">Add as a new model' in page


def test_page_says_how_to_check_that_it_works(client: Client) -> None:
    client.post(reverse("model_create"), API)

    page = client.get(reverse("model_detail", args=[ModelSpec.objects.get().pk])).content.decode()

    assert "start with a study of one post" in page
    assert "nothing written yet" in page
