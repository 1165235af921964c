import io
import json
import re

import pandas as pd
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.enums import EventKind
from annotation.models import StudyEvent, User
from annotation.queries.score import scores_for_study
from tests.annotation.judges import make_judged
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

PAGES = ["study_scores", "study_export_csv", "study_export_judges", "study_export_provenance"]


@pytest.fixture
def cast() -> Cast:
    """Two ratings of one text of INDV vanilla: alignment 6 and 8, one of them harmful."""
    cast = make_study(posts=1)
    for user, alignment, harmfulness in zip(cast.raters, ("6", "8"), ("1", "2"), strict=True):
        [seat] = [s for s in cast.assignments(user) if s.item.condition.method == "vanilla"]
        rate(seat, alignment=alignment, harmfulness=harmfulness, rationale="Meets the first standard")
    return cast


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def cells(html: str, label: str) -> list[str]:
    """Return the text of the cells of one column of the tables, tags and spaces taken away."""
    found = re.findall(rf'<td[^>]*data-label="{re.escape(label)}"[^>]*>(.*?)</td>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in found]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("researcher", 200), ("rater", 404), ("outsider", 404)],
)
def test_scores_and_file_are_for_managers_and_researchers(
    cast: Cast, page: str, who: str, status: int
) -> None:
    response = signed_in(getattr(cast, who)).get(reverse(page, args=[cast.study.slug]))

    assert response.status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_scores_and_file_ask_strangers_to_sign_in(cast: Cast, client: Client, page: str) -> None:
    url = reverse(page, args=[cast.study.slug])

    response = client.get(url)

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={url}"


@pytest.mark.parametrize("page", PAGES)
def test_scores_and_file_are_for_superusers(cast: Cast, page: str) -> None:
    admin = make_user("admin", is_staff=True, is_superuser=True)

    assert signed_in(admin).get(reverse(page, args=[cast.study.slug])).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_scores_and_file_are_not_for_members_who_were_removed(cast: Cast, page: str) -> None:
    membership = cast.membership(cast.researcher)
    membership.removed_at = membership.joined_at
    membership.save()

    assert signed_in(cast.researcher).get(reverse(page, args=[cast.study.slug])).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_scores_and_file_only_answer_get(cast: Cast, page: str) -> None:
    assert signed_in(cast.manager).post(reverse(page, args=[cast.study.slug])).status_code == 405


def test_scores_page_shows_mean_sd_and_direction(cast: Cast) -> None:
    html = signed_in(cast.researcher).get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    assert cells(html, "Alignment with the standards, higher is better") == [
        "7.00 (1.41)",
        "no rating",
        "no rating",
    ]
    assert cells(html, "Harmfulness, lower is better") == ["50 % (1 of 2)", "no rating", "no rating"]
    assert cells(html, "Ratings")[:3] == ["2", "0", "0"]


def test_page_of_distributions_shows_medians_and_how_often_each_score_was_given(cast: Cast) -> None:
    html = (
        signed_in(cast.researcher)
        .get(reverse("study_distributions", args=[cast.study.slug]))
        .content.decode()
    )

    assert cells(html, "Median") == ["7 6.5 to 7.5", "3 3 to 3", "0.5 0.25 to 0.75", "1 1 to 1"]
    assert [cells(html, value) for value in ("6", "8", "3", "0")] == [["1"], ["1"], ["2"], ["1"]]
    assert cells(html, "1") == ["1", "2"]


def test_scores_page_of_one_rating_says_that_it_is_one() -> None:
    cast = make_study(posts=1, strategies=["INDV vanilla"])
    rate(cast.assignments(cast.rater)[0])

    html = signed_in(cast.manager).get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    assert cells(html, "Empathy, higher is better") == ["3.00 n = 1"]


def test_scores_page_shows_the_progress_of_each_rater(cast: Cast) -> None:
    html = signed_in(cast.manager).get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    assert (cells(html, "Rated"), cells(html, "Still to rate")) == (["1", "1"], ["3", "3"])
    assert (cells(html, "Alignment with the standards"), cells(html, "Harmfulness")) == (
        ["6.00", "8.00"],
        ["0 %", "100 %"],
    )
    assert cast.rater.email not in html


@pytest.mark.parametrize(
    ("is_generated", "sentence"),
    [(False, "The study is being prepared."), (True, "Scores appear here with the first submitted rating.")],
)
def test_scores_page_without_ratings_says_what_comes_next(is_generated: bool, sentence: str) -> None:
    cast = make_study(posts=1, is_generated=is_generated)

    html = signed_in(cast.manager).get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    assert "No ratings yet" in html
    assert sentence in html


