"""A study that was imported, on the site: it is there to be read, and its raters are nobody's account."""

from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.test import Client
from django.urls import reverse

from annotation.domain.errors import StudyError
from annotation.domain.generation import start_generation
from annotation.domain.study import change_design, open_study
from annotation.enums import Role
from annotation.models import Item, Membership, Study, User
from annotation.queries.provenance import origins_by_response, responses_of
from generation.models import ModelSpec, Response
from generation.queries.model_spec import models_to_run
from generation.queries.provenance import response_record
from tests.annotation.importers.resort_release.folder import imported, write_whole
from tests.factories import PASSWORD, make_study, make_user

pytestmark = pytest.mark.django_db

PAGES = (
    *("study_detail", "study_design", "study_texts", "study_people", "study_attention", "study_preview"),
    *("study_excluded_texts", "study_human_texts", "study_times", "study_topics", "study_welfare"),
    *("study_scores", "study_export_csv", "study_export_judges", "study_export_provenance"),
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    imported(write_whole(tmp_path / "release"))
    return Study.objects.get()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member(study: Study, role: Role) -> Client:
    user = make_user(role)
    Membership.objects.create(study=study, user=user, role=role)
    return client_of(user)


@pytest.fixture
def rater(study: Study) -> User:
    return Membership.objects.get(code="R11").user


def test_rater_is_no_account_to_sign_in_to(study: Study, rater: User) -> None:
    assert (rater.email, rater.is_active, rater.has_usable_password()) == (
        "r11.paper@imported.invalid",
        False,
        False,
    )
    for password in ("", "!", rater.password, PASSWORD):
        client = Client()
        client.post(reverse("account_login"), {"login": rater.email, "password": password})
        assert "_auth_user_id" not in client.session
        assert authenticate(username=rater.email, password=password) is None


def test_rater_does_not_get_in_even_with_a_password(study: Study, rater: User) -> None:
    rater.set_password(PASSWORD)
    rater.save()
    client = Client()

    client.post(reverse("account_login"), {"login": rater.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_no_mail_goes_to_a_rater(study: Study, rater: User) -> None:
    Client().post(reverse("account_reset_password"), {"email": rater.email})

    assert [letter for letter in mail.outbox if rater.email in letter.to and "reset/key" in letter.body] == []


def test_people_page_shows_codes_and_no_address(study: Study) -> None:
    page = member(study, Role.MANAGER).get(reverse("study_people", args=[study.slug])).content.decode()

    assert ("R11" in page, "Annotator 11 of the imported release" in page) == (True, True)
    assert ".invalid" not in page


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_a_manager(study: Study, name: str) -> None:
    answer = member(study, Role.MANAGER).get(reverse(name, args=[study.slug]))

    assert answer.status_code == 200
    assert b"".join(answer) != b""


def test_design_page_tells_no_numbers_that_were_never_planned(study: Study) -> None:
    client = member(study, Role.MANAGER)
    address = reverse("study_design", args=[study.slug])

    page = client.get(address).content.decode()
    client.post(address, {"raters_per_item": "5"})

    assert "The study is closed, so it can no longer be changed." in page
    assert "What this comes to" not in page
    assert Study.objects.get(pk=study.pk).raters_per_item == 2


def test_only_administrators_see_it_at_first(study: Study) -> None:
    address = reverse("study_scores", args=[study.slug])

    assert client_of(make_user("someone")).get(address).status_code == 404
    admin = make_user("admin", is_staff=True, is_superuser=True)
    assert client_of(admin).get(address).status_code == 200


def test_rater_of_another_study_sees_nothing_of_it(study: Study) -> None:
    cast = make_study(posts=1)
    client = client_of(cast.rater)
    response = Item.objects.filter(study=study).first().response

    assert [
        client.get(reverse(name, args=args)).status_code
        for name, args in (
            ("study_scores", [study.slug]),
            ("study_response", [study.slug, response.pk]),
            ("study_response_record", [study.slug, response.pk]),
        )
    ] == [404, 404, 404]


def test_provenance_says_where_a_text_was_imported_from(study: Study) -> None:
    client = member(study, Role.RESEARCHER)
    response = Response.objects.get(imported__strategy="ITER +appr +cons", text="H1")

    page = client.get(reverse("study_response", args=[study.slug, response.pk])).content.decode()
    record = client.get(reverse("study_response_record", args=[study.slug, response.pk])).json()

    assert "imported from <strong>model_outputs/ITER/+appr_+cons/m.jsonl</strong>, row 1" in page
    assert "THEN REAPPRAISE gB" in page
    assert record["run"] is None
    assert {name: value for name, value in record["imported"].items() if name not in ("at", "calls")} == {
        "file": "model_outputs/ITER/+appr_+cons/m.jsonl",
        "row": 1,
        "field": "intermediate_output_.5_dim_1",
        "model": "m",
        "strategy": "ITER +appr +cons",
        "step": 1,
    }
    assert record["imported"]["calls"] == response.imported.calls


def test_provenance_of_a_persons_text_says_where_it_was_imported_from(study: Study) -> None:
    client = member(study, Role.MANAGER)
    response = Response.objects.get(method="oracle_response")

    page = client.get(reverse("study_response", args=[study.slug, response.pk])).content.decode()

    assert "from eval-human/human_eval_annotations_cleaned.json, row 3" in page
    assert "Review this text" not in page
    assert response_record(response).imported.strategy == ""


def test_doubtful_text_offers_no_review_that_would_not_open(study: Study) -> None:
    Response.objects.filter(text="H1").update(status="needs_review")
    response = Response.objects.get(imported__strategy="ITER +appr +cons", text="H1")

    page = member(study, Role.MANAGER).get(reverse("study_response", args=[study.slug, response.pk]))

    assert "Review this text" not in page.content.decode()


def test_texts_of_the_study_are_the_imported_ones_of_its_posts(study: Study) -> None:
    other = make_study(posts=1).study

    assert set(responses_of(study)) == set(Response.objects.filter(imported__isnull=False))
    assert responses_of(other).filter(imported__isnull=False).count() == 0


def test_tables_name_model_and_kind_of_origin(study: Study) -> None:
    items = Item.objects.filter(study=study).order_by("imported__row")
    vanilla, oracle = items[0].response_id, items[2].response_id

    origins = origins_by_response(study)

    assert [(origins[pk]["backend"], origins[pk]["model_id"]) for pk in (vanilla, oracle)] == [
        ("imported", "m"),
        (None, None),
    ]


def test_model_is_offered_to_no_run(study: Study) -> None:
    cast = make_study(posts=1, is_generated=False)
    spec = ModelSpec.objects.get(backend="imported")
    client = client_of(cast.manager)

    page = client.get(reverse("study_design", args=[cast.study.slug])).content.decode()

    assert f'value="{spec.pk}:' not in page
    assert list(models_to_run()) == list(ModelSpec.objects.exclude(pk=spec.pk))
    with pytest.raises(StudyError, match="a model whose texts were imported"):
        change_design(
            cast.study,
            dimensions=list(cast.study.dimensions.all()),
            conditions=[(spec, "INDV vanilla")],
            raters_per_item=2,
            rated_under="draw",
            by=cast.manager,
        )


def test_model_stays_as_it_is_in_the_library(study: Study) -> None:
    spec = ModelSpec.objects.get(backend="imported")
    admin = client_of(make_user("admin", is_staff=True, is_superuser=True))

    page = admin.get(reverse("model_detail", args=[spec.pk])).content.decode()
    edited = admin.get(reverse("model_edit", args=[spec.pk]))
    choices = admin.get(reverse("model_create")).content.decode()

    assert "Its texts came in with somebody else" in page
    assert edited.status_code == 302
    assert 'value="imported"' not in choices


def test_study_stays_closed(study: Study) -> None:
    by = make_user("admin", is_staff=True, is_superuser=True)

    with pytest.raises(StudyError, match="closed"):
        open_study(study, by=by)
    with pytest.raises(StudyError, match="closed"):
        start_generation(study, by=by)
    with pytest.raises(StudyError, match="closed"):
        change_design(
            study,
            dimensions=list(study.dimensions.all()),
            conditions=[],
            human_sources=["oracle_response"],
            raters_per_item=2,
            rated_under="draw",
            by=by,
        )
