"""Who may open which of the manager's pages: the manager; to everybody else they are not there."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.domain.assignment import flag
from annotation.domain.membership import invite
from annotation.enums import Role
from generation.models import Chain
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

PAGES = [
    "study_detail",
    "study_close",
    "study_design",
    "study_design_numbers",
    "study_human_texts",
    "study_texts",
    "study_welfare",
    "study_topics",
    "study_times",
    "study_generation",
    "study_generation_cancel",
    "study_run_posts",
    "study_run_post",
    "study_people",
    "study_member_remove",
    "study_team_remove",
    "study_preview",
    "study_attention",
]
ACTIONS = [
    "study_allocate",
    "study_open",
    "study_pause",
    "study_close",
    "study_design",
    "study_human_texts",
    "study_texts",
    "study_welfare",
    "study_topics",
    "study_generation_start",
    "study_generation_pause",
    "study_generation_resume",
    "study_generation_cancel",
    "study_generation_retry",
    "study_generation_priority",
    "study_text_again",
    "study_texts_again",
    "study_invite",
    "study_invitation_revoke",
    "study_member_remove",
    "study_team_remove",
    "study_flag_settle",
]


def url_of(name: str, cast: Cast) -> str:
    """Return the page's address, with rows of the study where it takes some."""
    if name == "study_text_again":
        return reverse(
            name, args=[cast.study.slug, Chain.objects.filter(run_model__run=cast.study.run)[0].pk]
        )
    if name == "study_run_post":
        return reverse(name, args=[cast.study.slug, 1])
    if name == "study_invitation_revoke":
        invitation, _ = invite(cast.study, role=Role.RATER, name="", email="", by=cast.manager)
        return reverse(name, args=[cast.study.slug, invitation.pk])
    if name == "study_member_remove":
        return reverse(name, args=[cast.study.slug, cast.membership(cast.rater).pk])
    if name == "study_team_remove":
        return reverse(name, args=[cast.study.slug, cast.membership(cast.researcher).pk])
    if name == "study_flag_settle":
        return reverse(name, args=[cast.study.slug, flag(cast.assignments(cast.rater)[0], note="Look").pk])
    return reverse(name, args=[cast.study.slug])


@pytest.mark.parametrize("page", PAGES)
def test_page_is_for_the_manager_alone(client: Client, page: str) -> None:
    cast = make_study(posts=1)
    url = url_of(page, cast)
    people = {
        "manager": cast.manager,
        "researcher": cast.researcher,
        "rater": cast.rater,
        "outsider": cast.outsider,
    }
    statuses = {}

    for name, user in people.items():
        client.force_login(user)
        statuses[name] = client.get(url).status_code

    assert statuses == {"manager": 200, "researcher": 404, "rater": 404, "outsider": 404}


@pytest.mark.parametrize("action", ACTIONS)
def test_action_is_for_the_manager_alone(client: Client, action: str) -> None:
    cast = make_study(posts=1)
    url = url_of(action, cast)
    people = {"researcher": cast.researcher, "rater": cast.rater, "outsider": cast.outsider}
    n_events = cast.study.events.count()
    statuses = {}

    for name, user in people.items():
        client.force_login(user)
        statuses[name] = client.post(url).status_code

    assert statuses == {"researcher": 404, "rater": 404, "outsider": 404}
    assert cast.study.events.count() == n_events
    client.force_login(cast.manager)
    assert client.post(url).status_code in {200, 302}


@pytest.mark.parametrize("page", sorted({*PAGES, *ACTIONS}))
def test_visitor_is_sent_to_sign_in(client: Client, page: str) -> None:
    url = url_of(page, make_study(posts=1))

    answers = [client.get(url), client.post(url)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert all(answer["Location"].startswith(reverse("account_login")) for answer in answers)


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - set(PAGES)))
def test_reading_changes_nothing(client: Client, action: str) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)

    assert client.get(url_of(action, cast)).status_code == 405


@pytest.mark.parametrize(
    "name",
    [
        "study_text_again",
        "study_invitation_revoke",
        "study_member_remove",
        "study_team_remove",
        "study_flag_settle",
    ],
)
def test_rows_of_another_study_are_not_there(client: Client, name: str) -> None:
    cast = make_study(posts=1)
    other = make_study(posts=1, prefix="other-")
    url = url_of(name, other).replace(f"/{other.study.slug}/", f"/{cast.study.slug}/")
    client.force_login(cast.manager)

    assert client.post(url).status_code == 404


def test_superuser_manages_every_study(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(make_user("root", is_superuser=True, is_staff=True))

    assert client.get(url_of("study_detail", cast)).status_code == 200


def test_removed_manager_is_out(client: Client) -> None:
    cast = make_study(posts=1)
    member = cast.membership(cast.manager)
    member.removed_at = member.joined_at
    member.save()
    client.force_login(cast.manager)

    assert client.get(url_of("study_detail", cast)).status_code == 404
