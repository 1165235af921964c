"""The page on which a study's contrasts are planned: who may, what it keeps, and what it says afterwards."""

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from annotation.domain.hidden_conditions import hide_conditions
from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment, Condition, ContrastPlan
from annotation.queries.contrast import contrast_plan, planned_contrasts
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=3)


def address(cast: Cast, name: str = "study_contrasts") -> str:
    return reverse(name, args=[cast.study.slug])


def words(response: HttpResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def conditions(cast: Cast) -> list[Condition]:
    return list(cast.study.conditions.order_by("position"))


def planned(cast: Cast) -> list[tuple[str, str]]:
    pairs = planned_contrasts(cast.study, contrast_plan(cast.study))
    return [(a.strategy_key, b.strategy_key) for a, b in pairs]


def ticks(client: Client, cast: Cast) -> dict[str, bool]:
    boxes = re.findall(
        r'<input type="checkbox" name="contrasts" value="([^"]+)"( checked)?', text(client, cast)
    )
    return {value: bool(checked) for value, checked in boxes}


def text(client: Client, cast: Cast) -> str:
    return client.get(address(cast)).content.decode()


def shown_plan(client: Client, cast: Cast) -> str:
    found = re.search(r'name="based_on" value="(\d*)"', text(client, cast))
    assert found
    return found[1]


def test_manager_starts_from_the_rule_takes_one_out_adds_one_and_goes_back(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.manager)
    vanilla, cons, iterated = conditions(cast)
    offered = ticks(client, cast)
    chosen = {
        "based_on": shown_plan(client, cast),
        "contrasts": [f"{cons.pk}-{vanilla.pk}"],
        "a_2": iterated.pk,
        "b_2": cons.pk,
        "primary_criterion": cast.study.criteria.get(key="alignment").pk,
    }

    saved = words(client.post(address(cast), chosen, follow=True))
    after_saving, ticked = planned(cast), ticks(client, cast)
    back = words(client.post(address(cast, "study_contrasts_by_rule"), follow=True))

    assert offered == {f"{cons.pk}-{vanilla.pk}": True, f"{iterated.pk}-{vanilla.pk}": True}
    assert "The contrasts are planned." in saved
    assert "The team planned the contrasts before the first rating came in." in saved
    assert "Primary criterion: Alignment with the standards" in saved
    assert after_saving == [("INDV +cons", "INDV vanilla"), ("ITER +cons", "INDV +cons")]
    assert ticked == {
        f"{cons.pk}-{vanilla.pk}": True,
        f"{iterated.pk}-{cons.pk}": True,
        f"{iterated.pk}-{vanilla.pk}": False,
    }
    assert "The contrasts follow the rule again." in back
    assert planned(cast) == [("INDV +cons", "INDV vanilla"), ("ITER +cons", "INDV vanilla")]
    assert "1 planned" not in back and "2 planned" in back and "by the rule" in back


def test_plan_after_ratings_is_marked_on_its_page_and_with_the_comparisons(
    client: Client, cast: Cast
) -> None:
    for seat in Assignment.objects.order_by("pk"):
        rate(seat, alignment=str(seat.pk % 10 + 1))
    n = Assignment.objects.count()
    client.force_login(cast.manager)
    _, cons, iterated = conditions(cast)
    warned = words(client.get(address(cast)))

    client.post(address(cast), {"contrasts": [f"{iterated.pk}-{cons.pk}"]})
    take_snapshot(cast.study, n_resamples=20)

    marked = words(client.get(address(cast)))
    compared = words(client.get(reverse("study_comparisons", args=[cast.study.slug])))
    assert f"{n} ratings are in. A plan that you change now is marked as planned after {n} ratings" in warned
    assert f"Planned after {n} ratings were in." in marked
    assert f"Planned after {n} ratings were in." in compared
    assert f"against {cons}" in compared


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"a_1": 0}, "Please choose the other condition."),
        ({"b_3": 0}, "Please choose the other condition."),
        ({"a_1": 1, "b_1": 1}, "cannot be compared with itself."),
        ({"a_1": 1, "b_1": 0, "a_2": 0, "b_2": 1}, "are there twice"),
        ({}, "Please choose at least one contrast"),
    ],
)
def test_pairs_that_are_none_come_back_with_words(
    client: Client, cast: Cast, row: dict[str, int], sentence: str
) -> None:
    at = conditions(cast)
    client.force_login(cast.manager)

    response = client.post(address(cast), {name: at[place].pk for name, place in row.items()})

    assert response.status_code == 422
    assert sentence in words(response)
    assert not ContrastPlan.objects.exists()


