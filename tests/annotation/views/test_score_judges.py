"""The page of judges: who sees it, that it calls them models, and that words stand where numbers cannot."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.hidden_conditions import hide_conditions
from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment, JudgeRun
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.annotation.views.test_score_pages import NO_NUMBER
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return rated_study(posts=6)


def rated_study(posts: int) -> Cast:
    cast = make_study(posts=posts)
    for seat in Assignment.objects.select_related("item").order_by("pk"):
        rate(seat, empathy=str(1 + (seat.item_id + seat.rater_id) % 5), alignment=str(1 + seat.item_id % 10))
    return cast


def judged(cast: Cast, *, reply: str = "", repeats: int = 1) -> JudgeRun:
    """Have empathy and harmfulness judged, by scores that vary or always with the same reply."""
    judge_run = start_judge(cast, criteria=["empathy", "harmfulness"], repeats=repeats)
    answer_judge(judge_run, lambda chain, step: reply or str(1 + chain.pk % 7 % 5))
    return judge_run


def page(client: Client, cast: Cast) -> str:
    client.force_login(cast.researcher)
    response = client.get(reverse("study_judge_scores", args=[cast.study.slug]))
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def words(shown: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_page_is_for_managers_and_researchers(client: Client, cast: Cast) -> None:
    address = reverse("study_judge_scores", args=[cast.study.slug])
    statuses = {}

    for who in ("manager", "researcher", "rater", "outsider"):
        client.force_login(getattr(cast, who))
        statuses[who] = client.get(address).status_code

    assert statuses == {"manager": 200, "researcher": 200, "rater": 404, "outsider": 404}


def test_page_shows_what_was_computed_under_the_name_of_a_model(client: Client, cast: Cast) -> None:
    judged(cast, repeats=2)
    snapshot = take_snapshot(cast.study, n_resamples=200)

    shown = words(page(client, cast))

    empathy = snapshot.report["judges"][0]["criteria"]["empathy"]
    spearman = f"{empathy['overall']['comparison']['spearman']['value']:.3f}"
    assert "SmolLM2-135M-Instruct a language model, not a person" in shown
    assert "SmolLM2-135M-Instruct is a very small model, with about 135 million parameters." in shown
    assert "asked up to 2 times" in shown
    assert "Not asked about: alignment with the standards, factuality (true to the post)." in shown
    assert spearman.removeprefix("0").replace("-0", "−") in shown
    assert empathy["overall"]["footing_sentence"] in shown
    assert "Cohen's kappa, quadratic weights" in shown
    assert "Gwet's AC2, quadratic weights" in shown
    assert "Expert gave" not in shown
    assert "Not one of the judge's 48 replies is a score" in shown
    assert "of 0 posts" not in shown
    assert not NO_NUMBER.search(shown)


def test_page_has_the_measures_of_yes_or_no(client: Client, cast: Cast) -> None:
    judge_run = start_judge(cast, criteria=["harmfulness"])
    answer_judge(judge_run, lambda chain, step: "Harmful" if chain.pk % 3 == 0 else "Not harmful")
    take_snapshot(cast.study, n_resamples=200)

    shown = words(page(client, cast))

    assert "Gwet's AC1" in shown
    assert "quadratic weights" not in shown


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("I cannot help with that.", "No reply of the judge is a score: 24 refused."),
        ("Let me think about that.", "No reply of the judge is a score: 24 unreadable."),
        ("3", "The judge gave every one of these items the same point"),
        ("3", "so it does not tell texts apart: Empathy “3” (24 of 24 scores)"),
    ],
)
def test_judge_that_says_nothing_useful_has_words(client: Client, cast: Cast, reply: str, says: str) -> None:
    judged(cast, reply=reply)
    take_snapshot(cast.study, n_resamples=200)

    shown = words(page(client, cast))

    assert says in shown
    assert not NO_NUMBER.search(shown)


@pytest.mark.parametrize("n_ratings", [1, 2, 5])
def test_page_of_few_ratings_shows_words(client: Client, n_ratings: int) -> None:
    cast = make_study(posts=2)
    for seat in Assignment.objects.order_by("pk")[:n_ratings]:
        rate(seat)
    judged(cast)
    take_snapshot(cast.study, n_resamples=200)

    shown = words(page(client, cast))

    assert re.search(r"Only \d items? ha(s|ve) both scores; agreement is shown from 10 items on.", shown)
    assert not NO_NUMBER.search(shown)


def test_study_without_a_judge_says_so(client: Client, cast: Cast) -> None:
    take_snapshot(cast.study, n_resamples=20)

    assert "No judge yet" in page(client, cast)


def test_study_without_ratings_says_so(client: Client) -> None:
    cast = make_study(posts=1)
    judged(cast)

    assert "No ratings yet" in page(client, cast)


def test_judge_that_is_still_asked_is_named_and_not_compared(client: Client, cast: Cast) -> None:
    start_judge(cast, criteria=["empathy"])
    take_snapshot(cast.study, n_resamples=20)

    shown = words(page(client, cast))

    assert "SmolLM2-135M-Instruct is still being asked." in shown
    assert "a language model, not a person" not in shown


def test_conditions_are_shown_unless_hidden(client: Client, cast: Cast) -> None:
    judged(cast)
    take_snapshot(cast.study, n_resamples=200)
    open_page = page(client, cast)
    hide_conditions(cast.study, by=cast.manager)

    hidden = page(client, cast)

    assert "INDV vanilla" in open_page
    assert "Order of the conditions" in open_page
    assert "INDV vanilla" not in hidden
    assert "Order of the conditions" not in hidden
    assert "Look at them now" in hidden


def condition_page(cast: Cast, judge_run: JudgeRun, *, number: int = 0) -> str:
    condition = cast.study.conditions.order_by("position")[number]
    return reverse("study_judge_condition", args=[cast.study.slug, judge_run.pk, condition.pk])


def test_condition_has_a_page_with_all_of_its_numbers(client: Client) -> None:
    cast = rated_study(posts=14)
    judge_run = judged(cast, repeats=2)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    address = condition_page(cast, judge_run, number=1)

    leads_there = address in page(client, cast)
    shown = words(html.unescape(client.get(address).content.decode()))

    empathy = snapshot.report["judges"][0]["criteria"]["empathy"]
    within, overall = empathy["conditions"][1], empathy["overall"]
    n_items = {
        name: part["comparison"]["n_items"] for name, part in (("within", within), ("overall", overall))
    }
    assert leads_there
    assert "a language model, not a person" in shown
    assert "Order of the conditions" not in shown
    assert within["footing_sentence"] in shown
    assert overall["footing_sentence"] not in shown
    assert f"on {n_items['within']} items of" in shown
    assert f"on {n_items['overall']} items of" not in shown
    for key in ("spearman", "kendall", "kappa", "ac"):
        assert f"{abs(within['comparison'][key]['value']):.3f}"[1:] in shown
    assert f"{within['outcomes']['counts']['score']} of {within['outcomes']['n']} are scores" in shown
    assert f"{within['consistency']['n_replies']} scores of" in shown
    assert not NO_NUMBER.search(shown)


def test_each_condition_has_a_calibration_plot_on_the_scale(client: Client) -> None:
    cast = rated_study(posts=14)
    judge_run = judged(cast)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    shown = client.get(condition_page(cast, judge_run, number=1)).content.decode()

    within = snapshot.report["judges"][0]["criteria"]["empathy"]["conditions"][1]
    means = [point["expert_mean"] for point in within["calibration"]["points"]]
    # From 1 to 5 a point is a quarter of the scale.
    expected = [
        (f"{25 * own:.1f}", *(f"{25 * (mean[name] - 1):.1f}" for name in ("low", "high", "value")))
        for own, mean in enumerate(means)
        if mean["low"] is not None
    ]
    drawn = re.findall(
        r'd="M([\d.]+) 0V13"/><path stroke-width="2" d="M([\d.]+) 6.5H([\d.]+)"/><circle cx="([\d.]+)"', shown
    )
    assert len(expected) > 2
    assert drawn == expected


def test_condition_of_few_items_has_words(client: Client) -> None:
    cast = make_study(posts=3)
    for seat in Assignment.objects.order_by("pk"):
        rate(seat)
    judge_run = judged(cast)
    take_snapshot(cast.study, n_resamples=200)
    client.force_login(cast.researcher)

    shown = words(html.unescape(client.get(condition_page(cast, judge_run)).content.decode()))

    assert re.search(r"Only \d items? ha(s|ve) both scores; agreement is shown from 10 items on.", shown)
    assert not NO_NUMBER.search(shown)


def test_page_of_a_condition_is_for_the_team_and_of_what_there_is(client: Client, cast: Cast) -> None:
    judge_run = judged(cast)
    take_snapshot(cast.study, n_resamples=20)
    address, statuses = condition_page(cast, judge_run), {}
    slug, condition = cast.study.slug, cast.study.conditions.earliest("pk")

    for who in ("manager", "researcher", "rater", "outsider"):
        client.force_login(getattr(cast, who))
        statuses[who] = client.get(address).status_code
    client.force_login(cast.researcher)
    nothing = [
        client.get(reverse("study_judge_condition", args=[slug, *numbers])).status_code
        for numbers in ((judge_run.pk + 1, condition.pk), (judge_run.pk, condition.pk + 99))
    ]

    assert statuses == {"manager": 200, "researcher": 200, "rater": 404, "outsider": 404}
    assert nothing == [404, 404]


def test_page_of_a_condition_leads_to_the_button_while_conditions_are_hidden(
    client: Client, cast: Cast
) -> None:
    judge_run = judged(cast)
    take_snapshot(cast.study, n_resamples=20)
    hide_conditions(cast.study, by=cast.manager)
    client.force_login(cast.researcher)

    answer = client.get(condition_page(cast, judge_run))

    assert answer.headers["Location"] == reverse("study_judge_scores", args=[cast.study.slug])


def test_numbers_come_as_a_file_that_the_log_keeps(client: Client, cast: Cast) -> None:
    judged(cast)
    take_snapshot(cast.study, n_resamples=20)
    address = reverse("study_export_judge_numbers", args=[cast.study.slug])
    linked = address in page(client, cast)

    answer = client.get(address)

    lines = answer.content.decode().splitlines()
    event = cast.study.events.latest("pk")
    assert linked
    assert answer["Content-Disposition"].startswith(
        f'attachment; filename="{cast.study.slug}-judges-numbers-'
    )
    assert lines[0].startswith("judge,kind,judge_run,")
    assert all("a language model, not a person" in line for line in lines[1:])
    assert (event.by, event.detail.split(", sha256")[0]) == (
        cast.researcher,
        f"csv-judges, {len(lines) - 1} rows",
    )


def test_look_leads_back_to_the_page(client: Client, cast: Cast) -> None:
    judged(cast)
    take_snapshot(cast.study, n_resamples=200)
    hide_conditions(cast.study, by=cast.manager)
    client.force_login(cast.researcher)

    answer = client.post(
        reverse("study_conditions_look", args=[cast.study.slug]), {"page": "study_judge_scores"}, follow=True
    )

    assert answer.redirect_chain == [(reverse("study_judge_scores", args=[cast.study.slug]), 302)]
    assert "INDV vanilla" in answer.content.decode()


def test_page_of_an_older_programs_numbers_has_no_judges(client: Client, cast: Cast) -> None:
    snapshot = take_snapshot(cast.study, n_resamples=20)
    snapshot.judges = []
    snapshot.save()

    assert "No judge yet" in page(client, cast)


def test_page_leaves_judges_out_of_whom_an_older_program_computed_less(client: Client, cast: Cast) -> None:
    judged(cast)
    snapshot = take_snapshot(cast.study, n_resamples=20)
    for criterion in snapshot.report["judges"][0]["criteria"].values():
        del criterion["overall"]["footing"]
    snapshot.save()

    assert "No judge yet" in page(client, cast)


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_as_many_queries_for_more_judges(
    client: Client, cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        judged(cast)
    take_snapshot(cast.study, n_resamples=20)
    client.force_login(cast.researcher)

    with django_assert_num_queries(18):
        shown = client.get(reverse("study_judge_scores", args=[cast.study.slug])).content.decode()

    assert shown.count("a language model, not a person") == count
