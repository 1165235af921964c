import hashlib
import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from generation.domain.review import ReviewError, accept, edit, exclude
from generation.domain.run import regenerate
from generation.enums import ResponseStatus
from generation.models import Response, ResponseReview
from tests.factories import make_user, write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

FLAWED = "Rating: 7. You carry a great deal, and you may put it down for an evening and call a friend."
BETTER = "You carry a great deal, and you may put it down for an evening and call a friend of yours."


@pytest.fixture
def response() -> Response:
    """A text that needs review; its condition is the run's only one."""
    write_all(make_run(posts=1, strategies=["INDV vanilla"]), text_for=lambda chain, step: FLAWED)
    return Response.objects.get()


@pytest.fixture
def user() -> object:
    return make_user("manager")


def reviews() -> list[tuple[str, list[str], str, str, str]]:
    rows = ResponseReview.objects.order_by("pk")
    return list(rows.values_list("kind", "problems", "text_before", "text_after", "note"))


def test_accept_makes_the_text_valid_as_it_is(response: Response, user: object) -> None:
    review = accept(response, by=user, known_reviews=0, note="It is a quotation.")

    response.refresh_from_db()
    assert (response.status, response.text, response.problems) == ("valid", FLAWED, ["wrong_kind"])
    assert reviews() == [("accepted", ["wrong_kind"], FLAWED, FLAWED, "It is a quotation.")]
    assert review.by == user


def test_edit_changes_text_and_hash_and_keeps_the_first(response: Response, user: object) -> None:
    edit(response, text=BETTER, by=user, known_reviews=0)

    response.refresh_from_db()
    assert (response.status, response.text, response.problems) == ("valid", BETTER, [])
    assert response.sha256 == hashlib.sha256(BETTER.encode()).hexdigest()
    assert response.step.output == FLAWED
    assert reviews() == [("edited", ["wrong_kind"], FLAWED, BETTER, "")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n", "The text is empty."),
        (f"<score>8</score> {BETTER}", "markup of the prompt"),
        (f"{BETTER}\u200b", "invisible or control characters"),
        (FLAWED, "The text is as it was."),
    ],
)
def test_edit_refuses_what_no_rater_may_read(
    response: Response, user: object, text: str, sentence: str
) -> None:
    with pytest.raises(ReviewError, match=sentence):
        edit(response, text=text, by=user, known_reviews=0)

    response.refresh_from_db()
    assert (response.status, response.text, reviews()) == ("needs_review", FLAWED, [])


def test_edit_allows_what_a_person_may_judge_and_records_it(response: Response, user: object) -> None:
    edit(response, text="Call a friend.", by=user, known_reviews=0)

    response.refresh_from_db()
    assert (response.status, response.problems) == ("valid", ["too_short"])


def test_edit_into_the_text_of_another_condition_is_recorded() -> None:
    texts = {"INDV vanilla": FLAWED, "ITER self-refine": BETTER}
    run = make_run(posts=1, strategies=list(texts))
    write_all(run, text_for=lambda chain, step: texts[chain.strategy])
    flawed = Response.objects.get(chain__strategy="INDV vanilla")

    edit(flawed, text=f"So: {BETTER}", by=make_user(), known_reviews=0)

    flawed.refresh_from_db()
    assert flawed.problems == ["near_duplicate"]


def test_excluded_text_can_be_taken_back(response: Response, user: object) -> None:
    exclude(response, by=user, known_reviews=0)
    response.refresh_from_db()
    assert response.status == ResponseStatus.EXCLUDED

    accept(response, by=user, known_reviews=1)

    response.refresh_from_db()
    assert (response.status, [kind for kind, *_ in reviews()]) == ("valid", ["excluded", "accepted"])


def test_excluded_text_is_not_excluded_twice(response: Response, user: object) -> None:
    exclude(response, by=user, known_reviews=0)

    with pytest.raises(ReviewError, match="excluded already"):
        exclude(response, by=user, known_reviews=1)


@pytest.mark.parametrize("decide", [accept, exclude])
def test_valid_text_stays_as_it_is(response: Response, user: object, decide: object) -> None:
    accept(response, by=user, known_reviews=0)

    with pytest.raises(ReviewError, match="can be rated already"):
        decide(response, by=user, known_reviews=1)


def test_decision_that_overlooks_a_colleagues_is_refused(response: Response, user: object) -> None:
    exclude(response, by=user, known_reviews=0)

    with pytest.raises(ReviewError, match="A colleague has decided"):
        accept(response, by=make_user("colleague"), known_reviews=0)


def test_text_that_was_written_again_is_not_decided_about(response: Response, user: object) -> None:
    regenerate(response.chain)

    with pytest.raises(ReviewError, match="no longer counts"):
        accept(response, by=user, known_reviews=0)


def test_step_of_a_refinement_is_not_decided_about(user: object) -> None:
    write_all(make_run(posts=1, strategies=["ITER self-refine"]), text_for=lambda chain, step: FLAWED)
    step = Response.objects.filter(is_final=False).first()

    with pytest.raises(ReviewError, match="step on the way"):
        accept(step, by=user, known_reviews=0)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_are_one(response: Response, user: object) -> None:
    start = threading.Barrier(2)
    answers: list[str] = []

    def decide() -> None:
        start.wait()
        try:
            accept(response, by=get_user_model().objects.get(pk=user.pk), known_reviews=0)
            answers.append("accepted")
        except ReviewError as error:
            answers.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [
        "A colleague has decided about this text in the meantime. Please look once more.",
        "accepted",
    ]
    assert len(reviews()) == 1
