"""The page on which ratings are left out of the numbers, and what that does is seen."""

import html

import pytest
from django.test import Client
from django.urls import reverse

from annotation.domain.assignment import flag
from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment, Exclusion
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

SCORE_PAGES = (
    *("study_scores", "study_distributions", "study_breakdowns", "study_agreement", "study_comparisons"),
    *("study_rater_effects", "study_judge_scores", "study_figures"),
)


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=2, strategies=["INDV vanilla"])
    for seat in Assignment.objects.order_by("pk"):
        rate(seat, alignment="9" if seat.rater.user_id == cast.rater.pk else "3")
    return cast


def address(cast: Cast) -> str:
    return reverse("study_exclusions", args=[cast.study.slug])


def words(response) -> str:  # noqa: ANN001
    return " ".join(response.content.decode().split())


def test_manager_leaves_a_rater_out_sees_the_effect_and_counts_her_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    membership = cast.membership(cast.rater)
    rule = {"kind": "rater", "rater": membership.pk, "reason": "Did not read the instructions."}

    shown = words(client.post(address(cast), rule, follow=True))
    exclusion = Exclusion.objects.get()
    scores = words(client.get(reverse("study_scores", args=[cast.study.slug])))
    ended = words(
        client.post(reverse("study_exclusion_end", args=[cast.study.slug, exclusion.pk]), follow=True)
    )

    assert f"Left out: All ratings by {membership.code}." in shown
    assert "Did not read the instructions." in shown
    assert "2 of 4 ratings are left." in shown
    assert "all: 6.00, n = 4" in shown
    assert '<span class="score-table__mean">3.00</span>' in scores
    assert "Nothing: all 4 submitted ratings count." in ended


@pytest.mark.parametrize(
    ("rule", "n_left_out"),
    [
        ({"kind": "rater"}, 2),
        ({"kind": "flagged"}, 2),
        ({"kind": "too_fast", "seconds": "20"}, 1),
    ],
)
def test_every_kind_of_rule_is_named_with_its_effect_wherever_scores_stand(
    client: Client, cast: Cast, rule: dict[str, str], n_left_out: int
) -> None:
    seat = cast.assignments(cast.rater)[0]
    flag(seat, note="Cut off.")
    Assignment.objects.filter(pk=seat.pk).update(active_seconds=3)
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    membership = cast.membership(cast.rater).pk

    client.post(address(cast), {"rater": membership, "reason": "As agreed.", **rule})
    take_snapshot(cast.study, n_resamples=200)

    said = html.escape(str(Exclusion.objects.get()))
    shown = words(client.get(address(cast)))
    assert f"{4 - n_left_out} of 4 ratings are left." in shown
    assert "all: 6.00, n = 4" in shown
    for name in SCORE_PAGES:
        assert said in words(client.get(reverse(name, args=[cast.study.slug]))), name
    assert said in words(client.get(reverse("admin:annotation_study_scores", args=[cast.study.pk])))
    named = client.get(reverse("api_study_scores", args=[cast.study.slug])).json()["snapshot"]["exclusions"]
    assert named == [{"rule": str(Exclusion.objects.get()), "reason": "As agreed.", "n_ratings": n_left_out}]


def test_rule_with_errors_comes_back_with_words(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)

    response = client.post(address(cast), {"kind": "too_fast", "reason": "Agreed."})

    assert response.status_code == 422
    assert "Please give the seconds, from 1 to 3,600." in words(response)
    assert not Exclusion.objects.exists()


def test_researcher_sees_rules_and_sets_none_and_others_see_nothing(client: Client, cast: Cast) -> None:
    answers = {}

    for who in ("researcher", "rater", "outsider"):
        client.force_login(getattr(cast, who))
        seen = client.get(address(cast))
        sent = client.post(address(cast), {"kind": "flagged", "reason": "x"})
        answers[who] = (seen.status_code, "Leave out more" in words(seen), sent.status_code)

    assert answers == {
        "researcher": (200, False, 404),
        "rater": (404, False, 404),
        "outsider": (404, False, 404),
    }
    assert not Exclusion.objects.exists()


def test_rule_of_another_study_cannot_be_ended(client: Client, cast: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    client.force_login(other.manager)
    client.post(address(other), {"kind": "flagged", "reason": "Agreed."})
    client.force_login(cast.manager)
    exclusion = Exclusion.objects.get()

    response = client.post(reverse("study_exclusion_end", args=[cast.study.slug, exclusion.pk]))

    exclusion.refresh_from_db()
    assert (response.status_code, exclusion.ended_at) == (404, None)
