import html
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseStopPolling
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from annotation.domain.generation import start_generation
from annotation.enums import EventKind
from annotation.models import StudyEvent
from generation.backends.base import Failure, FailureKind
from generation.domain.queue import claim_batch, held_steps, record_broken_attempt
from generation.domain.response import record_outcomes, store_environment
from generation.enums import RunStatus
from generation.models import Chain, Response, Step
from generation.queries.chat import ask_steps
from generation.tasks import drain_queue
from tests.factories import ENVIRONMENT, Cast, make_study, write_all

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def make_flawed_study(posts: int) -> Cast:
    """One text refused, all others with a slot that was never filled in."""
    cast = make_study(posts=posts, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    cast.study.refresh_from_db()
    fail_for_good(FailureKind.REFUSED, limit=1)
    write_all(
        run,
        text_for=lambda chain, step: (
            f"You can do this, [Your Name]. It is step {chain.pk} of a long way, and you will take it "
            "tomorrow, early in the morning."
        ),
    )
    return cast


def fail_for_good(kind: FailureKind, *, limit: int) -> None:
    lease = claim_batch(worker="pen", limit=limit)
    outcomes = [
        (asked, Failure(kind, "")) for asked in ask_steps(held_steps(lease.token), lease.run_model.run)
    ]
    record_outcomes(lease, outcomes, environment=store_environment(ENVIRONMENT), seed=1)


def page_url(cast: Cast, name: str = "study_generation") -> str:
    return reverse(name, args=[cast.study.slug])


def test_before_the_design_the_page_leads_to_it(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    cast.study.conditions.all().delete()
    client.force_login(cast.manager)

    page = client.get(page_url(cast)).content.decode()

    assert "The design comes first" in page
    assert "Start the generation" not in page


def test_before_the_start_the_page_says_what_it_will_take_and_freeze(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    client.force_login(cast.manager)

    response = client.get(page_url(cast))

    page = html.unescape(response.content.decode())
    estimate = response.context["estimate"]
    assert (estimate.calls, estimate.seconds) == (10, None)
    assert "Time not known yet" in page
    assert "not known until the first texts are written" in page
    assert f"{cast.study.constitution_set}<br>" in page
    assert cast.study.constitution_set.content_hash[:12] in page
    assert cast.study.prompt_set.content_hash[:12] in page


def test_time_is_told_once_the_model_has_written_here(client: Client) -> None:
    make_study(posts=3, prefix="earlier-")
    cast = make_study(posts=2, is_generated=False)
    client.force_login(cast.manager)

    page = client.get(page_url(cast)).content.decode()

    assert "measured on its latest 15 calls here" in page
    assert "About 1 second" in page


def test_start_makes_the_run_and_wakes_the_workers(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)

    with django_capture_on_commit_callbacks() as callbacks:
        response = client.post(page_url(cast, "study_generation_start"))

    cast.study.refresh_from_db()
    assert response["Location"] == page_url(cast)
    assert cast.study.run is not None
    assert [callback.func for callback in callbacks] == [drain_queue.delay]


def test_second_start_is_refused_in_words(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)

    response = client.post(page_url(cast, "study_generation_start"), follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Generation of this study has been started already."
    ]


def test_page_asks_again_while_texts_are_written_and_stops_when_they_are(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    client.force_login(cast.manager)

    during = client.get(page_url(cast), headers=HTMX)
    write_all(run)
    after = client.get(page_url(cast), headers=HTMX)

    assert (during.status_code, after.status_code) == (200, HttpResponseStopPolling.status_code)
    # The whole page is fetched anew: it lists what cannot be rated.
    assert (during.headers.get("HX-Refresh"), after.headers.get("HX-Refresh")) == (None, "true")
    assert ("every 2s" in during.content.decode(), "every 2s" in after.content.decode()) == (True, False)
    assert "<html" not in during.content.decode()
    assert "0 of" not in after.content.decode()


def test_pause_stops_the_asking_and_resume_goes_on(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    start_generation(cast.study, by=cast.manager)
    client.force_login(cast.manager)

    client.post(page_url(cast, "study_generation_pause"))
    paused = client.get(page_url(cast), headers=HTMX)
    client.post(page_url(cast, "study_generation_resume"))
    resumed = client.get(page_url(cast), headers=HTMX)

    assert (paused.status_code, resumed.status_code) == (286, 200)
    assert "Resume" in paused.content.decode()
    assert list(StudyEvent.objects.order_by("id").values_list("kind", flat=True))[-2:] == [
        EventKind.GENERATION_PAUSED,
        EventKind.GENERATION_RESUMED,
    ]


def test_failures_are_counted_with_their_reasons(client: Client) -> None:
    cast = make_study(posts=3, strategies=("INDV vanilla",), is_generated=False)
    start_generation(cast.study, by=cast.manager)
    fail_for_good(FailureKind.REFUSED, limit=2)
    lease = claim_batch(worker="pen", limit=1)
    record_broken_attempt(held_steps(lease.token), kind="unavailable", detail="No weights in the folder.")
    client.force_login(cast.manager)

    page = html.unescape(client.get(page_url(cast), headers=HTMX).content.decode())

    assert "2 failed</span> The model refused to answer." in page
    assert "1 to be tried again</span> The model could not be reached." in page
    assert "No weights in the folder." in page


def test_failed_texts_are_tried_again(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cast = make_study(posts=2, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    fail_for_good(FailureKind.REFUSED, limit=2)
    client.force_login(cast.manager)
    assert "Try the 2 failed again" in client.get(page_url(cast)).content.decode()

    with django_capture_on_commit_callbacks() as callbacks:
        client.post(page_url(cast, "study_generation_retry"))
    write_all(run)

    assert [callback.func for callback in callbacks] == [drain_queue.delay]
    assert Response.objects.count() == 2
    assert StudyEvent.objects.latest("id").kind == EventKind.GENERATION_RETRIED


def test_cancelling_asks_first_and_says_what_is_kept(client: Client) -> None:
    cast = make_study(posts=2, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    Step.objects.filter(chain__post__key="post-2").update(not_before="2100-01-01T00:00Z")
    write_all(run)
    client.force_login(cast.manager)

    asked = client.get(page_url(cast, "study_generation_cancel")).content.decode()
    client.post(page_url(cast, "study_generation_cancel"))
    after = client.get(page_url(cast), headers=HTMX)

    assert "The 1 of 2 texts that are written are kept" in asked
    run.refresh_from_db()
    assert (run.status, after.status_code) == (RunStatus.CANCELLED, 286)
    assert "Cancelled" in after.content.decode()
    assert StudyEvent.objects.filter(kind=EventKind.GENERATION_CANCELLED).count() == 1


def test_cancelling_what_was_not_started_leads_back(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)

    asked = client.get(page_url(cast, "study_generation_cancel"))
    refused = client.post(page_url(cast, "study_generation_cancel"), follow=True)

    assert asked["Location"] == page_url(cast)
    assert [str(message) for message in refused.context["messages"]] == [
        "Generation has not been started yet."
    ]


@pytest.mark.parametrize(
    ("entered", "priority", "words"),
    [
        ("7", 7, "The priority is set, from the next texts on."),
        ("-100", -100, "The priority is set, from the next texts on."),
        ("101", 0, "The priority must be 100 or less."),
        ("1.5", 0, "The priority must be a whole number."),
        ("", 0, "The priority must be a whole number."),
    ],
)
def test_priority_is_set_or_refused_in_words(client: Client, entered: str, priority: int, words: str) -> None:
    cast = make_study(posts=1, is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    client.force_login(cast.manager)

    response = client.post(page_url(cast, "study_generation_priority"), {"priority": entered}, follow=True)

    run.refresh_from_db()
    assert run.priority == priority
    assert [str(message) for message in response.context["messages"]] == [words]


def test_page_says_what_to_do_when_no_worker_comes(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    start_generation(cast.study, by=cast.manager)
    client.force_login(cast.manager)

    at_first = client.get(page_url(cast), headers=HTMX).content.decode()
    StudyEvent.objects.update(at=timezone.now() - timedelta(minutes=2))
    later = client.get(page_url(cast), headers=HTMX).content.decode()

    assert ("Waiting for a worker." in at_first, "manage.py doctor" in at_first) == (True, False)
    assert "nobody has taken up these texts for 2 minutes" in later
    assert "manage.py doctor" in later


def test_page_says_when_another_study_comes_first(client: Client) -> None:
    other, cast = make_study(posts=1, is_generated=False, prefix="other-"), make_study(is_generated=False)
    for one in (other, cast):
        start_generation(one.study, by=one.manager)
    StudyEvent.objects.update(at=timezone.now() - timedelta(minutes=2))
    client.force_login(cast.manager)

    page = client.get(page_url(cast)).content.decode()

    assert "1 other run, of other studies or of judges, comes first" in page
    assert "manage.py doctor" not in page


def test_page_says_when_workers_are_at_another_study(client: Client) -> None:
    other = make_study(posts=1, prefix="other-", is_generated=False)
    start_generation(other.study, by=other.manager)
    claim_batch(worker="host:1", limit=100)
    cast = make_study(posts=1, is_generated=False)
    start_generation(cast.study, by=cast.manager)
    StudyEvent.objects.update(at=timezone.now() - timedelta(hours=1))
    client.force_login(cast.manager)

    page = client.get(page_url(cast)).content.decode()

    assert "workers are at something else, such as another study" in page
    assert "manage.py doctor" not in page


def test_page_leads_to_the_texts_to_review_and_to_those_excluded(client: Client) -> None:
    cast = make_flawed_study(posts=3)
    Response.objects.filter(chain__post__position=2).update(status="excluded")
    client.force_login(cast.manager)

    page = client.get(page_url(cast)).content.decode()

    assert f'href="{page_url(cast, "study_attention")}#texts">Review 1 text<' in page
    assert f'href="{page_url(cast, "study_excluded_texts")}">See the 1 excluded<' in page


def test_cancelled_generation_offers_nothing_that_would_be_refused(client: Client) -> None:
    cast = make_flawed_study(posts=3)
    client.force_login(cast.manager)
    text = Response.objects.get(chain__post__position=2)
    review = reverse("study_review", args=[cast.study.slug, text.pk])
    before = client.get(page_url(cast)).content.decode() + client.get(review).content.decode()

    client.post(page_url(cast, "study_generation_cancel"))

    after = client.get(page_url(cast)).content.decode() + client.get(review).content.decode()
    offers = ("Write again", "Write all", "failed again")
    assert [offer in before for offer in offers] == [True, True, True]
    assert [offer in after for offer in offers] == [False, False, False]
    assert "Accept as it is" in after


def test_study_by_people_only_tells_nothing_of_models(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    cast.study.conditions.all().delete()
    Response.objects.create(
        source="human",
        post=cast.study.posts.posts.get(),
        method="oracle_response",
        text="Rest.",
        status="valid",
    )
    cast.study.conditions.create(source="human", method="oracle_response", position=1)
    client.force_login(cast.manager)

    before = client.get(page_url(cast)).content.decode()
    client.post(page_url(cast, "study_generation_start"))
    after = client.get(page_url(cast)).content.decode()

    assert "Fix the design" in before
    assert ("Temperature" in before, "Prompt set" in before) == (False, False)
    assert page_url(cast, "study_run_posts") in after


def test_unusable_texts_are_listed_with_their_reasons(client: Client) -> None:
    cast = make_flawed_study(posts=2)
    client.force_login(cast.manager)

    unusable = client.get(page_url(cast)).context["unusable"]

    assert [(text.chain.post.key, text.response is None, text.reasons) for text in unusable] == [
        ("post-1", True, ("The model refused to answer.",)),
        ("post-2", False, ("The text holds a slot that was never filled in, such as [Your Name].",)),
    ]


def test_unusable_text_is_written_again(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cast = make_flawed_study(posts=1)
    chain = Chain.objects.get(run_model__run=cast.study.run)
    client.force_login(cast.manager)

    with django_capture_on_commit_callbacks() as callbacks:
        client.post(reverse("study_text_again", args=[cast.study.slug, chain.pk]))

    assert list(Chain.objects.order_by("id").values_list("generation_no", flat=True)) == [1, 2]
    assert len(callbacks) == 1
    assert client.get(page_url(cast)).context["unusable"] == []


def test_all_unusable_texts_are_written_again(client: Client) -> None:
    cast = make_flawed_study(posts=3)
    client.force_login(cast.manager)

    client.post(page_url(cast, "study_texts_again"))
    nothing_left = client.post(page_url(cast, "study_texts_again"), follow=True)

    assert Chain.objects.filter(generation_no=2).count() == 3
    assert [str(message) for message in nothing_left.context["messages"]][-1] == (
        "Every text that has been written can be rated."
    )


def test_text_in_use_is_not_written_again(client: Client) -> None:
    cast = make_study(posts=1)
    chain = Chain.objects.filter(run_model__run=cast.study.run)[0]
    client.force_login(cast.manager)

    response = client.post(reverse("study_text_again", args=[cast.study.slug, chain.pk]), follow=True)

    assert "stays as it is" in str(next(iter(response.context["messages"])))
    assert not Chain.objects.filter(generation_no=2).exists()


@pytest.mark.parametrize("posts", [1, 3])
def test_live_part_takes_the_same_queries_for_one_post_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    cast = make_study(posts=posts, is_generated=False)
    start_generation(cast.study, by=cast.manager)
    claim_batch(worker="host:1", limit=1)
    client.force_login(cast.manager)

    with django_assert_num_queries(17):
        page = client.get(page_url(cast), headers=HTMX).content.decode()

    assert "host:1" in page


@pytest.mark.parametrize("posts", [1, 3])
def test_page_before_the_start_takes_the_same_queries_for_one_post_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    cast = make_study(posts=posts, is_generated=False)
    client.force_login(cast.manager)
    client.get(page_url(cast))  # the constitution's rows are kept by the process

    with django_assert_num_queries(15):
        client.get(page_url(cast))


@pytest.mark.parametrize("posts", [2, 4])
def test_page_takes_the_same_queries_for_one_flawed_text_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    cast = make_flawed_study(posts=posts)
    client.force_login(cast.manager)

    with django_assert_num_queries(21):
        response = client.get(page_url(cast))

    assert len(response.context["unusable"]) == posts


@pytest.mark.django_db(transaction=True)
def test_generation_starts_though_the_broker_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise OperationalError

    monkeypatch.setattr(drain_queue, "delay", fail)
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)

    response = client.post(page_url(cast, "study_generation_start"))

    cast.study.refresh_from_db()
    assert (response.status_code, cast.study.run is not None) == (302, True)
    assert "did not take the message" in caplog.text
