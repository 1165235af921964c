"""Studies that cannot give a number: every page, file and answer of their scores shows words in its place.

What is computed of such studies is tested in statistics/report; here it is looked at wherever it is shown.
"""

import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from annotation.domain.exclusion import exclude_ratings
from annotation.domain.figure import FILES, draw_figures
from annotation.domain.snapshot import take_snapshot
from annotation.enums import ExclusionKind
from annotation.exports import FORMATS
from annotation.models import Assignment, FigureFile
from annotation.urls import score_urls
from tests.annotation.judges import make_judged
from tests.annotation.ratings import WITHOUT_SCORES, rate
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

STRATEGIES = ["INDV vanilla", "INDV +cons", "ITER self-refine"]
# What no page may show in place of a number that cannot be computed.
NO_NUMBER = re.compile(r"\b(nan|NaN|None(?! is named)|inf|Infinity|null|undefined)\b|Traceback")
# Changes, addresses without a study, and the doorbell of a page that waits.
NO_PAGES = {
    *("study_exclusion_end", "study_conditions_hide", "study_conditions_show", "study_conditions_look"),
    "study_snapshot_state",
}


def seats() -> Iterator[tuple[int, Assignment]]:
    ordered = Assignment.objects.select_related("rater", "item__condition").order_by("pk")
    yield from enumerate(ordered)


def varied(number: int) -> dict[str, str | None]:
    return {
        "alignment": str(1 + number * 7 % 10),
        "empathy": str(1 + number * 3 % 5),
        "harmfulness": "2" if number % 5 == 0 else "1",
        "factuality": str(1 + number % 3),
    }


def rate_seats(which: Callable[[Assignment], bool], **fixed: str | None) -> None:
    for number, seat in seats():
        if which(seat):
            rate(seat, **(varied(number) | fixed))


def no_rating(cast: Cast) -> None:
    """Leave everything unrated."""


def one_rating(cast: Cast) -> None:
    rate(cast.assignments(cast.rater)[0])


def one_rater(cast: Cast) -> None:
    rate_seats(lambda seat: seat.rater.user_id == cast.rater.pk)


def one_item(cast: Cast) -> None:
    first = cast.assignments(cast.rater)[0].item_id
    rate_seats(lambda seat: seat.item_id == first)


def all_equal(cast: Cast) -> None:
    rate_seats(lambda seat: True, alignment="7", empathy="3", harmfulness="1", factuality="1")


def criterion_never_answered(cast: Cast) -> None:
    rate_seats(lambda seat: True, factuality=None)


def nothing_answered(cast: Cast) -> None:
    rate_seats(lambda seat: True, **WITHOUT_SCORES)


def condition_without_a_rating(cast: Cast) -> None:
    rate_seats(lambda seat: seat.item.condition.method != "+cons")


def everything_excluded(cast: Cast) -> None:
    for number, seat in seats():
        rate(seat, **varied(number))
    for rater in cast.raters:
        membership = cast.membership(rater)
        exclude_ratings(
            cast.study, kind=ExclusionKind.RATER, rater=membership, reason="All.", by=cast.manager
        )


# By design, what must be said, by the name of the page.
DESIGNS: dict[Callable[[Cast], None], dict[str, list[str]]] = {
    no_rating: {
        "study_scores": ["No ratings yet"],
        "study_distributions": ["No ratings yet"],
        "study_figures": ["No ratings yet"],
    },
    one_rating: {
        "study_agreement": ["Only one rater has rated this; agreement needs at least two."],
        "study_rater_effects": ["no shared items"],
        "study_scores": ["n = 1"],
    },
    one_rater: {
        "study_agreement": ["Only one rater has rated this; agreement needs at least two."],
        "study_condition_agreement": ["Only one rater has rated this; agreement needs at least two."],
        "study_rater_effects": ["no shared items"],
    },
    one_item: {
        "study_scores": ["no rating"],
        "study_agreement": ["Only 1 item has two ratings; agreement is shown from 10 items on."],
        "study_comparisons": ["No post has ratings under both conditions."],
        "study_rater_effects": ["too few"],
    },
    all_equal: {
        "study_agreement": [
            "All ratings that can be compared are equal: alpha is only defined where some differ.",
            "There are fewer than two items, or all ratings are equal: items cannot be told apart.",
            "No interval: the number is the same in every resample.",
        ],
        "study_comparisons": [
            "On no post do the two conditions differ on average: there is nothing to test.",
            "Not estimable: all ratings are equal.",
        ],
    },
    criterion_never_answered: {
        "study_scores": ["no rating"],
        "study_breakdowns": ["no rating"],
        "study_agreement": ["Nobody has rated this yet."],
        "study_rater_effects": ["Nobody has scored this criterion yet."],
        "study_comparisons": ["No post has ratings under both conditions."],
    },
    nothing_answered: {
        "study_scores": ["no rating"],
        "study_agreement": ["Nobody has rated this yet."],
        "study_rater_effects": ["Nobody has scored this criterion yet."],
    },
    condition_without_a_rating: {
        "study_scores": ["no rating"],
        "study_condition_agreement": ["Nobody has rated this yet."],
        "study_comparisons": ["No post has ratings under both conditions."],
    },
    everything_excluded: {
        "study_scores": [
            "No ratings yet",
            "Some ratings are left out of these numbers: All ratings by R01 (16)",
        ],
        "study_exclusions": ["0 of 32 ratings are left."],
    },
}


