import pytest

from annotation.models import ConsentText
from annotation.queries.consent import has_ever_consented, is_consent_due, newest_consent_text
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def test_consent_is_due_until_given() -> None:
    cast = make_study(has_consent=False)
    membership = cast.membership(cast.rater)

    assert (is_consent_due(membership), has_ever_consented(membership)) == (True, False)


def test_consent_is_due_again_for_a_new_version() -> None:
    cast = make_study()
    membership = cast.membership(cast.rater)
    before = is_consent_due(membership)

    newest = ConsentText.objects.create(study=cast.study, version=2, text="We also record the weather.")

    assert (before, is_consent_due(membership), has_ever_consented(membership)) == (False, True, True)
    assert newest_consent_text(membership) == newest


def test_consent_is_not_due_without_a_text() -> None:
    cast = make_study(has_consent=False)
    ConsentText.objects.all().delete()

    assert is_consent_due(cast.membership(cast.rater)) is False
