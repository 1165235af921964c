"""Of a study with simulated ratings, every page, figure and file says that they are."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from annotation.domain.figure import draw_figures
from annotation.domain.simulated_example import load_simulated_study
from annotation.domain.snapshot import take_snapshot
from annotation.enums import FigureLook
from annotation.exports import FORMATS
from annotation.exports.score_table import SCORE_FORMATS
from annotation.models import FigureFile, Invitation, Study, User
from annotation.urls import judge_urls, manager_urls, score_urls
from tests.annotation.judges import make_judged
from tests.factories import Cast, make_study, make_user
from tests.kept_rows import kept_rows

pytestmark = pytest.mark.django_db

NOTICE = "<strong>Simulated ratings.</strong>"
WORD = "simulated"
SCORES = {
    *("study_scores", "study_distributions", "study_breakdowns", "study_agreement"),
    *("study_condition_agreement", "study_comparisons", "study_rater_effects", "study_judge_scores"),
    *("study_figures", "study_exclusions", "study_contrasts"),
    *("study_judges", "judge_run", "judge_replies", "judge_reply"),
}


def find_study() -> Study:
    return Study.objects.get(slug="nights")


@kept_rows(find=find_study)
def make_simulated_study() -> Study:
    """Make the example under a name without the word, so that no page says it by its name only, and judge it.

    A judge's replies are none that a program drew, but what they are held against is.
    """
    manager, researcher = make_user("manager"), make_user("researcher")
    study = load_simulated_study(manager=manager, researcher=researcher)
    make_judged(Cast(study, manager, researcher, (), researcher), "<score>[4]</score>")
    study.name, study.slug = "Nights", "nights"
    study.save()
    User.objects.filter(email__endswith=".invalid").update(name="")
    draw_figures(take_snapshot(study, n_resamples=200))
    return study


@pytest.fixture
def study() -> Study:
    return make_simulated_study()


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=f"{name}@example.org"))
    return client


def addresses(study: Study) -> Iterator[tuple[str, str]]:
    """Yield name and address of all that is under a study's address, with rows of it where it takes some."""
    member = study.memberships.get(code="S01")
    invitation = Invitation.objects.create(
        study=study, token_sha256="0" * 64, created_by=study.created_by, expires_at=study.created_at
    )
    file = FigureFile.objects.filter(look=FigureLook.PRINT, file_type="svg").first()
    known = {
        "slug": study.slug,
        "position": 1,
        "response_id": study.items.first().response_id,
        "snapshot_id": study.snapshots.get().pk,
        "member_id": member.pk,
        "invitation_id": invitation.pk,
        "file_id": file.pk,
        "condition_id": study.conditions.first().pk,
        "exclusion_id": 1,
        "name": f"{file.figure.key}.svg",
        "judge_id": study.judge_runs.get().pk,
        "reply_id": study.judge_runs.get().replies.first().pk,
        # Changes are not asked for by following a link.
        "change": "pause",
        # What the study has none of.
        "flag_id": 1,
        "chain_id": 1,
    }
    for pattern in [*manager_urls, *judge_urls, *score_urls]:
        assert isinstance(pattern, URLPattern)
        parameters = pattern.pattern.converters
        if "slug" in parameters:
            yield (
                str(pattern.name),
                reverse(str(pattern.name), kwargs={key: known[key] for key in parameters}),
            )


def answered(client: Client, study: Study) -> dict[str, HttpResponse]:
    """Get all of a study; return what comes back with a content, by name."""
    answers = {name: client.get(address) for name, address in addresses(study)}
    return {
        name: answer
        for name, answer in answers.items()
        if answer.status_code == 200 and (answer.streaming or answer.content)
    }


def files_of(study: Study, who: str) -> dict[str, HttpResponse]:
    answers = answered(client_of(who), study)
    return {name: answer for name, answer in answers.items() if "Content-Disposition" in answer}


def content(answer: HttpResponse) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode()


