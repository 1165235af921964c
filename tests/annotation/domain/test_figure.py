"""A snapshot's figures: all that the ratings give something to draw for, in every look and format, once."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from annotation.domain.figure import FILES, draw_figures
from annotation.domain.snapshot import take_snapshot
from annotation.enums import FigureLook
from annotation.models import Assignment, FigureFile, Study
from annotation.queries.criterion import criteria_of
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

CRITERIA = ("alignment", "empathy", "harmfulness", "factuality")
STARTS = {"svg": b"<?xml", "pdf": b"%PDF-", "png": b"\x89PNG"}


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=4, raters=3, strategies=["INDV vanilla", "INDV +cons"], human_sources=["friend"])
    for seat in Assignment.objects.order_by("pk"):
        rate(seat, alignment=str(seat.pk % 10 + 1), harmfulness="2" if seat.pk % 7 == 0 else "1")
    return cast


@pytest.fixture
def only_light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotation.domain.figure.FILES", FILES[:1])


@pytest.mark.usefixtures("only_light")
def test_every_criterion_has_its_figures_once(cast: Cast) -> None:
    snapshot = take_snapshot(cast.study, n_resamples=200)

    draw_figures(snapshot)
    draw_figures(snapshot)

    assert list(snapshot.figures.values_list("key", flat=True)) == [
        "means",
        "agreement",
        *(f"distribution-{key}" for key in CRITERIA),
        *(f"raters-{key}" for key in CRITERIA),
    ]
    means = snapshot.figures.get(key="means")
    assert len(means.table) == 1 + 3 * len(CRITERIA)
    assert "friend" in str(means.table)


@pytest.mark.usefixtures("only_light")
def test_criterion_that_nobody_scored_has_no_raters_to_draw(cast: Cast) -> None:
    for seat in Assignment.objects.order_by("pk"):
        rate(seat, empathy=str(seat.pk % 5 + 1), factuality=None)
    snapshot = take_snapshot(cast.study, n_resamples=200)

    draw_figures(snapshot)

    keys = set(snapshot.figures.values_list("key", flat=True))
    assert "raters-factuality" not in keys
    assert {"raters-empathy", "distribution-factuality", "means"} <= keys


@pytest.mark.usefixtures("only_light")
def test_simulated_study_says_so_in_every_figure(cast: Cast) -> None:
    Study.objects.update(is_simulated=True)
    cast.study.refresh_from_db()
    for rating in (seat.rating for seat in Assignment.objects.all()):
        rating.origin = "simulated"
        rating.save()
    snapshot = take_snapshot(cast.study, n_resamples=200)

    draw_figures(snapshot)

    files = list(FigureFile.objects.all())
    assert len(files) == 10
    assert all(b"Simulated ratings" in bytes(file.content) for file in files)


@pytest.fixture
def one_criterion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws take time: of one criterion there are as many kinds."""
    monkeypatch.setattr("annotation.domain.figure.criteria_of", lambda study: criteria_of(study)[:1])


@pytest.mark.usefixtures("one_criterion")
def test_figure_comes_in_every_look_and_format_to_those_who_may_see_it(cast: Cast, client: Client) -> None:
    snapshot = take_snapshot(cast.study, n_resamples=200)
    draw_figures(snapshot)
    files = list(snapshot.figures.get(key="means").files.all())

    answers = {}
    for who in ("researcher", "rater", "outsider"):
        client.force_login(getattr(cast, who))
        answers[who] = [
            client.get(reverse("study_figure_file", args=[cast.study.slug, file.pk, "means"]))
            for file in files
        ]

    assert [(file.look, file.file_type) for file in files] == [
        (look, file_type.value) for look, file_type in FILES
    ]
    for file, answer in zip(files, answers["researcher"], strict=True):
        is_download = answer.headers.get("Content-Disposition", "").startswith("attachment")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.content.startswith(STARTS[file.file_type])
        assert is_download == (file.look in {FigureLook.PRINT, FigureLook.PRINT_ONE})
        assert re.search("style-src [^;]*'unsafe-inline'", policy)
        assert not re.search("script-src [^;]*'unsafe-inline'", policy)
    names = [answer.headers.get("Content-Disposition", "") for answer in answers["researcher"]]
    widths = ["one-column" in name for name in names if name]
    assert (widths, len(set(names) - {""})) == ([False] * 3 + [True] * 3, 6)
    assert {answer.status_code for who in ("rater", "outsider") for answer in answers[who]} == {404}


@pytest.mark.usefixtures("one_criterion")
def test_page_waits_for_figures_and_shows_them_with_their_numbers(cast: Cast, client: Client) -> None:
    client.force_login(cast.researcher)
    address = reverse("study_figures", args=[cast.study.slug])
    snapshot = take_snapshot(cast.study, n_resamples=200)
    before = client.get(address).content.decode()

    draw_figures(snapshot)

    shown = client.get(address).content.decode()
    assert "The figures are being drawn" in before
    assert "The figures are being drawn" not in shown
    for figure in snapshot.figures.prefetch_related("files"):
        assert figure.title in shown
        assert all(str(cell) in html.unescape(shown) for row in figure.table for cell in row)
        addresses = [
            reverse("study_figure_file", args=[cast.study.slug, file.pk, "x"]) for file in figure.files.all()
        ]
        assert all(address.removesuffix("x") in shown for address in addresses)