@pytest.fixture(params=DESIGNS, ids=lambda design: design.__name__)
def design(request: pytest.FixtureRequest) -> Callable[[Cast], None]:
    chosen: Callable[[Cast], None] = request.param
    return chosen


@pytest.fixture
def cast(design: Callable[[Cast], None], monkeypatch: pytest.MonkeyPatch) -> Cast:
    """A study of sixteen items and a judge, rated by the design, computed and drawn."""
    # Files for print take most of the time of drawing.
    monkeypatch.setattr("annotation.domain.figure.FILES", FILES[:3])
    cast = make_study(posts=4, strategies=STRATEGIES)
    make_judged(cast, "<score>[4]</score>")
    design(cast)
    draw_figures(take_snapshot(cast.study, n_resamples=100))
    return cast


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    return client


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield name and address of all that shows scores; each figure as it is on the page."""
    known = {
        "slug": cast.study.slug,
        "snapshot_id": cast.study.snapshots.get().pk,
        "condition_id": cast.study.conditions.get(method="+cons").pk,
        "judge_id": cast.study.judge_runs.get().pk,
    }
    for pattern in score_urls:
        assert isinstance(pattern, URLPattern)
        name, parameters = str(pattern.name), pattern.pattern.converters
        if name == "study_figure_file":
            for file in FigureFile.objects.filter(look="light"):
                yield name, reverse(name, args=[cast.study.slug, file.pk, "figure.svg"])
        elif "slug" in parameters and name not in NO_PAGES:
            yield name, reverse(name, kwargs={key: known[key] for key in parameters})
    yield "study_contrasts", reverse("study_contrasts", args=[cast.study.slug])
    yield "admin:annotation_study_scores", reverse("admin:annotation_study_scores", args=[cast.study.pk])


def content(answer: HttpResponse) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def said(page: str) -> str:
    """Return the words of a page or figure, also those that only a screen reader says."""
    body = re.sub(r"<(script|style|metadata)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.DOTALL)
    heard = re.findall(r'\b(?:alt|title|aria-label)="([^"]*)"', body)
    return " ".join(html.unescape(" ".join([re.sub(r"<[^>]+>", " ", body), *heard])).split())


def fail_on(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


def numberless(text: str) -> list[str]:
    """Return what stands in a CSV or JSON for a number that there is none of."""
    if text.lstrip().startswith(("{", "[")):
        for line in [text] if text.count("\n{") == 0 else text.splitlines():
            json.loads(line, parse_constant=fail_on)
        return []
    cells = {cell.strip() for row in csv.reader(io.StringIO(text)) for cell in row}
    return sorted(cells & {"nan", "NaN", "None", "inf", "-inf", "null"})


def test_bad_design_shows_words_on_every_page(
    cast: Cast, admin: Client, design: Callable[[Cast], None]
) -> None:
    answers = [(name, admin.get(address)) for name, address in addresses(cast)]

    assert {name: answer.status_code for name, answer in answers if answer.status_code != 200} == {}
    pages = [(name, content(answer)) for name, answer in answers]
    shown = [(name, said(page)) for name, page in pages if "<html" in page or "<svg" in page]
    assert len(dict(shown)) >= 11
    found = [
        (name, match.group(), text[max(match.start() - 60, 0) : match.end() + 20])
        for name, text in shown
        for match in NO_NUMBER.finditer(text)
    ]
    assert found == []
    for name, sentences in DESIGNS[design].items():
        assert [sentence for sentence in sentences if sentence not in dict(shown)[name]] == [], name
    files = [(name, page) for name, page in pages if "<html" not in page and "<svg" not in page]
    assert {name for name, _ in files} >= {"study_export_csv", "study_snapshot_ratings", "api_study_scores"}
    assert [(name, numberless(text)) for name, text in files if numberless(text)] == []


def test_bad_design_shows_words_on_the_command_line(
    cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("files")
    written = {}

    for key in ("json", "csv", "md"):
        printed = io.StringIO()
        call_command("scores", cast.study.slug, "--format", key, stdout=printed)
        written[key] = printed.getvalue()
    for key in FORMATS:
        out = ("--out", str(folder / key))
        call_command("export", cast.study.slug, "--format", key, *out, stdout=io.StringIO())
        written[f"export {key}"] = (folder / key).read_text(encoding="utf-8-sig")

    table = written.pop("md")
    assert not re.search(r"\b(nan|inf|None)\b", table)
    assert table.count("|") > 20
    assert [(key, numberless(text)) for key, text in written.items() if numberless(text)] == []
