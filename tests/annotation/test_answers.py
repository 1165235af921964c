import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from annotation.answers import answers_text, chosen_points
from annotation.models import Rating
from tests.annotation.ratings import WITHOUT_SCORES, answers_by_scores, rate
from tests.factories import make_study


def test_answers_are_keys_in_order_of_number() -> None:
    assert answers_text([44, 9, 12]) == "9 12 44"


@given(st.sets(st.integers(1, 2**63)))
def test_points_can_be_read_again_from_the_answers(points: set[int]) -> None:
    assert chosen_points(answers_text(points)) == sorted(points)


@pytest.mark.django_db
@pytest.mark.parametrize("scores", [{}, WITHOUT_SCORES])
@pytest.mark.parametrize("half", [{"current": None}, {"answers": None}])
def test_version_that_counts_and_its_answers_come_and_go_together(
    scores: dict[str, None], half: dict[str, None]
) -> None:
    cast = make_study(posts=1)
    rating = rate(cast.assignments(cast.rater)[0], **scores)

    with pytest.raises(IntegrityError, match="answers_with_current"), transaction.atomic():
        Rating.objects.update(**half)

    assert {rating.pk: rating.answers} == answers_by_scores()
    Rating.objects.update(current=None, answers=None)
