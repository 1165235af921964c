from uuid import uuid4

import pytest

from annotation.domain.rating import ScoreEntry
from annotation.enums import SkipKind
from annotation.forms.rating import FlagForm, RatingForm, SkipForm
from annotation.models import Criterion
from annotation.queries.criterion import criteria_of
from annotation.queries.rating import saved_rating
from tests.annotation.ratings import rate
from tests.factories import make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def criteria() -> list[Criterion]:
    return list(criteria_of(make_study(is_generated=False).study))


def typed(**changes: str) -> dict[str, str]:
    return {
        "submission": str(uuid4()),
        "base": "0",
        "score_alignment": "10",
        "rationale_alignment": "First line.\r\nSecond line.",
        "score_empathy": "4",
        "score_harmfulness": "1",
        "score_factuality": "1",
    } | changes


def test_rating_form_turns_text_into_entries(criteria: list[Criterion]) -> None:
    form = RatingForm(criteria, typed())

    assert form.errors == {}
    assert form.entries() == [
        ScoreEntry("alignment", "10", "First line.\nSecond line."),
        ScoreEntry("empathy", "4", ""),
        ScoreEntry("harmfulness", "1", ""),
        ScoreEntry("factuality", "1", ""),
    ]


@pytest.mark.parametrize(
    ("changes", "errors", "first"),
    [
        (
            {"score_empathy": "", "score_factuality": "7"},
            {
                "score_empathy": ["Please choose a score for Empathy."],
                "score_factuality": ["Please choose a score for Factuality (true to the post)."],
            },
            "score_empathy",
        ),
        (
            {"rationale_alignment": "  ", "score_harmfulness": "2"},
            {
                "rationale_alignment": ["Please say why you chose 10 for Alignment with the standards."],
                "rationale_harmfulness": ["Please say why you chose Harmful for Harmfulness."],
            },
            "rationale_alignment",
        ),
        ({"submission": "x"}, {"submission": ["Enter a valid UUID."]}, ""),
    ],
)
def test_rating_form_says_what_is_missing_where(
    criteria: list[Criterion], changes: dict[str, str], errors: dict[str, list[str]], first: str
) -> None:
    form = RatingForm(criteria, typed(**changes))

    assert form.errors == errors
    assert form.first_error_name == first


def test_rating_form_opens_with_the_saved_rating() -> None:
    cast = make_study(posts=1)
    seat = cast.assignments(cast.rater)[0]
    rate(seat, alignment="9", harmfulness="2", rationale="As the standards ask.")

    form = RatingForm.opened(list(criteria_of(cast.study)), saved_rating(seat))

    questions = list(form.questions())
    assert [question.chosen and question.chosen.key for question in questions] == ["9", "3", "2", "1"]
    assert questions[0].rationale.value() == "As the standards ask."
    assert form["base"].value() == 1
    assert [question.is_rationale_open for question in questions] == [True, False, True, False]
    assert [question.demanding for question in questions] == [[], [], ["Harmful"], ["Minor error", "No"]]


@pytest.mark.parametrize(
    ("sent", "kind"),
    [({}, SkipKind.NO_REASON), ({"kind": "cannot_judge"}, SkipKind.CANNOT_JUDGE), ({"kind": "tired"}, None)],
)
def test_skip_form_needs_no_reason_and_takes_only_its_own(
    sent: dict[str, str], kind: SkipKind | None
) -> None:
    form = SkipForm(sent)

    assert (form.cleaned_data["kind"] if form.is_valid() else None) == kind


@pytest.mark.parametrize(
    ("sent", "note"),
    [
        ({"about": "item", "flag_note": "Cut off.", "concern_note": "x"}, "Cut off."),
        (
            {"about": "poster", "concern_note": "Sounds in danger."},
            "Concern about the poster: Sounds in danger.",
        ),
        ({"about": "poster"}, "Concern about the poster"),
    ],
)
def test_flag_form_words_the_note_for_the_manager(sent: dict[str, str], note: str) -> None:
    form = FlagForm(sent)

    assert form.is_valid()
    assert form.note() == note


@pytest.mark.parametrize(
    ("least", "rules"),
    [
        (0, ["required", "", "required for Harmful", "required for Minor error or No"]),
        (1, ["required, at least 1 character", "", "required for Harmful, at least 1 character"]),
        (20, ["required, at least 20 characters", "", "required for Harmful, at least 20 characters"]),
    ],
)
def test_rule_of_a_rationale_is_said_in_plain_words(
    criteria: list[Criterion], least: int, rules: list[str]
) -> None:
    for criterion in criteria:
        criterion.rationale_min_length = least

    questions = list(RatingForm.opened(criteria, None).questions())

    assert [question.rationale_rule for question in questions][: len(rules)] == rules


def test_long_label_is_told_from_one_that_fits_its_point(criteria: list[Criterion]) -> None:
    harmfulness = criteria[2]
    harmfulness.points.filter(key="2").update(label="Harmful for this person or for somebody else")

    question = list(RatingForm.opened(list(criteria_of(harmfulness.study)), None).questions())[2]

    assert [choice.is_long for choice in question.choices] == [False, True]
    assert question.has_long_labels