def test_nonsense_and_conditions_of_another_study_are_refused(client: Client, cast: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    theirs, ours = conditions(other), conditions(cast)
    client.force_login(cast.manager)

    answers = [
        client.post(address(cast), posted).status_code
        for posted in (
            {"contrasts": [f"{theirs[1].pk}-{theirs[0].pk}"]},
            {"contrasts": ["1-", "\x00", "9" * 40]},
            {"a_1": theirs[1].pk, "b_1": ours[0].pk},
            {
                "contrasts": [f"{ours[1].pk}-{ours[0].pk}"],
                "primary_criterion": other.study.criteria.all()[0].pk,
            },
            {"contrasts": [f"{ours[1].pk}-{ours[0].pk}"], "based_on": "x"},
        )
    ]

    assert answers == [422] * 5
    assert not ContrastPlan.objects.exists()


def test_second_manager_is_told_and_keeps_what_she_chose(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    vanilla, cons, iterated = conditions(cast)
    seen_by_both = shown_plan(client, cast)
    client.post(address(cast), {"based_on": seen_by_both, "contrasts": [f"{iterated.pk}-{cons.pk}"]})
    mine = {"based_on": seen_by_both, "contrasts": [f"{iterated.pk}-{vanilla.pk}"]}

    told = client.post(address(cast), mine)
    kept = planned(cast)
    client.post(address(cast), mine | {"based_on": shown_plan(client, cast)})

    assert told.status_code == 422
    assert "changed the plan after you opened this page" in words(told)
    assert f'value="{iterated.pk}-{vanilla.pk}" checked' in told.content.decode()
    assert kept == [("ITER +cons", "INDV +cons")]
    assert planned(cast) == [("ITER +cons", "INDV vanilla")]


def test_researcher_reads_and_nobody_else_does(client: Client, cast: Cast) -> None:
    _, cons, iterated = conditions(cast)
    answers = {}

    for who in ("researcher", "rater", "outsider"):
        client.force_login(getattr(cast, who))
        read = client.get(address(cast))
        sent = client.post(address(cast), {"contrasts": [f"{iterated.pk}-{cons.pk}"]})
        back = client.post(address(cast, "study_contrasts_by_rule"))
        answers[who] = (read.status_code, "Plan them" in words(read), sent.status_code, back.status_code)

    assert answers == {
        "researcher": (200, False, 404, 404),
        "rater": (404, False, 404, 404),
        "outsider": (404, False, 404, 404),
    }
    assert not ContrastPlan.objects.exists()


def test_plan_can_be_made_while_scores_by_condition_are_hidden(client: Client, cast: Cast) -> None:
    rate(cast.assignments(cast.rater)[0])
    hide_conditions(cast.study, by=cast.manager)
    client.force_login(cast.manager)
    _, cons, iterated = conditions(cast)

    client.post(address(cast), {"contrasts": [f"{iterated.pk}-{cons.pk}"]})
    compared = words(client.get(reverse("study_comparisons", args=[cast.study.slug])))

    assert planned(cast) == [("ITER +cons", "INDV +cons")]
    assert str(cons) not in compared


@pytest.mark.parametrize(
    ("design", "sentence"),
    [
        ({"strategies": ["INDV vanilla"]}, "the design has fewer than two conditions."),
        ({"strategies": ["INDV +cons", "ITER +cons"]}, "no model of this study has both"),
    ],
)
def test_page_without_a_contrast_says_why(
    client: Client, design: dict[str, list[str]], sentence: str
) -> None:
    cast = make_study(posts=1, is_generated=False, **design)
    client.force_login(cast.manager)

    assert sentence in words(client.get(address(cast)))


def test_visitor_is_sent_to_sign_in(client: Client, cast: Cast) -> None:
    answers = [client.get(address(cast)), client.post(address(cast, "study_contrasts_by_rule"))]

    assert all(answer["Location"].startswith(reverse("account_login")) for answer in answers)
