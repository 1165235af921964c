import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment, Study, User
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    return client


def test_study_page_links_to_its_scores(admin: Client) -> None:
    cast = make_study(posts=1)

    html = admin.get(reverse("admin:annotation_study_change", args=[cast.study.pk])).content.decode()

    assert f'href="{reverse("admin:annotation_study_scores", args=[cast.study.pk])}"' in html
    assert "RESORT studies administration" in html


def test_study_scores_show_the_numbers_of_the_studys_own_page(admin: Client) -> None:
    cast = make_study(posts=1, strategies=["INDV vanilla"])
    for user, alignment in zip(cast.raters, ("6", "8"), strict=True):
        rate(cast.assignments(user)[0], alignment=alignment)
    own = Client()
    own.force_login(cast.manager)

    in_admin = admin.get(reverse("admin:annotation_study_scores", args=[cast.study.pk])).content.decode()
    on_page = own.get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    def table(html: str) -> str:
        return re.search(r'aria-label="Scores by condition">.*?</table>', html, re.DOTALL)[0]

    assert table(in_admin) == table(on_page)
    assert "7.00" in table(in_admin)


def test_study_scores_show_judges_by_the_numbers_of_their_page_and_as_models(admin: Client) -> None:
    cast = make_study(posts=6)
    for seat in Assignment.objects.select_related("item").order_by("pk"):
        rate(seat, empathy=str(1 + (seat.item_id + seat.rater_id) % 5))
    answer_judge(start_judge(cast, criteria=["empathy"]), lambda chain, step: str(1 + chain.pk % 7 % 5))
    take_snapshot(cast.study, n_resamples=200)
    own = Client()
    own.force_login(cast.manager)

    in_admin = admin.get(reverse("admin:annotation_study_scores", args=[cast.study.pk])).content.decode()
    on_page = own.get(reverse("study_judge_scores", args=[cast.study.slug])).content.decode()

    def tables(html: str) -> list[str]:
        found = re.findall(r'aria-label="[^"]*SmolLM2[^"]*">.*?</table>', html, re.DOTALL)
        without_links = [re.sub("</?a( [^>]*)?>|<caption>.*?</caption>", "", table) for table in found]
        return [" ".join(table.split()) for table in without_links]

    assert "Judge: SmolLM2-135M-Instruct, a language model, not a person" in in_admin
    assert len(tables(in_admin)) == 5
    assert tables(in_admin) == tables(on_page)


def staff(cast: Cast, *permissions: str) -> User:
    user = make_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.mark.parametrize(("permissions", "status"), [((), 403), (("view_study",), 200)])
def test_study_scores_ask_for_the_permission_to_view_studies(
    permissions: tuple[str, ...], status: int
) -> None:
    cast = make_study(posts=1)
    client = Client()
    client.force_login(staff(cast, *permissions))

    response = client.get(reverse("admin:annotation_study_scores", args=[cast.study.pk]))

    assert response.status_code == status


@pytest.mark.parametrize("who", ["manager", "researcher", "rater", "outsider"])
def test_study_scores_in_the_admin_are_not_for_people_without_admin_rights(who: str) -> None:
    cast = make_study(posts=1)
    client = Client()
    client.force_login(getattr(cast, who))
    url = reverse("admin:annotation_study_scores", args=[cast.study.pk])

    response = client.get(url)

    assert (response.status_code, response["Location"]) == (302, f"{reverse('admin:login')}?next={url}")


def test_study_scores_of_no_study_are_not_found(admin: Client) -> None:
    assert admin.get(reverse("admin:annotation_study_scores", args=[99])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_study_list_takes_as_many_queries_for_any_number(
    admin: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_study(posts=1, is_generated=False, prefix=f"{number}-")

    with django_assert_num_queries(6):
        admin.get(reverse("admin:annotation_study_changelist"))

    assert Study.objects.count() == count
