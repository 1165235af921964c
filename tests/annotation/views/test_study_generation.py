import pytest
from django.test import Client
from django.urls import reverse
from django_htmx.http import HttpResponseStopPolling
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from annotation.domain.study import start_generation
from annotation.enums import EventKind
from annotation.models import StudyEvent
from generation.backends.base import Failure, FailureKind
from generation.domain.queue import claim_batch
from generation.domain.response import record_failure
from generation.domain.worker import messages_of
from generation.models import Chain, Step
from generation.tasks import drain_queue
from tests.factories import Cast, make_study, write_all

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def make_flawed_study(posts: int) -> Cast:
    """One text refused, all others with a slot that was never filled in."""
    cast = make_study(posts=posts, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    cast.study.refresh_from_db()
    lease = claim_batch(worker="pen", limit=1)
    step = Step.objects.get(pk__in=lease.step_ids)
    record_failure(
        lease, step, messages=messages_of(step), failure=Failure(FailureKind.REFUSED, "content filter")
    )
    write_all(
        run,
        text_for=lambda chain, step: (
            f"You can do this, [Your Name]. It is step {chain.pk} of a long way, and you will take it "
            "tomorrow, early in the morning."
        ),
    )
    return cast


def page_url(cast: Cast, name: str = "study_generation") -> str:
    return reverse(name, args=[cast.study.slug])


def test_before_the_design_the_page_leads_to_it(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    cast.study.conditions.all().delete()
    client.force_login(cast.manager)

    page = client.get(page_url(cast)).content.decode()

    assert "The design comes first" in page
    assert "Start the generation" not in page


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


@pytest.mark.parametrize("posts", [2, 4])
def test_page_takes_the_same_queries_for_one_flawed_text_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    cast = make_flawed_study(posts=posts)
    client.force_login(cast.manager)

    with django_assert_num_queries(11):
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