@pytest.mark.parametrize(
    ("who", "some"),
    [
        ("manager", {*("study_detail", "study_people", "study_response", "study_run_posts"), *SCORES}),
        ("researcher", {"study_response", *SCORES}),
    ],
)
def test_every_page_of_a_study_with_simulated_ratings_says_so(study: Study, who: str, some: set[str]) -> None:
    pages = {name: content(answer) for name, answer in answered(client_of(who), study).items()}

    whole = {name: html for name, html in pages.items() if "<html" in html}
    assert some <= whole.keys()
    assert [name for name, html in whole.items() if NOTICE not in html] == []


@pytest.mark.parametrize("who", ["manager", "researcher"])
def test_every_file_of_a_study_with_simulated_ratings_says_so(study: Study, who: str) -> None:
    files = files_of(study, who)

    assert files.keys() >= {
        *("study_export_csv", "study_export_judges", "study_export_provenance", "study_response_record"),
        "study_export_judge_numbers",
        *("study_figure_file", "study_snapshot_ratings"),
    }
    assert [name for name, file in files.items() if WORD not in content(file).lower()] == []


def test_every_figure_of_a_study_with_simulated_ratings_says_so(study: Study) -> None:
    figures = FigureFile.objects.filter(figure__snapshot__study=study, file_type="svg")

    stamped = [WORD in bytes(file.content).decode().lower() for file in figures]
    assert len(stamped) >= 3 * 6
    assert all(stamped)


def test_no_page_of_another_study_says_so() -> None:
    cast = make_study(posts=1)
    take_snapshot(cast.study, n_resamples=200)
    client = client_of("manager")

    for name in ("study_detail", "study_people", "study_scores", "study_list"):
        slugs = [] if name == "study_list" else [cast.study.slug]
        assert "Simulated ratings" not in client.get(reverse(name, args=slugs)).content.decode()


def test_list_of_studies_says_so_beside_the_study(study: Study) -> None:
    page = client_of("researcher").get(reverse("study_list")).content.decode()

    assert page.count("Simulated ratings") == 1


def test_administration_says_so_on_the_studys_page_and_its_scores(study: Study) -> None:
    make_user("admin", is_staff=True, is_superuser=True)
    client = client_of("admin")

    for name in ("admin:annotation_study_change", "admin:annotation_study_scores"):
        assert NOTICE in client.get(reverse(name, args=[study.pk])).content.decode()


@pytest.mark.parametrize("key", SCORE_FORMATS)
def test_scores_say_so_in_every_format(study: Study, key: str) -> None:
    out = io.StringIO()

    call_command("scores", study.slug, "--format", key, stdout=out)

    assert WORD in out.getvalue().lower()


@pytest.mark.parametrize("key", FORMATS)
def test_exports_say_so_in_every_format(study: Study, key: str, tmp_path: Path) -> None:
    call_command(
        "export", study.slug, "--format", key, "--out", str(tmp_path / "ratings"), stdout=io.StringIO()
    )

    written = {path.name: path.read_text().lower() for path in tmp_path.iterdir()}
    assert sorted(written) == ["ratings", "ratings.provenance.jsonl"]
    assert [name for name, text in written.items() if WORD not in text] == []


@pytest.mark.parametrize("name", ["api_study_list", "api_study_scores"])
def test_api_says_so(study: Study, name: str) -> None:
    slugs = [study.slug] if name == "api_study_scores" else []

    answer = json.loads(client_of("researcher").get(reverse(name, args=slugs)).content)

    [document] = answer["results"] if name == "api_study_list" else [answer]
    assert document["simulated"] is True


def test_every_file_of_a_study_with_simulated_ratings_says_so_by_its_name(study: Study) -> None:
    files = files_of(study, "researcher")

    assert [name for name, file in files.items() if WORD not in file["Content-Disposition"]] == []


def test_page_of_a_text_says_that_the_text_is_made_up(study: Study) -> None:
    page = client_of("manager").get(
        reverse("study_response", args=[study.slug, study.items.first().response_id])
    )

    assert "This text is made up, for a study with simulated ratings." in page.content.decode()
    assert "A person wrote this text." not in page.content.decode()
