"""The pages of a study's numbers: who sees them, what they say, and that they follow the ratings."""

import csv
import html
import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from annotation.domain.figure import FILES
from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment, Snapshot, StudyEvent
from annotation.tasks import take_snapshot as take_snapshot_task
from annotation.templatetags.statistics import between, difference, measure_between, points, share
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

PAGES = (
    *("study_scores", "study_breakdowns", "study_agreement", "study_comparisons", "study_rater_effects"),
    "study_judge_scores",
)
# What no page may show in place of a number that cannot be computed.
NO_NUMBER = re.compile(r"\b(nan|NaN|None|inf)\b|Traceback")
ASKED = "annotation.views.snapshot_request.current_app.send_task"


def page(client: Client, cast: Cast, name: str) -> str:
    response = client.get(reverse(name, args=[cast.study.slug]))
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def rate_all(cast: Cast, *, until: int | None = None) -> None:
    """Rate by a fixed rule in which items, conditions and raters differ."""
    for seat in Assignment.objects.select_related("rater", "item").order_by("pk")[:until]:
        level = seat.item.condition_id + 2 * seat.item.post_id + seat.rater_id + seat.pk
        rate(
            seat,
            alignment=str(level % 10 + 1),
            empathy=str(level % 5 + 1),
            harmfulness="2" if level % 9 == 0 else "1",
            factuality=str(level % 3 + 1),
        )


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=6, raters=3, strategies=["INDV vanilla", "INDV +cons", "ITER self-refine"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Messages to the worker, which is another process."""
    messages: list[list[int]] = []
    monkeypatch.setattr(ASKED, lambda name, args: messages.append([name, *args]))
    return messages


@pytest.mark.parametrize("name", PAGES)
def test_page_is_for_managers_and_researchers(client: Client, cast: Cast, name: str) -> None:
    address = reverse(name, args=[cast.study.slug])
    statuses = {}

    for who in ("manager", "researcher", "rater", "outsider"):
        client.force_login(getattr(cast, who))
        statuses[who] = client.get(address).status_code

    assert statuses == {"manager": 200, "researcher": 200, "rater": 404, "outsider": 404}


@pytest.mark.parametrize("name", PAGES)
def test_page_without_a_rating_says_so_and_asks_nobody(
    client: Client, cast: Cast, name: str, asked: list[list[int]]
) -> None:
    client.force_login(cast.researcher)

    shown = page(client, cast, name)

    assert "No ratings yet" in shown
    assert not NO_NUMBER.search(shown)
    assert asked == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("n_ratings", [1, 2, 5, None])
def test_page_of_few_or_many_ratings_shows_numbers_or_words(
    client: Client, cast: Cast, name: str, n_ratings: int | None
) -> None:
    rate_all(cast, until=n_ratings)
    take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    shown = page(client, cast, name)

    assert not NO_NUMBER.search(re.sub(r"<[^>]+>", " ", shown))
    assert "Computed from" in shown
    assert "being computed" not in shown


def test_agreement_page_shows_what_was_computed(client: Client, cast: Cast) -> None:
    rate_all(cast)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    shown = page(client, cast, "study_agreement")

    for of_criterion in snapshot.report["agreement"].values():
        for coefficient in of_criterion["overall"]["coefficients"]:
            assert coefficient["name"] in shown
            assert coefficient["sentence"] in shown
    assert "Agreement on “Harmful”" in shown


def test_agreement_within_a_condition_has_every_measure_with_both_intervals_and_its_meaning(
    client: Client,
) -> None:
    cast = make_study(posts=12, strategies=["INDV vanilla", "INDV +cons"])
    rate_all(cast)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    [condition, *_] = snapshot.plan["conditions"]
    client.force_login(cast.researcher)

    answer = client.get(reverse("study_condition_agreement", args=[cast.study.slug, condition]))

    shown = " ".join(html.unescape(answer.content.decode()).split())
    assert f'href="{reverse("study_condition_agreement", args=[cast.study.slug, condition])}"' in page(
        client, cast, "study_agreement"
    )
    for of_criterion in snapshot.report["agreement"].values():
        agreement = of_criterion["conditions"][0]
        assert f"{agreement['n_paired']} items with two ratings or more" in shown
        assert len(agreement["coefficients"]) in {7, 8}
        for coefficient in agreement["coefficients"]:
            assert f">{coefficient['name']}</th>" in shown
            assert coefficient["sentence"] in shown
            for over in ("posts", "items"):
                assert measure_between(coefficient, over) in shown


def test_condition_of_another_study_has_no_agreement_here(client: Client, cast: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    client.force_login(cast.researcher)

    answers = [
        client.get(reverse("study_condition_agreement", args=[study.slug, condition.pk]))
        for study, condition in (
            (cast.study, other.study.conditions.first()),
            (other.study, other.study.conditions.first()),
        )
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_condition_without_a_snapshot_says_that_nothing_was_computed(client: Client, cast: Cast) -> None:
    client.force_login(cast.researcher)
    condition = cast.study.conditions.first()

    answer = client.get(reverse("study_condition_agreement", args=[cast.study.slug, condition.pk]))

    assert "Nothing was computed of this condition yet." in answer.content.decode()


def test_pages_explain_the_paradox_a_p_out_of_reach_and_a_model_that_cannot_be_estimated(
    client: Client, cast: Cast
) -> None:
    """One rating in all calls a text harmful; six posts are too few for two contrasts."""
    rate_all(cast)
    first, *others = Assignment.objects.order_by("pk")
    for seat in others:
        rate(seat, alignment=str(seat.pk % 10 + 1), harmfulness="1")
    rate(first, harmfulness="2")
    take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    agreement, comparisons = (page(client, cast, f"study_{name}") for name in ("agreement", "comparisons"))

    assert re.search(r"Raters agree on 9\d % of pairs, and yet alpha is [−.\d]+: both are true", agreement)
    assert "With 6 posts the smallest p that this test can reach is .031, .062 after Holm" in comparisons
    assert "Not estimable: " in comparisons


def test_pairs_and_re_ratings_have_intervals_over_posts_and_over_items(client: Client, cast: Cast) -> None:
    rate_all(cast)
    for number, seat in enumerate(cast.assignments(cast.rater)):
        again = Assignment.objects.create(item=seat.item, rater=seat.rater, occasion=2, position=100 + number)
        rate(again, alignment=str((seat.pk * 3) % 10 + 1))
    snapshot = take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    shown = re.sub(r"<[^>]+>", " ", page(client, cast, "study_rater_effects"))

    shown = " ".join(shown.split())
    of_alignment = snapshot.report["raters"]["criteria"]["alignment"]
    assert "The same rater twice" in shown
    assert (len(of_alignment["pairs"]), len(of_alignment["intra"])) == (3, 1)
    for two in (*of_alignment["pairs"], *of_alignment["intra"]):
        over_posts, over_items = two["agreement"]["mean_difference"], two["over_items"]["mean_difference"]
        assert over_posts["value"] == over_items["value"]
        assert (
            f"{difference(over_posts['value'])} {between(over_posts, 'difference')}"
            f" items: {between(over_items, 'difference')}"
        ) in shown


def test_page_of_a_condition_has_its_pairs_and_re_ratings_with_both_intervals(client: Client) -> None:
    cast = make_study(posts=12, strategies=["INDV vanilla", "INDV +cons"])
    rate_all(cast)
    for number, seat in enumerate(cast.assignments(cast.rater)):
        again = Assignment.objects.create(item=seat.item, rater=seat.rater, occasion=2, position=100 + number)
        rate(again, alignment=str((seat.pk * 3) % 10 + 1))
    snapshot = take_snapshot(cast.study, n_resamples=200)
    [condition, *_] = snapshot.plan["conditions"]
    client.force_login(cast.researcher)

    answer = client.get(reverse("study_condition_agreement", args=[cast.study.slug, condition]))

    shown = " ".join(re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode())).split())
    within = snapshot.report["agreement"]["alignment"]["conditions"][0]
    for part in ("pairs", "repeats"):
        for two in within[part]["shown"]:
            measure = two["mean_difference"]
            over_posts, over_items = (
                dict(zip(("low", "high"), measure[over], strict=True)) for over in ("posts", "items")
            )
            assert (
                f"{difference(measure['value'])} {between(over_posts, 'difference')}"
                f" items: {between(over_items, 'difference')}"
            ) in shown
    assert (len(within["pairs"]["shown"]), len(within["repeats"]["shown"])) == (1, 1)
    assert "R01 and R02" in shown
    assert shown.count("The same rater twice") == 4


def test_page_of_a_condition_says_why_pairs_and_re_ratings_are_missing(client: Client, cast: Cast) -> None:
    rate_all(cast)
    snapshot = take_snapshot(cast.study, n_resamples=50)
    [condition, *_] = snapshot.plan["conditions"]
    client.force_login(cast.researcher)

    answer = client.get(reverse("study_condition_agreement", args=[cast.study.slug, condition]))

    shown = answer.content.decode()
    n_pairs = snapshot.report["agreement"]["alignment"]["conditions"][0]["pairs"]["n_too_few"]
    assert n_pairs > 0
    assert f"{n_pairs} pair{'s' if n_pairs > 1 else ''} of raters share" in shown
    assert shown.count("No rater has rated an item of this condition twice.") == 4


def test_page_of_a_condition_shows_a_snapshot_from_before_pairs(client: Client, cast: Cast) -> None:
    rate_all(cast)
    snapshot = take_snapshot(cast.study, n_resamples=50)
    for of_criterion in snapshot.agreement.values():
        for within in of_criterion["conditions"]:
            del within["pairs"], within["repeats"]
    Snapshot.objects.update(agreement=snapshot.agreement)
    [condition, *_] = snapshot.plan["conditions"]
    client.force_login(cast.researcher)

    answer = client.get(reverse("study_condition_agreement", args=[cast.study.slug, condition]))

    assert answer.status_code == 200
    assert "with two ratings or more" in answer.content.decode()
    assert "Pairs of raters" not in answer.content.decode()


def test_comparisons_show_every_effect_size_with_its_interval(client: Client, cast: Cast) -> None:
    rate_all(cast)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    shown = re.sub(r"<[^>]+>", "", page(client, cast, "study_comparisons"))

    effects = snapshot.report["comparisons"]["alignment"]["contrasts"][0]["result"]["effects"]
    for name, form in (("difference", difference), ("d_z", points), ("superiority", share)):
        effect = effects[name]
        assert f"{form(effect['value'])} {form(effect['low'])} to {form(effect['high'])}" in shown


def test_breakdowns_have_mean_interval_median_and_distribution_by_rater_dimension_topic_and_post(
    client: Client, cast: Cast
) -> None:
    rate_all(cast)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    shown = page(client, cast, "study_breakdowns")

    parted = {kind: names for kind, names in snapshot.plan["groups"].items() if len(names) > 1}
    assert parted.keys() == {"rater", "dimension", "post"}
    for kind, names in parted.items():
        for name, group in zip(names, snapshot.report["breakdowns"][kind], strict=True):
            scores = group["scores"]["alignment"]
            if not scores["n"]:
                continue
            row = re.escape(name) + r"</th>.*?"
            mean = re.escape(f"{scores['mean']['value']:.2f}</span> ({scores['sd']:.2f})")
            given = ", ".join(f"{point + 1}: {n}" for point, n in enumerate(scores["counts"]) if n)
            assert re.search(f"{row}{mean}", shown), (kind, name)
            assert f">{given}</span>" in shown, (kind, name)
            if scores["mean"]["low"] is not None:
                assert f"{scores['mean']['low']:.2f} to {scores['mean']['high']:.2f}" in shown


def test_page_asks_once_for_numbers_and_follows_them(
    client: Client,
    cast: Cast,
    asked: list[list[int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotation.domain.figure.FILES", FILES[:1])
    rate_all(cast, until=12)
    client.force_login(cast.researcher)
    state = reverse("study_snapshot_state", args=[cast.study.slug])

    with django_capture_on_commit_callbacks(execute=True):
        shown = [page(client, cast, name) for name in ("study_scores", "study_agreement")]
        waiting = client.get(state)
    take_snapshot_task(cast.study.pk)
    there = client.get(state)

    assert asked == [["annotation.tasks.take_snapshot", cast.study.pk]]
    assert all("are being computed; the page follows by itself" in text for text in shown)
    assert (waiting.status_code, waiting.headers.get("HX-Refresh")) == (204, None)
    assert there.headers["HX-Refresh"] == "true"


def test_numbers_of_earlier_ratings_are_labelled_as_such(client: Client, cast: Cast) -> None:
    rate_all(cast, until=12)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    rate(Assignment.objects.order_by("pk")[13])
    client.force_login(cast.researcher)

    shown = page(client, cast, "study_agreement")

    assert "have changed since these numbers were computed" in shown
    assert snapshot.data_sha256 in shown


def test_ratings_of_a_snapshot_are_exactly_those_it_was_computed_from(client: Client, cast: Cast) -> None:
    rate_all(cast, until=12)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    seat = Assignment.objects.order_by("pk").first()
    assert seat is not None
    before = {score.criterion.key: score.point.value for score in seat.rating.current.scores.all()}
    rate(seat, alignment="10" if before["alignment"] != 10 else "9")
    client.force_login(cast.researcher)

    response = client.get(reverse("study_snapshot_ratings", args=[cast.study.slug, snapshot.pk]))

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    of_seat = {row["criterion"]: row["score"] for row in rows if row["rating"] == str(seat.rating.pk)}
    assert len(rows) == 12 * 4
    assert of_seat == {key: f"{value.normalize():f}" for key, value in before.items()}
    assert StudyEvent.objects.filter(study=cast.study, detail__startswith="snapshot, 48 rows").count() == 1


def test_snapshot_of_another_study_is_not_there(client: Client, cast: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    client.force_login(cast.researcher)

    answers = [
        client.get(reverse("study_snapshot_ratings", args=[cast.study.slug, take_snapshot(other.study).pk])),
        client.get(reverse("study_snapshot_state", args=[other.study.slug])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(("name", "queries"), [("study_agreement", 15), ("study_comparisons", 15)])
def test_page_takes_as_many_queries_for_more_ratings(
    client: Client, cast: Cast, name: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.researcher)

    for n_ratings in (4, 12):
        rate_all(cast, until=n_ratings)
        take_snapshot(cast.study, n_resamples=200)
        with django_assert_num_queries(queries):
            page(client, cast, name)

    assert Snapshot.objects.count() == 2
