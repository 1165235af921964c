from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from annotation.domain.active_span import SpanReport
from annotation.domain.assignment import remove_rater, skip
from annotation.domain.draft import DraftChangedError, DraftClosedError, save_draft
from annotation.domain.rating import note_opened
from annotation.domain.study import close_study, pause_study
from annotation.enums import SkipKind
from annotation.models import ActiveSpan, Assignment, Draft
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=1)
    note_opened(seat_of(cast))
    return cast


def seat_of(cast: Cast) -> Assignment:
    return cast.assignments(cast.rater)[0]


def save(
    cast: Cast,
    text: str = "So far.",
    *,
    window: UUID | None = None,
    sequence: int = 1,
    base: int = 0,
    known: str = "",
    spans: tuple[SpanReport, ...] = (),
) -> Draft:
    return save_draft(
        seat_of(cast),
        window=window or uuid4(),
        sequence=sequence,
        base=base,
        known=known,
        content={"rationale_alignment": text},
        spans=spans,
    )


def kept(cast: Cast) -> tuple[UUID, int, int, dict[str, str]]:
    draft = Draft.objects.get(assignment=seat_of(cast))
    return draft.window, draft.sequence, draft.base, draft.content


def test_save_draft_keeps_what_was_typed(cast: Cast) -> None:
    window = uuid4()

    draft = save(cast, "So far.", window=window, sequence=3)

    assert kept(cast) == (window, 3, 0, {"rationale_alignment": "So far."})
    assert draft.key == f"{window}:3"


def test_save_draft_of_the_same_window_takes_its_place(cast: Cast) -> None:
    window = uuid4()
    save(cast, "So far.", window=window, sequence=1)

    save(cast, "So far, and further.", window=window, sequence=2)

    assert kept(cast) == (window, 2, 0, {"rationale_alignment": "So far, and further."})


@pytest.mark.parametrize("sequence", [1, 2])
def test_save_draft_that_comes_late_or_twice_changes_nothing(cast: Cast, sequence: int) -> None:
    window = uuid4()
    newest = save(cast, "Newest.", window=window, sequence=2)

    late = save(cast, "Late.", window=window, sequence=sequence)

    assert late == newest
    assert kept(cast) == (window, 2, 0, {"rationale_alignment": "Newest."})


def test_save_draft_of_a_window_that_has_not_seen_it_changes_nothing(cast: Cast) -> None:
    first = uuid4()
    save(cast, "First.", window=first, sequence=4)

    with pytest.raises(DraftChangedError) as error:
        save(cast, "Second.", known=f"{first}:3")

    assert error.value.other.key == f"{first}:4"
    assert kept(cast) == (first, 4, 0, {"rationale_alignment": "First."})


def test_save_draft_of_a_window_that_has_seen_it_goes_on_from_there(cast: Cast) -> None:
    first, second = uuid4(), uuid4()
    known = save(cast, "First.", window=first, sequence=4).key
    save(cast, "Second.", window=second, known=known)

    # Its answer was lost, so that the window does not know of its own first save.
    save(cast, "Second, further.", window=second, sequence=2, known=known)

    assert kept(cast) == (second, 2, 0, {"rationale_alignment": "Second, further."})
    with pytest.raises(DraftChangedError):
        save(cast, "First again.", window=first, sequence=5)


def test_save_draft_keeps_the_windows_active_time(cast: Cast) -> None:
    Assignment.objects.update(opened_at="2026-01-01T00:00Z")

    save(cast, spans=(SpanReport(number=1, length=MINUTE, since_end=MINUTE),))

    assert [span.ended_at - span.began_at for span in ActiveSpan.objects.all()] == [MINUTE]


def test_save_draft_while_paused_keeps_the_words(cast: Cast) -> None:
    pause_study(cast.study, by=cast.manager)

    assert save(cast).content == {"rationale_alignment": "So far."}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cast: rate(seat_of(cast)), "handed in already"),
        (lambda cast: skip(seat_of(cast), kind=SkipKind.NO_REASON), "skipped"),
        (lambda cast: remove_rater(cast.membership(cast.rater), by=cast.manager), "no longer yours"),
        (lambda cast: close_study(cast.study, by=cast.manager), "not open"),
        (lambda cast: Assignment.objects.update(opened_at=None), "open the item"),
    ],
)
def test_save_draft_that_comes_too_late_is_refused(
    cast: Cast, change: Callable[[Cast], object], message: str
) -> None:
    change(cast)

    with pytest.raises(DraftClosedError, match=message):
        save(cast)

    assert Draft.objects.count() == 0


def test_save_draft_of_a_change_is_one_of_the_version_that_counts(cast: Cast) -> None:
    rate(seat_of(cast))

    save(cast, base=1)

    assert kept(cast)[2] == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda cast: skip(seat_of(cast), kind=SkipKind.NO_REASON),
        lambda cast: remove_rater(cast.membership(cast.rater), by=cast.manager),
    ],
)
def test_draft_goes_with_the_seat(cast: Cast, change: Callable[[Cast], object]) -> None:
    save(cast)

    change(cast)

    assert Draft.objects.count() == 0
