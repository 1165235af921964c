from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import User
from generation.constitution import Constitution, content_hash, parse_constitution
from generation.domain.constitution import store_constitution
from generation.domain.example import store_example_constitution
from generation.models import ConstitutionSet
from generation.queries.constitution import constitution_of
from tests.factories import make_study, make_user
from tests.generation.prompts import CONSTITUTION

pytestmark = pytest.mark.django_db


@pytest.fixture
def preparer(client: Client) -> User:
    user = make_user("root", is_superuser=True)
    client.force_login(user)
    return user


def as_posted(constitution: Constitution, *, newest_seen: int = 1, **more: object) -> dict[str, object]:
    """Return what a browser sends of the opened form, with its own line ends."""
    data: dict[str, object] = {
        "form-TOTAL_FORMS": len(constitution.dimensions),
        "form-INITIAL_FORMS": len(constitution.dimensions),
        "newest_seen": newest_seen,
    }
    for position, dimension in enumerate(constitution.dimensions):
        fields = vars(dimension) | {
            "standards": "\n".join(standard.replace("\n", "\n  ") for standard in dimension.standards)
        }
        data |= {
            f"form-{position}-{name}": str(value).replace("\n", "\r\n") for name, value in fields.items()
        }
    return data | more


def edit(client: Client, base: ConstitutionSet, data: dict[str, object]):  # noqa: ANN201
    return client.post(reverse("constitution_edit", args=[base.pk]), data, follow=True)


def said(response) -> list[str]:  # noqa: ANN001
    return [str(message) for message in response.context["messages"]]


def test_version_is_shown_with_all_that_is_known_of_it(client: Client, preparer: User) -> None:
    stored = store_constitution(CONSTITUTION, note="For the pilot", created_by=preparer)

    page = client.get(reverse("constitution_detail", args=[stored.pk])).content.decode()

    for dimension in CONSTITUTION.dimensions:
        for words in (dimension.name, dimension.aim, *dimension.standards):
            assert words in page
        assert f"&lt;guidance of {dimension.key}&gt;" in page
        assert f"&lt;question of {dimension.key}&gt;" in page
    assert stored.content_hash in page
    assert "For the pilot" in page
    assert "not yet" in page


def test_use_by_a_run_and_a_newer_version_are_said(client: Client) -> None:
    cast = make_study(posts=1)
    base = cast.study.constitution_set
    newer = store_constitution(replace(CONSTITUTION, name=base.name))
    client.force_login(cast.manager)

    page = client.get(reverse("constitution_detail", args=[base.pk])).content.decode()

    assert "1 run" in page
    assert f'There is a newer one: <a href="/library/constitutions/{newer.pk}/">version 2</a>' in page


def test_download_is_read_back_with_the_same_hash(client: Client, preparer: User) -> None:
    for stored in (store_constitution(CONSTITUTION), store_example_constitution()):
        response = client.get(reverse("constitution_download", args=[stored.pk]))

        assert content_hash(parse_constitution(response.content.decode())) == stored.content_hash
    assert response["Content-Disposition"] == 'attachment; filename="resort-example-constitutions-v1.yaml"'


