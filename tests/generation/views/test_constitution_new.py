from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotation.models import User
from generation.constitution import content_hash
from generation.domain.constitution import store_constitution
from generation.importers.constitution import FILES
from generation.models import ConstitutionSet
from generation.queries.constitution import constitution_of
from generation.yaml_text import constitution_yaml
from tests.factories import make_user
from tests.generation.prompts import CONSTITUTION

pytestmark = pytest.mark.django_db

RELEASE = Path(__file__).resolve().parents[4] / "shared" / "data" / "resort_release" / "prompts"
FOUR_FILES = {
    "appraisal_question": "<Blame> = Whose fault?\n<Luck> = How lucky?\n<Steps> = How able?\n",
    "aim": "<Blame> = Aim of blame.\n<Luck> =\n<Steps> = Aim of steps.\n",
    "guidance": "<Blame> = Say whose.\n<Luck> =\n<Steps> = Say how.\n",
    "standards": "<Blame> = • is kind\\n• is fair\n<Luck> =\n<Steps> = • is clear\n",
}


@pytest.fixture(autouse=True)
def preparer(client: Client) -> User:
    user = make_user("root", is_superuser=True)
    client.force_login(user)
    return user


def upload(client: Client, files: dict[str, str], **fields: str):  # noqa: ANN201
    uploads = [SimpleUploadedFile(name, text.encode()) for name, text in files.items()]
    return client.post(reverse("constitution_upload"), {"uploads": uploads, **fields}, follow=True)


def four_files(**changed: str) -> dict[str, str]:
    return {FILES[part]: text for part, text in (FOUR_FILES | changed).items()}


def said(response) -> list[str]:  # noqa: ANN001
    return [str(message) for message in response.context["messages"]]


def test_copy_opens_for_editing(client: Client) -> None:
    base = store_constitution(CONSTITUTION)

    response = client.post(
        reverse("constitution_copy"), {"original": base.pk, "new_name": "Ours"}, follow=True
    )

    copy = ConstitutionSet.objects.get(name="Ours")
    assert response.redirect_chain == [(reverse("constitution_edit", args=[copy.pk]), 302)]
    assert copy.content_hash == base.content_hash


def test_copy_under_a_taken_name_says_so_at_the_field(client: Client) -> None:
    base = store_constitution(CONSTITUTION)

    response = client.post(reverse("constitution_copy"), {"original": base.pk, "new_name": base.name})

    assert response.context["copy_form"].errors == {
        "new_name": ["There is a constitution set with the name “Test constitution” already."]
    }


def test_yaml_file_is_brought_in(client: Client, preparer: User) -> None:
    response = upload(client, {"ours.yaml": constitution_yaml(CONSTITUTION)})

    stored = ConstitutionSet.objects.get()
    assert said(response) == ["“Test constitution” is there now."]
    assert (constitution_of(stored), stored.created_by) == (CONSTITUTION, preparer)
    assert said(upload(client, {"ours.yaml": constitution_yaml(CONSTITUTION)})) == [
        "Nothing was stored: Test constitution, version 1 says the same, word for word."
    ]
    changed = constitution_yaml(CONSTITUTION).replace("is kind", "is warm")
    assert said(upload(client, {"ours.yml": changed})) == [
        "The name was known, so this is version 2 of “Test constitution”."
    ]


def test_four_text_files_are_brought_in(client: Client) -> None:
    response = upload(client, four_files(), name="The authors'")

    stored = ConstitutionSet.objects.get()
    assert stored.name == "The authors'"
    assert [(one.number, one.name, one.standards) for one in constitution_of(stored).dimensions] == [
        (1, "Blame", ("is kind", "is fair")),
        (3, "Steps", ("is clear",)),
    ]
    assert said(response)[1] == (
        "Left out, because the files have a question but no guidance for them: Luck."
    )


def test_four_text_files_need_a_name(client: Client) -> None:
    form = upload(client, four_files()).context["upload_form"]

    assert form.errors == {"name": ["Please give the set a name: the four text files have none in them."]}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            four_files(guidance="Blame: Say whose.\n"),
            "reappraisal_guidance.txt, line 1: expected '<Name> = text'.",
        ),
        (
            {FILES["aim"]: "<Blame> = Aim.\n"},
            "appraisal_questions.txt: expected this file, but it is not there.",
        ),
        ({"notes.txt": "x"}, "notes.txt: expected one .yaml file, or the files "),
        ({"ours.yaml": "name: Ours\n"}, "ours.yaml: Line 1: missing field 'dimensions'."),
        ({"ours.yaml": f"name: {'x' * 201}\n"}, "ours.yaml: Line 1: missing field 'dimensions'."),
        (
            {"ours.yaml": constitution_yaml(CONSTITUTION).replace("name: Blame", f"name: {'x' * 121}")},
            "ours.yaml: Line 5: 'name' of dimension 1 must have at most 120 characters.",
        ),
    ],
)
def test_malformed_files_name_the_line_and_store_nothing(
    client: Client, files: dict[str, str], message: str
) -> None:
    response = upload(client, files, name="Ours")

    assert response.context["upload_form"].errors["uploads"][0].startswith(message)
    assert "Nothing was stored" in response.content.decode()
    assert ConstitutionSet.objects.count() == 0


def test_no_file_is_an_error_at_the_field(client: Client) -> None:
    form = upload(client, {}).context["upload_form"]

    assert list(form.errors) == ["uploads"]


def test_release_comes_in_and_goes_out_the_same(client: Client) -> None:
    if not RELEASE.is_dir():
        pytest.skip("the release is not beside the project")
    files = {name: (RELEASE / name).read_text(encoding="utf-8") for name in FILES.values()}

    upload(client, files, name="The authors'")

    stored = ConstitutionSet.objects.get()
    assert [one.number for one in constitution_of(stored).dimensions] == [1, 4, 6, 7, 8, 23]
    download = client.get(reverse("constitution_download", args=[stored.pk])).content.decode()
    again = upload(client, {"again.yaml": download})
    assert said(again) == ["Nothing was stored: The authors', version 1 says the same, word for word."]
    assert content_hash(constitution_of(stored)) == stored.content_hash
