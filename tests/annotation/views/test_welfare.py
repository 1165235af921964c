import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from annotation.domain.welfare import choose_topics
from annotation.models import Assignment, DayExtension, Study, TopicOptOut
from tests.annotation.active_time import work
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(client: Client) -> Cast:
    cast = make_study(posts=2, raters=3)
    cast.study.posts.posts.filter(position=1).update(content_note="Loss, violence")
    client.force_login(cast.rater)
    return cast


def address(cast: Cast, place: str = "") -> str:
    return f"/rate/{cast.study.slug}/{place}"


def words(response) -> str:  # noqa: ANN001
    return " ".join(response.content.decode().split())


def work_now(cast: Cast, *, minutes: float) -> None:
    seat = cast.assignments(cast.rater)[0]
    work(seat, begin=datetime.now(UTC) - timedelta(minutes=minutes), minutes=minutes)


def test_topics_come_between_consent_and_instructions(client: Client) -> None:
    cast = make_study(posts=1, has_consent=False)
    cast.study.posts.posts.update(content_note="Loss")
    client.force_login(cast.rater)

    consented = client.post(address(cast, "consent/"), {"answer": "agree", "version": "1"})
    before = client.get(address(cast))
    chosen = client.post(address(cast, "topics/"), {"not_read": ["loss"]})
    after = client.get(address(cast))

    assert [response["Location"] for response in (consented, before, chosen)] == [
        address(cast, "topics/"),
        address(cast, "topics/"),
        address(cast, "instructions/"),
    ]
    assert after.status_code == 200  # nothing is left for her to read
    assert list(TopicOptOut.objects.values_list("topic", flat=True)) == ["loss"]


def test_topics_are_not_asked_where_no_post_has_a_note(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.rater)

    assert client.get(address(cast))["Location"] == address(cast, "1/")
    assert "No post of this study has a note" in words(client.get(address(cast, "topics/")))


def test_topics_need_consent_first(client: Client) -> None:
    cast = make_study(posts=1, has_consent=False)
    client.force_login(cast.rater)

    assert client.post(address(cast, "topics/"))["Location"] == address(cast, "consent/")


def test_topics_can_be_changed_from_her_list_and_take_open_items_back(cast: Cast, client: Client) -> None:
    choose_topics(cast.membership(cast.rater), not_read=[])
    n_open = Assignment.objects.filter(rater__user=cast.rater, item__post__position=1).count()
    link = re.search(r'href="([^"]+/topics/)"', client.get(address(cast, "rated/")).content.decode())

    response = client.post(link[1], {"not_read": ["violence"]}, follow=True)

    assert f"Your topics are saved. {n_open} of your items went to others." in words(response)
    page = client.get(link[1]).content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["violence"]


def test_topic_of_no_post_is_refused(cast: Cast, client: Client) -> None:
    response = client.post(address(cast, "topics/"), {"not_read": ["spiders"]})

    assert "not_read" in response.context["form"].errors
    assert TopicOptOut.objects.count() == 0


@pytest.mark.parametrize("place", ["topics/", "break/", "rated/ratings.csv", "1/activity/"])
@pytest.mark.parametrize("who", ["manager", "researcher", "outsider"])
def test_pages_are_for_the_studys_raters(cast: Cast, place: str, who: str) -> None:
    stranger = Client()
    stranger.force_login(getattr(cast, who))
    send = stranger.post if place == "1/activity/" else stranger.get

    assert send(address(cast, place)).status_code == 404


def test_break_is_suggested_before_the_next_item_and_may_be_passed_over(cast: Cast, client: Client) -> None:
    choose_topics(cast.membership(cast.rater), not_read=[])
    work_now(cast, minutes=46)

    suggested = client.get(address(cast))
    page = client.get(suggested["Location"])
    passed_over = client.post(suggested["Location"])
    after = client.get(passed_over["Location"])

    assert suggested["Location"] == address(cast, "break/")
    assert "You have been reading for about 46 minutes since your last break." in words(page)
    assert after["Location"] == address(cast, f"{cast.assignments(cast.rater)[0].position}/")


def test_day_has_an_end_that_she_may_pass_over_with_a_reason(cast: Cast, client: Client) -> None:
    choose_topics(cast.membership(cast.rater), not_read=[])
    Study.objects.update(daily_minutes=1)
    work_now(cast, minutes=2)

    page = client.get(client.get(address(cast))["Location"])
    client.post(address(cast, "break/"), {"reason": "On a train"})
    after = client.get(address(cast))

    assert "Enough for today?" in words(page)
    assert list(DayExtension.objects.values_list("reason", flat=True)) == ["On a train"]
    assert after["Location"] == address(cast, f"{cast.assignments(cast.rater)[0].position}/")


def test_batch_ends_kindly(cast: Cast, client: Client) -> None:
    choose_topics(cast.membership(cast.rater), not_read=[])
    Study.objects.update(batch_size=1)
    client.post(address(cast, "1/skip/"))

    page = client.get(client.get(address(cast))["Location"])

    assert "That was a batch: 1 item since your last break." in words(page)


def test_break_page_without_a_reason_is_a_plain_pause(cast: Cast, client: Client) -> None:
    assert "Take the time you need" in words(client.get(address(cast, "break/")))


def test_time_zone_can_be_chosen(cast: Cast, client: Client) -> None:
    response = client.post("/rate/time-zone/", {"time_zone": "Asia/Tokyo"}, follow=True)
    client.post("/rate/time-zone/", {"time_zone": "nowhere"})

    cast.rater.refresh_from_db()
    assert "Your time zone is saved." in words(response)
    assert cast.rater.time_zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    "place",
    [
        "",
        "consent/",
        "topics/",
        "instructions/",
        "break/",
        "1/",
        "rated/",
        "concern/",
        "declined",
        "day",
        "end",
    ],
)
def test_support_is_one_press_away_from_every_page(cast: Cast, client: Client, place: str) -> None:
    support = f'href="{address(cast, "support/")}"'
    if place == "declined":
        response = client.post(address(cast, "consent/"), {"answer": "decline", "version": "1"})
    elif place == "day":
        Study.objects.update(daily_minutes=1)
        work_now(cast, minutes=2)
        response = client.get(address(cast, "break/"))
    elif place == "end":
        Assignment.objects.filter(rater__user=cast.rater).update(status="withdrawn")
        choose_topics(cast.membership(cast.rater), not_read=[])
        response = client.get(address(cast))
    else:
        response = client.get(address(cast, place), follow=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert support in page or 'popovertarget="support"' in page


def test_support_is_one_press_away_from_the_list_of_studies(cast: Cast, client: Client) -> None:
    other = make_study(posts=1, prefix="other-")
    other.study.memberships.create(user=cast.rater, role="rater", code="R09")

    page = client.get("/rate/").content.decode()

    assert f'href="/rate/{cast.study.slug}/support/"' in page
    assert f'href="/rate/{other.study.slug}/support/"' in page
