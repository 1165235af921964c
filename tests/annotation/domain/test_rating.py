from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from annotation.domain.assignment import remove_rater, skip
from annotation.domain.draft import DraftChangedError, save_draft
from annotation.domain.errors import StudyError
from annotation.domain.rating import RatingChangedError, ScoreEntry, note_opened, submit_rating
from annotation.domain.study import close_study, pause_study
from annotation.enums import AssignmentStatus, SkipKind
from annotation.models import Assignment, Criterion, Draft, Rating, RatingVersion, Score
from annotation.queries.rating import standing_of
from generation.enums import ResponseStatus
from tests.annotation.ratings import answers_by_scores, studies_of_ratings
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

WHY = "Names two small steps, as the standards ask."


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


def entries(
    alignment: str = "8", empathy: str = "4", harmfulness: str = "1", factuality: str = "1", **why: str
) -> list[ScoreEntry]:
    points = {
        "alignment": alignment,
        "empathy": empathy,
        "harmfulness": harmfulness,
        "factuality": factuality,
    }
    rationales = {"alignment": WHY} | why
    return [
        ScoreEntry(key, point, rationales.get(f"{key}_why", rationales.get(key, "")))
        for key, point in points.items()
    ]


def submit(
    cast: Cast,
    *,
    scores: list[ScoreEntry] | None = None,
    submission: UUID | None = None,
    seat: Assignment | None = None,
    base: int | None = None,
    known: str | None = None,
    reason: str = "",
) -> RatingVersion:
    seat = seat or cast.assignments(cast.rater)[0]
    note_opened(seat)
    return submit_rating(
        seat,
        scores=scores or entries(),
        submission=submission or uuid4(),
        by=cast.rater,
        base=base,
        known=known,
        reason=reason,
    )


def draft(cast: Cast, *, window: UUID | None = None, base: int = 0) -> Draft:
    seat = cast.assignments(cast.rater)[0]
    note_opened(seat)
    return save_draft(
        seat, window=window or uuid4(), sequence=2, base=base, known="", content={"rationale_alignment": "?"}
    )


def test_submit_rating_keeps_every_score_and_closes_the_seat(cast: Cast) -> None:
    version = submit(cast, scores=entries(harmfulness="2", harmfulness_why="It blames them."))

    seat = cast.assignments(cast.rater)[0]
    saved = version.scores.order_by("criterion__position")
    assert list(saved.values_list("criterion__key", "point__key", "rationale")) == [
        ("alignment", "8", WHY),
        ("empathy", "4", ""),
        ("harmfulness", "2", "It blames them."),
        ("factuality", "1", ""),
    ]
    assert (version.number, version.by, seat.rating.current) == (1, cast.rater, version)
    assert (seat.status, seat.closed_at) == (AssignmentStatus.SUBMITTED, version.saved_at)
    assert dict(Rating.objects.values_list("pk", "answers")) == answers_by_scores()
    assert studies_of_ratings() == [True]


def test_submit_rating_again_adds_a_version_and_keeps_the_first(cast: Cast) -> None:
    first = submit(cast)

    second = submit(cast, scores=entries(alignment="3"), base=1, reason="I had misread the aim.")

    assert second.rating.current == second
    assert {second.rating.pk: second.rating.answers} == answers_by_scores()
    assert dict(Rating.objects.values_list("pk", "answers")) == answers_by_scores()
    alignment = Score.objects.filter(criterion__key="alignment").order_by("version__number")
    assert list(alignment.values_list("version__number", "version__reason", "point__key")) == [
        (1, "", "8"),
        (2, "I had misread the aim.", "3"),
    ]
    assert first.scores.count() == 4


def test_submit_rating_resent_returns_the_same_version(cast: Cast) -> None:
    submission = uuid4()
    version = submit(cast, submission=submission, base=0)
    pause_study(cast.study, by=cast.manager)

    resent = submit(cast, submission=submission, base=0)

    assert resent == version
    assert Score.objects.count() == 4


def test_submit_rating_with_the_same_answers_makes_no_version(cast: Cast) -> None:
    version = submit(cast)

    again = submit(cast, base=0)

    assert again == version
    assert RatingVersion.objects.count() == 1


def test_submit_rating_refuses_a_submission_of_another_item(cast: Cast) -> None:
    submission = submit(cast).submission

    with pytest.raises(StudyError, match="another item"):
        submit(cast, submission=submission, seat=cast.assignments(cast.rater)[1])


def test_submit_rating_on_an_outdated_base_changes_nothing(cast: Cast) -> None:
    submit(cast)
    kept = submit(cast, scores=entries(alignment="3"), base=1)

    with pytest.raises(RatingChangedError):
        submit(cast, scores=entries(alignment="9"), base=1)

    assert cast.assignments(cast.rater)[0].rating.current == kept


