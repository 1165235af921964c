"""While a study hides its conditions, nothing that shows scores names one; after looking everything does."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from annotation.domain.exclusion import exclude_ratings
from annotation.domain.figure import draw_figures
from annotation.domain.hidden_conditions import hide_conditions
from annotation.domain.snapshot import take_snapshot
from annotation.domain.study import close_study
from annotation.domain.token import create_token
from annotation.enums import EventKind, ExclusionKind, FigureLook
from annotation.exports import FORMATS
from annotation.exports.score_table import SCORE_FORMATS
from annotation.models import REPORT_PARTS, Assignment, FigureFile, StudyEvent, User
from annotation.queries.hidden_conditions import is_figure_without_conditions
from annotation.urls import score_urls
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, find_cast, make_study, make_user
from tests.kept_rows import kept_rows

pytestmark = pytest.mark.django_db

CANARY = "canary-method"
# What names a condition once it was looked at; the rest is about all conditions together.
WITH_CONDITIONS = {
    *("study_scores", "study_agreement", "study_comparisons", "study_figures", "study_exclusions"),
    *("study_judge_scores", "study_judge_condition", "study_export_judge_numbers"),
    *("study_distributions", "study_condition_agreement"),
    *("study_snapshot_ratings", "study_export_csv", "study_export_judges", "study_export_provenance"),
    "api_study_scores",
    "admin:annotation_study_scores",
}
FILES = ("study_export_csv", "study_export_judges", "study_export_provenance", "study_snapshot_ratings")


@kept_rows(find=find_cast)
def make_hiding_study() -> Cast:
    """Make an open study of two sources, all rated, computed and drawn, whose conditions are hidden."""
    cast = make_study(posts=12, strategies=[], human_sources=["elsewhere", CANARY])
    for seat in Assignment.objects.select_related("rater", "item").order_by("pk"):
        level = seat.item.condition_id + 2 * seat.item.post_id + seat.rater_id
        harmfulness = "2" if level % 5 == 0 else "1"
        rate(seat, alignment=str(level % 10 + 1), empathy=str(level % 5 + 1), harmfulness=harmfulness)
    exclude_ratings(cast.study, kind=ExclusionKind.FLAGGED, reason="As agreed.", by=cast.manager)
    answer_judge(start_judge(cast, criteria=["empathy"]), lambda chain, step: str(1 + chain.pk % 5))
    draw_figures(take_snapshot(cast.study, n_resamples=200))
    hide_conditions(cast.study, by=cast.manager)
    make_user("admin", is_staff=True, is_superuser=True)
    cast.study.refresh_from_db()
    return cast


@pytest.fixture
def cast() -> Cast:
    return make_hiding_study()


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=f"{name}@example.org"))
    return client


def look(client: Client, cast: Cast) -> Client:
    assert client.post(reverse("study_conditions_look", args=[cast.study.slug])).status_code == 302
    return client


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield name and address of all that comes of a study's scores, each figure by the name of its file."""
    snapshot = cast.study.snapshots.get()
    known = {
        "slug": cast.study.slug,
        "snapshot_id": snapshot.pk,
        "judge_id": cast.study.judge_runs.get().pk,
        "condition_id": cast.study.conditions.get(method=CANARY).pk,
    }
    for pattern in score_urls:
        assert isinstance(pattern, URLPattern)
        name = str(pattern.name)
        if name == "study_figure_file":
            for file in FigureFile.objects.filter(look=FigureLook.PRINT, file_type="svg"):
                file_name = f"{file.figure.key}.svg"
                yield file_name, reverse(name, args=[cast.study.slug, file.pk, file_name])
        elif "slug" in pattern.pattern.converters and "exclusion_id" not in pattern.pattern.converters:
            yield name, reverse(name, kwargs={key: known[key] for key in pattern.pattern.converters})
    yield "admin:annotation_study_scores", reverse("admin:annotation_study_scores", args=[cast.study.pk])
    for figure in snapshot.figures.all():
        address = reverse("admin:annotation_snapshotfigure_change", args=[figure.pk])
        yield f"admin:figure {figure.key}", address


