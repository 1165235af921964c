import pytest

from annotation.domain.imported_release.raters import rater_code, store_raters
from annotation.models import Membership
from tests.factories import make_study


@pytest.mark.parametrize(
    ("annotator", "code"),
    [
        *(("11", "R11"), ("7", "R07"), ("anna.b", "R-anna-b"), ("x" * 20, f"R-{'x' * 18}")),
    ],
)
def test_code_names_the_annotator(annotator: str, code: str) -> None:
    assert rater_code(annotator) == code


@pytest.mark.django_db
def test_raters_are_made_once_each() -> None:
    study = make_study(is_generated=False, raters=0).study

    first = store_raters(study, ["14", "11", "14"])
    again = store_raters(study, ["11", "19"])

    assert {annotator: member.code for annotator, member in (first | again).items()} == {
        "11": "R11",
        "14": "R14",
        "19": "R19",
    }
    assert first["11"] == again["11"]
    assert Membership.objects.filter(study=study, role="rater", user__is_active=True).count() == 0
