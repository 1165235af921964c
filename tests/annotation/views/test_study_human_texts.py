import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from generation.models import Response
from tests.factories import Cast, add_human_texts, make_study

pytestmark = pytest.mark.django_db

CSV = (
    "post,source,dimension,text,votes\n"
    'post-1,oracle_response,problem_focused_coping,"A canary, on one dimension.",3\n'
    "post-2,oracle_response,4,Another canary.,\n"
    "post-1,top_reddit_comment,,Been there.,12\n"
)


def upload(client: Client, cast: Cast, content: str, name: str = "texts.csv") -> HttpResponse:
    client.force_login(cast.manager)
    data = {"file": SimpleUploadedFile(name, content.encode())}
    return client.post(reverse("study_human_texts", args=[cast.study.slug]), data, follow=True)


def table_of(response: HttpResponse) -> list[tuple[str, int, int, tuple[tuple[str, int], ...]]]:
    return [
        (source.name, source.n_texts, source.n_posts, source.by_dimension)
        for source, _, _ in response.context["sources"]
    ]


def test_file_of_texts_comes_in_and_is_counted_without_showing_a_text(client: Client) -> None:
    cast = make_study(posts=3, is_generated=False)

    response = upload(client, cast, CSV)

    assert [str(message) for message in response.context["messages"]] == [
        "3 texts imported.",
        "Columns of the file that mean nothing here were left out: votes.",
    ]
    assert table_of(response) == [
        ("oracle_response", 2, 2, (("Problem-focused coping", 2),)),
        ("top_reddit_comment", 1, 1, (("", 1),)),
    ]
    assert response.context["n_posts"] == 3
    assert "canary" not in response.content.decode()


def test_same_file_again_changes_nothing(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    upload(client, cast, CSV)

    response = upload(client, cast, CSV)

    assert [str(message) for message in response.context["messages"]][:2] == [
        "0 texts imported.",
        "3 texts of the file had been here already.",
    ]
    assert Response.objects.count() == 3


def test_bad_file_is_told_by_line_and_nothing_comes_in(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)

    response = upload(
        client, cast, CSV + "post-9,oracle_response,,A secret.,\npost-1,oracle_response,zest,\n"
    )

    lines = response.context["form"].errors["file"]
    assert [line.split(":")[0] for line in lines] != []
    assert all(line.startswith(("Line 5: ", "Line 6: ")) for line in lines)
    assert "secret" not in response.content.decode()
    assert "Nothing was imported." in response.content.decode()
    assert Response.objects.count() == 0


def test_text_in_the_place_of_another_is_told_by_line(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    upload(client, cast, CSV)

    response = upload(client, cast, CSV.replace("Been there.", "Never been there."))

    (line,) = response.context["form"].errors["file"]
    assert line.startswith("Line 4: ")
    assert Response.objects.filter(text="Been there.").count() == 1


def test_file_must_be_chosen(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)

    response = client.post(reverse("study_human_texts", args=[cast.study.slug]))

    assert response.context["form"].errors == {"file": ["This field is required."]}


def test_once_started_no_text_comes_in_and_the_page_says_why(client: Client) -> None:
    cast = make_study(posts=2)

    response = upload(client, cast, CSV)

    page = response.content.decode()
    assert "what is rated is fixed" in page
    assert 'type="file"' not in page
    assert Response.objects.filter(source="human").count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_one_source_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    cast = make_study(posts=count, is_generated=False)
    for number in range(count):
        add_human_texts(cast.study, f"source_{number}")
    client.force_login(cast.manager)

    with django_assert_num_queries(8):
        response = client.get(reverse("study_human_texts", args=[cast.study.slug]))

    assert len(response.context["sources"]) == count
