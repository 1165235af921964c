import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from annotation.domain.review import accept_text, exclude_text
from annotation.models import Item
from generation.models import Chain, Response
from generation.tasks import drain_queue
from tests.annotation.reviews import flawed_texts, make_flawed_study
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

BETTER = "It is a wonder that you still stand.\nRest a while, and ask a friend to sit with you tonight."


def url_of(cast: Cast, text: Response, page: str = "study_review") -> str:
    return reverse(page, args=[cast.study.slug, text.pk])


def manager_of(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.manager)
    return client


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("researcher", 404), ("rater", 404), ("outsider", 404)]
)
def test_review_is_for_managers(client: Client, who: str, status: int) -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    client.force_login(getattr(cast, who))

    assert client.get(url_of(cast, text)).status_code == status
    assert client.get(reverse("study_excluded_texts", args=[cast.study.slug])).status_code == status


@pytest.mark.parametrize("who", ["researcher", "rater", "outsider"])
def test_decision_of_others_changes_nothing(client: Client, who: str) -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    client.force_login(getattr(cast, who))

    answer = client.post(url_of(cast, text), {"decision": "accept", "known_reviews": 0})

    text.refresh_from_db()
    assert (answer.status_code, text.status) == (404, "needs_review")


def test_text_of_another_study_is_not_found() -> None:
    make_flawed_study()
    [text] = flawed_texts()
    other = make_study(posts=1, is_generated=False, prefix="other")

    assert manager_of(other).get(reverse("study_review", args=[other.study.slug, text.pk])).status_code == 404


def test_page_shows_post_text_reasons_and_what_was_sent() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()

    html = manager_of(cast).get(url_of(cast, text)).content.decode()

    assert "The text names a chat role, as if it went on with the conversation." in html
    assert text.post.text in html
    assert text.text.split(".")[0] in html
    assert text.step.messages[0]["content"][:40] in html
    assert "Text 1 of 1" in html


def test_page_shows_the_text_that_it_is_nearly_the_same_as() -> None:
    cast = make_study(posts=1, strategies=["INDV vanilla", "ITER self-refine"], is_open=False)
    vanilla = Response.objects.get(chain__strategy="INDV vanilla")
    Item.objects.filter(response=vanilla).update(response=None)
    twin = Response.objects.get(chain__strategy="ITER self-refine", is_final=True)
    Response.objects.filter(pk=vanilla.pk).update(
        text=twin.text, status="needs_review", problems=["near_duplicate"]
    )

    html = " ".join(manager_of(cast).get(url_of(cast, vanilla)).content.decode().split())

    assert "The text is nearly the same as that of another condition." in html
    assert "Nearly the same: post-1, ITER self-refine" in html
    assert url_of(cast, twin, "study_response") in html


def test_decisions_lead_through_the_texts_that_wait() -> None:
    cast = make_flawed_study(posts=4, flawed=3)
    first, second, third = flawed_texts()
    client = manager_of(cast)

    to_third = client.post(url_of(cast, second), {"decision": "accept", "known_reviews": 0})
    to_first = client.post(url_of(cast, third), {"decision": "exclude", "known_reviews": 0, "note": "Cold"})
    to_overview = client.post(
        url_of(cast, first), {"decision": "edit", "known_reviews": 0, "text": BETTER.replace("\n", "\r\n")}
    )

    assert [answer["Location"] for answer in (to_third, to_first, to_overview)] == [
        url_of(cast, third),
        url_of(cast, first),
        reverse("study_attention", args=[cast.study.slug]),
    ]
    texts = [(text.status, text.reviews.get().note) for text in Response.objects.order_by("pk")[:3]]
    assert texts == [("valid", ""), ("valid", ""), ("excluded", "Cold")]
    assert Response.objects.get(pk=first.pk).text == BETTER


def test_next_and_back_go_through_the_list() -> None:
    cast = make_flawed_study(posts=3, flawed=3)
    first, second, third = flawed_texts()

    context = manager_of(cast).get(url_of(cast, second)).context

    assert (context["place"], context["n_waiting"]) == (2, 3)
    assert (context["previous"], context["next"]) == (first, third)


