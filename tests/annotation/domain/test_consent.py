import pytest

from annotation.domain.consent import give_consent
from annotation.models import Consent, ConsentText
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def test_give_consent_twice_counts_once() -> None:
    cast = make_study(has_consent=False)
    membership, text = cast.membership(cast.rater), ConsentText.objects.get(study=cast.study)

    first = give_consent(membership, text=text)
    second = give_consent(membership, text=text)

    assert second == first
    assert list(Consent.objects.values_list("membership", "consent_text")) == [(membership.pk, text.pk)]