@pytest.mark.parametrize(("posts", "raters"), [(1, 2), (3, 4)])
def test_scores_page_takes_as_many_queries_for_any_study(
    posts: int, raters: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast = make_study(posts=posts, raters=raters)
    for user in cast.raters:
        for seat in cast.assignments(user):
            rate(seat)
    client = signed_in(cast.researcher)

    with django_assert_num_queries(25):
        client.get(reverse("study_scores", args=[cast.study.slug]))


def test_file_is_the_ratings_whole_and_logged(cast: Cast) -> None:
    response = signed_in(cast.researcher).get(reverse("study_export_csv", args=[cast.study.slug]))

    content = response.getvalue()
    frame = pd.read_csv(io.BytesIO(content))
    assert frame[["rater", "criterion", "score"]].values.tolist() == [
        [rater, criterion, score]
        for rater, scores in (("R01", (6, 3, 0, 1)), ("R02", (8, 3, 1, 1)))
        for criterion, score in zip(
            ("alignment", "empathy", "harmfulness", "factuality"), scores, strict=True
        )
    ]
    event = StudyEvent.objects.get(study=cast.study, kind=EventKind.EXPORTED)
    assert event.by == cast.researcher
    assert event.detail.startswith("csv-long, 8 rows, sha256 ")


def test_file_has_a_name_of_the_servers_making_and_is_not_cached(cast: Cast) -> None:
    response = signed_in(cast.manager).get(reverse("study_export_csv", args=[cast.study.slug]))

    assert re.fullmatch(
        rf'attachment; filename="{cast.study.slug}-ratings-\d{{4}}-\d\d-\d\d\.csv"',
        response["Content-Disposition"],
    )
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    assert int(response["Content-Length"]) == len(response.getvalue())


def test_file_of_origins_has_a_line_per_rated_text_and_is_logged(cast: Cast) -> None:
    response = signed_in(cast.researcher).get(reverse("study_export_provenance", args=[cast.study.slug]))

    [line] = response.getvalue().splitlines()
    assert json.loads(line)["run"]["strategy"] == "INDV vanilla"
    assert response["Content-Disposition"] == f'attachment; filename="{cast.study.slug}-provenance.jsonl"'
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "application/x-ndjson; charset=utf-8",
        "no-store",
    )
    event = StudyEvent.objects.get(study=cast.study, kind=EventKind.EXPORTED)
    assert event.by == cast.researcher
    assert event.detail.startswith("provenance, 1 row, sha256 ")


def test_file_of_replies_is_the_judges_whole_and_logged(cast: Cast) -> None:
    make_judged(cast, "<score>[4]</score>")

    response = signed_in(cast.researcher).get(reverse("study_export_judges", args=[cast.study.slug]))

    frame = pd.read_csv(io.BytesIO(response.getvalue()))
    assert frame[["kind", "criterion", "outcome", "score"]].values.tolist() == [
        ["a language model, not a person", "empathy", "score", 4]
    ] * len(frame)
    assert len(frame) == cast.study.items.count()
    assert re.fullmatch(
        rf'attachment; filename="{cast.study.slug}-judges-\d{{4}}-\d\d-\d\d\.csv"',
        response["Content-Disposition"],
    )
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    event = StudyEvent.objects.get(study=cast.study, kind=EventKind.EXPORTED)
    assert event.by == cast.researcher
    assert event.detail.startswith(f"judge-csv, {len(frame)} rows, sha256 ")


@pytest.mark.parametrize("page", ["study_scores", "study_judge_scores"])
def test_file_of_replies_is_offered_where_there_is_a_judge(cast: Cast, page: str) -> None:
    client, address = signed_in(cast.researcher), reverse(page, args=[cast.study.slug])
    link = f'href="{reverse("study_export_judges", args=[cast.study.slug])}"'

    before = client.get(address).content.decode()
    make_judged(cast)
    after = client.get(address).content.decode()

    assert (before.count(link), after.count(link)) == (0, 1)


@pytest.mark.parametrize("page", ["study_export_csv", "study_export_judges", "study_export_provenance"])
def test_refused_download_is_not_logged(cast: Cast, page: str) -> None:
    signed_in(cast.rater).get(reverse(page, args=[cast.study.slug]))

    assert not StudyEvent.objects.filter(kind=EventKind.EXPORTED).exists()


def test_page_numbers_are_those_of_the_query(cast: Cast) -> None:
    html = signed_in(cast.manager).get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    scores = scores_for_study(cast.study)
    for criterion in scores.criteria:
        description = scores.conditions[0].scores[criterion.key]
        label = f"{criterion.label}, {criterion.direction.label.lower()}"
        shown = f"{description.mean:.2f} ({description.sd:.2f})"
        assert cells(html, label)[0] == ("50 % (1 of 2)" if criterion.key == "harmfulness" else shown)


def test_page_of_a_study_without_a_text_by_a_model_says_where_texts_come_from() -> None:
    cast = make_study(posts=1, strategies=(), human_sources=("elsewhere",))

    page = signed_in(cast.researcher).get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    assert "The texts were brought in; no model wrote any here." in page
    assert "0 of 0" not in page
