import pytest

from annotation.domain.allocation import allocate
from annotation.domain.errors import StudyError
from annotation.domain.generation import start_generation
from annotation.domain.item import attach_responses
from annotation.domain.review import accept_text, edit_text, exclude_text
from annotation.domain.study import close_study, regenerate_text
from annotation.enums import EventKind
from annotation.models import Assignment, Item, Study, StudyEvent
from annotation.queries.attention import items_short_of_raters
from annotation.queries.overview import annotate_numbers
from annotation.queries.stimuli import has_waiting_items, items_left_out
from generation.models import Response
from generation.queries.run import unusable_chains
from tests.annotation.reviews import flawed_texts, make_flawed_study
from tests.factories import Cast, make_study, write_all

pytestmark = pytest.mark.django_db

BETTER = "It is a wonder that you still stand. Rest a while, and ask a friend to sit with you tonight."
REVIEWS = (EventKind.RESPONSE_ACCEPTED, EventKind.RESPONSE_EDITED, EventKind.RESPONSE_EXCLUDED)


def log(cast: Cast) -> list[tuple[str, object, str]]:
    events = StudyEvent.objects.filter(study=cast.study, kind__in=REVIEWS).order_by("pk")
    return [(event.kind, event.by, event.detail) for event in events]


def test_accepted_text_reaches_its_item_and_the_log() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()

    accept_text(cast.study, text, by=cast.manager, known_reviews=0)

    assert Item.objects.get().response == text
    assert log(cast) == [(EventKind.RESPONSE_ACCEPTED, cast.manager, f"response {text.pk}")]


def test_edited_text_reaches_its_item_and_the_log() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()

    edit_text(cast.study, text, text=BETTER, by=cast.manager, known_reviews=0, note="Role taken out")

    assert Item.objects.get().response.text == BETTER
    assert log(cast) == [(EventKind.RESPONSE_EDITED, cast.manager, f"response {text.pk}")]
    assert text.reviews.get().note == "Role taken out"


def test_refused_edit_leaves_no_trace() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()

    with pytest.raises(StudyError, match="The text is empty"):
        edit_text(cast.study, text, text="", by=cast.manager, known_reviews=0)

    assert (log(cast), text.reviews.count(), Item.objects.get().response) == ([], 0, None)


def test_excluded_text_leaves_its_item_empty_and_nobody_waits_for_it() -> None:
    cast = make_flawed_study(posts=3, is_open=True)
    [text] = flawed_texts()

    exclude_text(cast.study, text, by=cast.manager, known_reviews=0)

    item = Item.objects.get(response=None)
    assert (list(items_left_out()), has_waiting_items(cast.study)) == ([item], False)
    assert Assignment.objects.filter(item=item).count() == 0
    assert list(unusable_chains(cast.study.run)) == []
    assert log(cast) == [(EventKind.RESPONSE_EXCLUDED, cast.manager, f"response {text.pk}")]
    numbers = annotate_numbers(type(cast.study).objects).get()
    assert (numbers.n_items, numbers.n_left_out, numbers.n_to_rate, numbers.n_wanted) == (3, 1, 2, 4)


def test_excluded_text_for_no_single_dimension_leaves_all_its_items_out() -> None:
    cast = make_flawed_study(posts=2)
    extra = cast.study.constitution_set.dimensions.exclude(pk__in=cast.study.dimensions.all())[0]
    item = Item.objects.get(post__position=1)
    Item.objects.create(study=cast.study, post=item.post, condition=item.condition, dimension=extra)

    exclude_text(cast.study, flawed_texts()[0], by=cast.manager, known_reviews=0)

    assert list(items_left_out()) == list(Item.objects.filter(post__position=1).order_by("pk"))


def test_excluded_text_of_another_study_leaves_no_item_out() -> None:
    make_flawed_study()
    other = make_study(
        posts=1, strategies=["INDV vanilla"], prefix="other-", is_open=False, is_generated=False
    )
    start_generation(other.study, by=other.manager)
    [text] = flawed_texts()
    first = Study.objects.get(run=text.chain.run_model.run)

    exclude_text(first, text, by=other.manager, known_reviews=0)

    assert {item.study_id for item in items_left_out()} == {first.pk}


def test_excluded_items_get_no_raters() -> None:
    cast = make_flawed_study(posts=3, is_open=True)
    exclude_text(cast.study, flawed_texts()[0], by=cast.manager, known_reviews=0)

    assert allocate(cast.study, by=cast.manager) == 0
    assert list(items_short_of_raters(cast.study)) == []


def test_excluded_text_can_be_taken_back_and_gets_raters_again() -> None:
    cast = make_flawed_study(posts=3, flawed=2, is_open=True)
    text, _ = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0)

    accept_text(cast.study, text, by=cast.manager, known_reviews=1)

    item = Item.objects.get(response=text)
    assert list(items_short_of_raters(cast.study)) == [item]
    assert allocate(cast.study, by=cast.manager) == 2
    assert item.assignments.count() == 2


def test_text_that_was_excluded_can_be_written_again() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0)

    regenerate_text(cast.study, text.chain, by=cast.manager)
    write_all(cast.study.run)
    attach_responses(cast.study)

    assert Item.objects.get().response == Response.objects.get(chain__generation_no=2)


def test_text_in_use_stays_as_it_is() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    accept_text(cast.study, text, by=cast.manager, known_reviews=0)

    with pytest.raises(StudyError, match="in use"):
        edit_text(cast.study, text, text=BETTER, by=cast.manager, known_reviews=1)


def test_text_of_another_study_is_not_decided_about() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    other = make_study(posts=1, is_generated=False, prefix="other")

    with pytest.raises(StudyError, match="not one of the study's"):
        accept_text(other.study, text, by=other.manager, known_reviews=0)

    assert log(cast) == []


def test_texts_of_a_closed_study_stay_as_they_are() -> None:
    cast = make_flawed_study(posts=2, is_open=True)
    [text] = flawed_texts()
    close_study(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="The study is closed"):
        accept_text(cast.study, text, by=cast.manager, known_reviews=0)


def test_text_of_a_complete_open_study_cannot_come_back() -> None:
    cast = make_flawed_study(posts=2, is_open=True)
    [text] = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0)

    with pytest.raises(StudyError, match="complete and their hash is taken"):
        accept_text(cast.study, text, by=cast.manager, known_reviews=1)

    with pytest.raises(StudyError, match="complete and their hash is taken"):
        regenerate_text(cast.study, text.chain, by=cast.manager)


def test_second_manager_at_once_gets_a_calm_sentence() -> None:
    cast = make_flawed_study()
    [text] = flawed_texts()
    exclude_text(cast.study, text, by=cast.manager, known_reviews=0)

    with pytest.raises(StudyError, match="A colleague has decided about this text in the meantime"):
        accept_text(cast.study, text, by=cast.manager, known_reviews=0)