def test_write_again_queues_the_text_and_wakes_a_worker(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()

    with django_capture_on_commit_callbacks() as callbacks:
        manager_of(cast).post(url_of(cast, text), {"decision": "again", "known_reviews": 0})

    assert [callback.func for callback in callbacks] == [drain_queue.delay]
    assert list(Chain.objects.order_by("pk").values_list("generation_no", "is_current")) == [
        (1, False),
        (2, True),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" ", "Please write the text, or exclude it."),
        (f"<score>1</score> {BETTER}", "The text holds markup of the prompt"),
        (f"{BETTER}\u200b", "The text holds invisible or control characters."),
    ],
)
def test_refused_edit_is_shown_with_its_reason_and_kept_in_the_form(text: str, sentence: str) -> None:
    cast = make_flawed_study()
    [response] = flawed_texts()

    answer = manager_of(cast).post(
        url_of(cast, response), {"decision": "edit", "known_reviews": 0, "text": text}
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert answer.context["form"]["text"].value() == text
    assert Response.objects.get().status == "needs_review"


@pytest.mark.parametrize(
    "data", [{}, {"decision": "burn", "known_reviews": 0}, {"decision": "accept"}, {"decision": "accept",
    "known_reviews": "x"}, {"decision": "accept", "known_reviews": 0, "note": "x" * 301}]
)  # fmt: skip
def test_unreadable_decision_changes_nothing(data: dict[str, object]) -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()

    assert manager_of(cast).post(url_of(cast, text), data).status_code == 422
    assert Response.objects.get().status == "needs_review"


def test_second_of_two_managers_is_told_calmly() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    accept_text(cast.study, text, by=cast.manager, known_reviews=0)

    answer = manager_of(cast).post(
        url_of(cast, text), {"decision": "exclude", "known_reviews": 0}, follow=True
    )

    assert answer.redirect_chain == [(url_of(cast, text, "study_response"), 302)]
    assert "This text is in use: raters may have read it, so it stays as it is." in answer.content.decode()
    assert Response.objects.get().status == "valid"


def test_second_managers_decision_about_an_excluded_text_is_asked_again() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0, note="Too cold")

    answer = manager_of(cast).post(url_of(cast, text), {"decision": "accept", "known_reviews": 0})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "A colleague has decided about this text in the meantime. Please look once more." in html
    assert "Too cold" in html


def test_text_that_can_be_rated_has_no_review_page() -> None:
    cast = make_study(posts=1)
    text = Response.objects.filter(is_final=True).first()

    answer = manager_of(cast).get(url_of(cast, text))

    assert answer["Location"] == url_of(cast, text, "study_response")


def test_excluded_texts_are_listed_apart() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0, note="Too cold")
    client = manager_of(cast)

    attention = client.get(reverse("study_attention", args=[cast.study.slug]))
    excluded = client.get(reverse("study_excluded_texts", args=[cast.study.slug])).content.decode()

    assert (attention.context["n_unusable"], attention.context["n_excluded"]) == (0, 1)
    assert "1 text was excluded after review." in attention.content.decode()
    assert "Too cold" in excluded
    assert url_of(cast, text) in excluded


def test_without_an_excluded_text_the_page_says_so() -> None:
    cast = make_study(posts=1, is_generated=False)

    html = manager_of(cast).get(reverse("study_excluded_texts", args=[cast.study.slug])).content.decode()

    assert "No text is excluded" in html


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_excluded_texts_takes_as_many_queries_for_any_number(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast = make_flawed_study(posts=4, flawed=count)
    for text in flawed_texts():
        exclude_text(cast.study, text, by=cast.manager, known_reviews=0)
    client = manager_of(cast)

    with django_assert_num_queries(8):
        context = client.get(reverse("study_excluded_texts", args=[cast.study.slug])).context

    assert len(context["page"].object_list) == count


@pytest.mark.parametrize("count", [1, 3])
def test_review_takes_as_many_queries_for_any_number(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast = make_flawed_study(posts=4, flawed=count)
    client = manager_of(cast)

    with django_assert_num_queries(15):
        client.get(url_of(cast, flawed_texts()[0]))