def text(answer: HttpResponse) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def crawled(client: Client, cast: Cast) -> dict[str, str]:
    """Get everything; return what comes back with a content, by name."""
    answers = {name: client.get(address) for name, address in addresses(cast)}
    return {name: text(answer) for name, answer in answers.items() if answer.status_code == 200}


def figures_with_conditions(cast: Cast) -> set[str]:
    keys = cast.study.snapshots.get().figures.values_list("key", flat=True)
    return {key for key in keys if not is_figure_without_conditions(key)}


def test_nothing_names_a_condition_before_looking_and_all_does_after(cast: Cast) -> None:
    client = client_of("admin")

    before = crawled(client, cast)
    after = crawled(look(client, cast), cast)

    figures = figures_with_conditions(cast)
    assert len(figures) == 1 + 2 * 4 + 1
    assert {name for name, page in before.items() if CANARY in page} == set()
    assert WITH_CONDITIONS - before.keys() == {*FILES, "study_judge_condition"}
    assert {name for name, page in after.items() if CANARY in page} == (
        WITH_CONDITIONS | {f"{key}.svg" for key in figures} | {f"admin:figure {key}" for key in figures}
    )


@pytest.mark.parametrize("who", ["manager", "researcher"])
def test_team_sees_conditions_after_looking_only(cast: Cast, who: str) -> None:
    client = client_of(who)

    before = crawled(client, cast)
    after = crawled(look(client, cast), cast)

    pages = {name for name in WITH_CONDITIONS if not name.startswith("admin:")}
    assert [name for name, page in before.items() if CANARY in page] == []
    assert pages <= {name for name, page in after.items() if CANARY in page}


def test_one_persons_look_shows_nothing_to_another(cast: Cast) -> None:
    look(client_of("researcher"), cast)

    assert [name for name, page in crawled(client_of("manager"), cast).items() if CANARY in page] == []


def test_closed_study_shows_everything_to_who_never_looked(cast: Cast) -> None:
    close_study(cast.study, by=cast.manager)

    shown = crawled(client_of("admin"), cast)

    assert {name for name, page in shown.items() if CANARY in page} >= WITH_CONDITIONS
    assert [name for name, page in shown.items() if "hidden until the study is closed" in page] == []


def test_numbers_of_all_conditions_together_stay(cast: Cast) -> None:
    shown = crawled(client_of("researcher"), cast)

    assert '<dd class="figure">48</dd>' in shown["study_scores"]
    assert "R01" in shown["study_scores"]
    assert "Krippendorff" in shown["study_agreement"]
    assert "By condition</summary>" not in shown["study_agreement"]
    assert "By post</h2>" in shown["study_breakdowns"]
    assert "R01 and R02" in shown["study_rater_effects"]
    assert "agreement.svg" in shown
    assert "means.svg" not in shown
    judge = cast.study.judge_runs.get()
    assert f"calibration-{judge.pk}.svg" in shown
    assert f"ranking-{judge.pk}-empathy.svg" not in shown
    assert "SmolLM2-135M-Instruct" in shown["study_judge_scores"]


def test_files_that_name_conditions_lead_to_the_button_and_are_not_logged(cast: Cast) -> None:
    client = client_of("researcher")
    scores = reverse("study_scores", args=[cast.study.slug])

    answers = [client.get(address) for name, address in addresses(cast) if name in FILES]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, scores)] * 4
    page = client.get(scores).content.decode()
    page_of_judges = client.get(reverse("study_judge_scores", args=[cast.study.slug])).content.decode()
    assert "To have it now, please look at the scores first" in page
    assert all(reverse(name, args=[cast.study.slug]) not in page + page_of_judges for name in FILES[:3])
    assert not StudyEvent.objects.filter(kind=EventKind.EXPORTED).exists()