def test_edit_makes_a_new_version(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    data = as_posted(CONSTITUTION, note="Kinder")
    data["form-0-standards"] = "is good at blame\r\n\r\nis brief"

    response = edit(client, base, data)

    stored = ConstitutionSet.objects.get(version=2)
    assert said(response) == ["Saved as version 2, based on version 1."]
    assert (stored.note, stored.created_by) == ("Kinder", preparer)
    first, *others = CONSTITUTION.dimensions
    assert constitution_of(stored).dimensions == (
        replace(first, standards=("is good at blame", "is brief")),
        *others,
    )


def test_example_sent_back_unchanged_makes_no_version(client: Client, preparer: User) -> None:
    base = store_example_constitution()

    response = edit(client, base, as_posted(constitution_of(base), note="Nothing"))

    assert said(response) == ["Nothing was saved: this is word for word what version 1 says."]
    assert ConstitutionSet.objects.count() == 1


def test_standard_of_several_lines_and_spaces_at_the_ends_stay(client: Client, preparer: User) -> None:
    first, *others = CONSTITUTION.dimensions
    awkward = replace(first, guidance="\n Two lines, \nspaces ", standards=("one\nin two lines", "another "))
    base = store_constitution(replace(CONSTITUTION, dimensions=(awkward, *others)))
    shown = client.get(reverse("constitution_edit", args=[base.pk])).context["dimensions"].forms[0]
    data = as_posted(constitution_of(base))
    data["form-0-standards"] = shown["standards"].value().replace("\n", "\r\n")

    response = edit(client, base, data)

    assert said(response) == ["Nothing was saved: this is word for word what version 1 says."]


def test_dimension_is_left_out_and_another_added(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    data = as_posted(CONSTITUTION) | {
        "form-TOTAL_FORMS": 8,
        "form-2-DELETE": "on",
        "form-2-aim": "",
        "form-6-number": 24,
        "form-6-name": "Hope & trust",
        "form-6-aim": "Aim",
        "form-6-appraisal_question": "Q",
        "form-6-guidance": "G",
        "form-6-standards": "S",
    }

    edit(client, base, data)

    dimensions = constitution_of(ConstitutionSet.objects.get(version=2)).dimensions
    assert [dimension.key for dimension in dimensions] == [
        "blame",
        "steps",
        "calm",
        "control",
        "values",
        "hope_trust",
    ]


def test_add_a_dimension_brings_everything_back_and_saves_nothing(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    data = as_posted(CONSTITUTION, add="1", note="Half a no")
    data["form-0-aim"] = ""
    data["form-1-DELETE"] = "on"

    response = edit(client, base, data)

    blocks, page = response.context["dimensions"], response.content.decode()
    assert [block["name"].value() for block in blocks] == [
        *(dimension.name for dimension in CONSTITUTION.dimensions),
        None,
    ]
    assert (blocks.forms[0]["aim"].value(), blocks.forms[1]["DELETE"].value()) == ("", True)
    assert 'value="Half a no"' in page
    assert "This field is required" not in page
    assert ConstitutionSet.objects.count() == 1


def test_errors_stand_at_their_fields(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    data = as_posted(CONSTITUTION) | {"form-0-aim": "  ", "form-1-number": 1, "form-2-key": "Not this!"}

    response = edit(client, base, data)

    errors = [block.errors for block in response.context["dimensions"]]
    assert errors == [
        {"aim": ["This field is required."]},
        {"number": ["Another dimension has “1” already."]},
        {"key": ["Please use only a–z, 0–9 and _, with a letter first."]},
        {},
        {},
        {},
    ]
    assert ConstitutionSet.objects.count() == 1


def test_set_without_dimensions_is_refused(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    removed = {f"form-{position}-DELETE": "on" for position in range(6)}

    response = edit(client, base, as_posted(CONSTITUTION) | removed)

    assert response.context["dimensions"].non_form_errors() == [
        "A constitution set needs at least one dimension."
    ]


def test_second_of_two_people_sees_the_first_ones_version_and_confirms(
    client: Client, preparer: User
) -> None:
    base = store_constitution(CONSTITUTION)
    edit(client, base, as_posted(CONSTITUTION) | {"form-0-aim": "Hers"})
    mine = as_posted(CONSTITUTION, note="Mine") | {"form-0-aim": "Mine"}

    told = edit(client, base, mine)
    n_told = ConstitutionSet.objects.count()
    form = told.context["form"]
    saved = edit(client, base, mine | {"newest_seen": form["newest_seen"].value()})

    page = told.content.decode()
    assert "Root saved version 2 while you were editing." in page
    assert (
        f"/library/constitutions/2/compare/?with={base.pk}".replace("/2/", f"/{told.context['newer'].pk}/")
        in page
    )
    assert ">Mine</textarea>" in page.replace("\r\n", "").replace("\n", "")
    assert n_told == 2
    assert said(saved) == ["Saved as version 3, based on version 1."]
    assert ConstitutionSet.objects.get(version=3).note == "Mine (from version 1)"


def test_compare_shows_words_fields_and_dimensions(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    first, second, *others = CONSTITUTION.dimensions
    changed = replace(first, aim="Aim of guilt.")
    newest = store_constitution(
        replace(CONSTITUTION, dimensions=(changed, replace(second, key="new", number=9), *others))
    )

    page = client.get(reverse("constitution_compare", args=[newest.pk])).content.decode()
    reverse_page = client.get(reverse("constitution_compare", args=[base.pk]), {"with": newest.pk})

    hidden = '<span class="visually-hidden">'
    assert f"Aim of <del>{hidden}[removed: </span>blame{hidden}]</span></del>" in page
    assert f"<ins>{hidden}[added: </span>guilt{hidden}]</span></ins>." in page
    assert ("Added dimension" in page, "Removed dimension" in page) == (True, True)
    assert "Unchanged: Attention, Calm, Control, Values." in page
    assert (
        reverse_page.context["diffs"]
        == client.get(reverse("constitution_compare", args=[newest.pk])).context["diffs"]
    )


def test_compare_with_a_version_of_another_set_is_not_found(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    other = store_constitution(replace(CONSTITUTION, name="Another"))
    url = reverse("constitution_compare", args=[base.pk])

    statuses = [client.get(url, {"with": asked}).status_code for asked in (other.pk, base.pk, "x", "")]

    assert statuses == [404, 404, 404, 200]
    assert "only this one version" in client.get(url).content.decode()


def test_edit_of_an_older_version_names_the_newest(client: Client, preparer: User) -> None:
    base = store_constitution(CONSTITUTION)
    newest = store_constitution(replace(CONSTITUTION, dimensions=CONSTITUTION.dimensions[:2]))

    pages = [
        client.get(reverse("constitution_edit", args=[stored.pk])).content.decode()
        for stored in (base, newest)
    ]

    assert ["The newest is version 2" in page for page in pages] == [True, False]


def test_more_dimensions_than_a_page_takes_are_for_files(client: Client, preparer: User) -> None:
    first, *_ = CONSTITUTION.dimensions
    many = tuple(replace(first, number=number, key=f"key_{number}") for number in range(1, 102))
    full = store_constitution(replace(CONSTITUTION, dimensions=many[:100]))
    base = store_constitution(replace(CONSTITUTION, dimensions=many))

    page = client.get(reverse("constitution_edit", args=[full.pk])).content.decode()
    response = client.get(reverse("constitution_edit", args=[base.pk]), follow=True)

    assert ("This page takes 100 dimensions at most." in page, "Add a dimension" in page) == (True, False)
    assert response.redirect_chain == [(reverse("constitution_detail", args=[base.pk]), 302)]
    assert said(response) == ["Too many dimensions for a page: download the set, change it, bring it back."]


def test_full_page_of_dimensions_is_saved(client: Client, preparer: User) -> None:
    first, *_ = CONSTITUTION.dimensions
    many = tuple(replace(first, number=number, key=f"key_{number}") for number in range(1, 101))
    base = store_constitution(replace(CONSTITUTION, dimensions=many))

    edit(client, base, as_posted(constitution_of(base)) | {"form-99-aim": "Another"})

    assert constitution_of(ConstitutionSet.objects.get(version=2)).dimensions[99].aim == "Another"
