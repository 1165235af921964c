from collections.abc import Callable

import pytest

from annotation.domain.errors import StudyError
from annotation.domain.item import attach_responses
from annotation.domain.review import accept_text, exclude_text
from annotation.domain.stimuli import verify_stimuli
from annotation.domain.study import change_texts, close_study, open_study, regenerate_text
from annotation.enums import EventKind
from annotation.models import Criterion, Item, ScalePoint, Study, StudyEvent
from annotation.queries.stimuli import stimuli_of
from generation.canonical import canonical_sha256
from generation.models import Dimension, Post, Response
from tests.annotation.reviews import flawed_texts, make_flawed_study
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def hashes(cast: Cast) -> list[str]:
    events = StudyEvent.objects.filter(study=cast.study, kind=EventKind.STIMULI_HASHED).order_by("pk")
    return [event.detail for event in events]


def current(cast: Cast) -> str:
    cast.study.refresh_from_db()
    return cast.study.stimuli_sha256


def test_hash_is_taken_when_the_last_text_is_there() -> None:
    cast = make_study(posts=2, is_open=False)

    sha256 = current(cast)

    assert sha256 == canonical_sha256(stimuli_of(cast.study))
    assert cast.study.stimuli_hashed_at is not None
    assert hashes(cast) == [f"sha256 {sha256}"]
    assert verify_stimuli(cast.study)


def test_hash_waits_for_a_text_that_needs_review() -> None:
    cast = make_flawed_study(posts=2)
    assert current(cast) == ""
    with pytest.raises(StudyError, match="not complete yet"):
        verify_stimuli(cast.study)

    accept_text(cast.study, flawed_texts()[0], by=cast.manager, known_reviews=0)

    assert current(cast) != ""


def test_hash_does_not_wait_for_an_excluded_text() -> None:
    cast = make_flawed_study(posts=2)

    exclude_text(cast.study, flawed_texts()[0], by=cast.manager, known_reviews=0)

    assert current(cast) != ""
    assert [item["response_sha256"] is None for item in stimuli_of(cast.study)["items"]] == [True, False]


def test_before_opening_a_decision_takes_the_hash_anew() -> None:
    cast = make_flawed_study(posts=2)
    [text] = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0)
    without = current(cast)

    accept_text(cast.study, text, by=cast.manager, known_reviews=1)

    assert hashes(cast) == [f"sha256 {without}", f"sha256 {current(cast)}"]
    assert current(cast) != without


def test_before_opening_a_text_that_is_written_again_takes_the_hash_away() -> None:
    cast = make_flawed_study(posts=2)
    [text] = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0)

    regenerate_text(cast.study, text.chain, by=cast.manager)

    assert (current(cast), cast.study.stimuli_hashed_at) == ("", None)


def test_hash_stays_once_the_study_is_open() -> None:
    cast = make_study(posts=1, is_open=False)
    sha256 = current(cast)

    open_study(cast.study, by=cast.manager)
    attach_responses(cast.study)
    close_study(cast.study, by=cast.manager)

    assert (current(cast), len(hashes(cast))) == (sha256, 1)


def test_hash_is_taken_at_closing_at_the_latest() -> None:
    cast = make_flawed_study(posts=2, is_open=True)
    assert current(cast) == ""

    close_study(cast.study, by=cast.manager)

    assert hashes(cast) == [f"sha256 {current(cast)}"]
    assert verify_stimuli(cast.study)


def test_same_content_has_the_same_hash_with_other_ids() -> None:
    first, second = make_study(posts=2, prefix="a"), make_study(posts=2, prefix="b")
    texts = {cell(item): item.response.text for item in Item.objects.filter(study=first.study)}
    for item in Item.objects.filter(study=second.study).order_by("-pk"):
        Response.objects.filter(pk=item.response_id).update(text=texts[cell(item)])

    assert stimuli_of(first.study) == stimuli_of(second.study)


def cell(item: Item) -> tuple[str, str, str]:
    return item.post.key, item.condition.strategy_key, item.dimension.key


CHANGES: dict[str, Callable[[Study], object]] = {
    "post": lambda study: Post.objects.filter(collection=study.posts).update(text="Other"),
    "content note": lambda study: Post.objects.filter(collection=study.posts).update(content_note="Grief"),
    "response": lambda study: Response.objects.filter(item__study=study).update(text="Other"),
    "aim": lambda study: Dimension.objects.update(aim="Other"),
    "standards": lambda study: Dimension.objects.update(standards=["Other"]),
    "dimension's name": lambda study: Dimension.objects.update(name="Other"),
    "question": lambda study: Criterion.objects.filter(study=study).update(question="Other"),
    "label of a point": lambda study: ScalePoint.objects.filter(criterion__study=study).update(label="Other"),
    "condition": lambda study: study.conditions.update(method="+appr"),
    "item": lambda study: study.items.update(response=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_what_is_shown_is_noticed(change: Callable[[Study], object]) -> None:
    cast = make_study(posts=1, is_open=False, strategies=["INDV vanilla"])

    change(cast.study)

    assert not verify_stimuli(cast.study)


def test_instructions_may_be_mended() -> None:
    cast = make_study(posts=1)

    texts = dict.fromkeys(("instructions", "consent", "support_contact", "concern_protocol"), "New")
    change_texts(cast.study, **texts, by=cast.manager)

    assert verify_stimuli(cast.study)