def test_administration_leaves_the_report_of_a_snapshot_out(cast: Cast) -> None:
    client = client_of("admin")
    address = reverse("admin:annotation_snapshot_change", args=[cast.study.snapshots.get().pk])

    before = client.get(address).content.decode()
    after = look(client, cast).get(address).content.decode()

    computed = [f"field-{part}" for part in ("overview", *REPORT_PARTS)]
    assert [field in before for field in computed] == [False] * 6
    assert [field in after for field in computed] == [True] * 6
    assert "field-plan" in before


def test_token_gets_no_conditions_also_of_who_has_looked(cast: Cast) -> None:
    look(client_of("researcher"), cast)
    client = Client(headers={"Authorization": f"Token {create_token(cast.researcher)}"})
    address = reverse("api_study_scores", args=[cast.study.slug])

    document = client.get(address).json()
    close_study(cast.study, by=cast.manager)
    closed = client.get(address).json()

    assert (document["conditions_hidden"], document["conditions"], document["comparisons"]) == (True, [], [])
    assert (document["n_items"], document["n_ratings"], document["n_raters"]) == (24, 48, 2)
    overall = {key: {**part, "conditions": []} for key, part in closed["agreement"].items()}
    assert document["agreement"] == overall
    shown = closed["agreement"]["alignment"]["conditions"]
    assert [len(each["pairs"]["shown"]) for each in shown] == [1, 1]
    assert document["agreement"]["alignment"]["krippendorff_alpha"]["value"] is not None
    assert closed["conditions_hidden"] is False
    assert [condition["method"] for condition in closed["conditions"]] == ["elsewhere", CANARY]
    assert len(closed["comparisons"]) == 4


@pytest.mark.parametrize("key", SCORE_FORMATS)
def test_scores_on_the_command_line_need_a_word_and_log_it(cast: Cast, key: str) -> None:
    before, after, said = io.StringIO(), io.StringIO(), io.StringIO()

    call_command("scores", cast.study.slug, "--format", key, stdout=before, stderr=said)
    logged_before = StudyEvent.objects.filter(kind=EventKind.CONDITIONS_LOOKED_AT).count()
    call_command("scores", cast.study.slug, "--format", key, "--look", stdout=after)

    assert (CANARY in before.getvalue(), CANARY in after.getvalue()) == (False, True)
    assert before.getvalue()
    assert "--look shows them" in said.getvalue()
    looks = StudyEvent.objects.filter(study=cast.study, kind=EventKind.CONDITIONS_LOOKED_AT)
    assert logged_before == 0
    assert list(looks.values_list("by", "detail")) == [(None, "manage.py scores")]


@pytest.mark.parametrize("key", FORMATS)
def test_export_on_the_command_line_needs_a_word_and_logs_it(cast: Cast, key: str, tmp_path: Path) -> None:
    arguments = ("export", cast.study.slug, "--format", key, "--out", str(tmp_path / "ratings"))

    with pytest.raises(CommandError, match="With --look they are written all the same"):
        call_command(*arguments)
    before = (list(tmp_path.iterdir()), cast.study.events.filter(kind=EventKind.EXPORTED).count())
    call_command(*arguments, "--look", stdout=io.StringIO())

    assert before == ([], 0)
    assert CANARY in (tmp_path / "ratings").read_text()
    kinds = list(cast.study.events.order_by("pk").values_list("kind", "by", "detail"))[-3:]
    assert [(kind, by) for kind, by, _ in kinds] == [
        (EventKind.CONDITIONS_LOOKED_AT, None),
        (EventKind.EXPORTED, None),
        (EventKind.EXPORTED, None),
    ]
    assert kinds[0][2] == "manage.py export"


def test_commands_log_no_look_where_nothing_is_hidden(cast: Cast) -> None:
    close_study(cast.study, by=cast.manager)
    out = io.StringIO()

    call_command("scores", cast.study.slug, "--look", stdout=out)

    assert CANARY in out.getvalue()
    assert not StudyEvent.objects.filter(kind=EventKind.CONDITIONS_LOOKED_AT).exists()