def test_submit_rating_with_a_used_submission_and_other_answers_is_a_change_to_decide(cast: Cast) -> None:
    submission = submit(cast, base=0).submission

    with pytest.raises(RatingChangedError):
        submit(cast, submission=submission, scores=entries(alignment="9"), base=0)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (entries()[:3], "Please choose a score for Factuality (true to the post)."),
        (entries(alignment="11"), "Please choose a score for Alignment with the standards."),
        ([*entries(), ScoreEntry("warmth", "1")], "These scores do not fit the study's criteria."),
        ([*entries(), entries()[0]], "These scores do not fit the study's criteria."),
        (entries(alignment_why=" \n "), "Please say why you chose 8 for Alignment with the standards."),
        (
            entries(alignment_why="Too short"),
            "Please say a little more on Alignment with the standards: at least 10 characters.",
        ),
        (entries(harmfulness="2"), "Please say why you chose Harmful for Harmfulness."),
        (entries(factuality="2"), "Please say why you chose Minor error for Factuality (true to the post)."),
    ],
)
def test_submit_rating_refuses_incomplete_answers(cast: Cast, scores: list[ScoreEntry], message: str) -> None:
    with pytest.raises(StudyError) as error:
        submit(cast, scores=scores)

    assert str(error.value) == message
    assert RatingVersion.objects.count() == 0
    assert cast.assignments(cast.rater)[0].status == AssignmentStatus.OPEN


def _exclude_text(cast: Cast) -> None:
    response = cast.assignments(cast.rater)[0].item.response
    response.status = ResponseStatus.EXCLUDED
    response.save()


def _make_simulated(cast: Cast) -> None:
    cast.study.is_simulated = True
    cast.study.save()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cast: pause_study(cast.study, by=cast.manager), "paused"),
        (lambda cast: close_study(cast.study, by=cast.manager), "not open"),
        (lambda cast: skip(cast.assignments(cast.rater)[0], kind=SkipKind.NO_REASON), "skipped"),
        (lambda cast: remove_rater(cast.membership(cast.rater), by=cast.manager), "no longer yours"),
        (_exclude_text, "not there to be rated"),
        (_make_simulated, "simulated"),
    ],
)
def test_submit_rating_refuses_when_the_seat_cannot_be_rated(
    cast: Cast, change: Callable[[Cast], object], message: str
) -> None:
    change(cast)

    with pytest.raises(StudyError, match=message):
        submit(cast)

    assert RatingVersion.objects.count() == 0


def test_submit_rating_takes_its_own_draft_away(cast: Cast) -> None:
    window = uuid4()
    draft(cast, window=window)

    submit(cast, submission=window, known="")

    assert Draft.objects.count() == 0


def test_submit_rating_takes_a_draft_away_that_the_form_showed(cast: Cast) -> None:
    submit(cast, known=draft(cast).key)

    assert Draft.objects.count() == 0


def test_submit_rating_over_another_windows_draft_changes_nothing(cast: Cast) -> None:
    other = draft(cast)

    with pytest.raises(DraftChangedError) as error:
        submit(cast, known=f"{other.window}:1")

    assert error.value.other == other
    assert RatingVersion.objects.count() == 0
    assert Draft.objects.get() == other


def test_submit_rating_resent_leaves_a_draft_begun_since(cast: Cast) -> None:
    """A retry whose answer got lost comes late; meanwhile the rater has begun to change the rating."""
    submission = uuid4()
    submit(cast, submission=submission, base=0, known="")
    begun = draft(cast, base=1)

    submit(cast, submission=submission, base=0, known="")

    assert Draft.objects.get() == begun


def test_drafts_count_as_nothing(cast: Cast) -> None:
    draft(cast)

    assert Rating.objects.count() == 0
    assert standing_of(cast.membership(cast.rater)).rated == 0
    assert cast.assignments(cast.rater)[0].status == AssignmentStatus.OPEN


def test_rationale_rules_come_from_the_criterion(cast: Cast) -> None:
    Criterion.objects.filter(study=cast.study, key="alignment").update(rationale_rule="optional")

    version = submit(cast, scores=entries(alignment_why=""))

    assert version.scores.get(criterion__key="alignment").rationale == ""


def test_submit_rating_of_an_item_never_opened_is_refused(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]

    with pytest.raises(StudyError, match="open it again"):
        submit_rating(seat, scores=entries(), submission=uuid4(), by=cast.rater)

    assert (Rating.objects.count(), Assignment.objects.get(pk=seat.pk).status) == (0, "open")


def test_note_opened_keeps_the_first_time(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    note_opened(seat)
    first = Assignment.objects.get(pk=seat.pk).opened_at

    note_opened(seat)

    assert first is not None
    assert Assignment.objects.get(pk=seat.pk).opened_at == first
