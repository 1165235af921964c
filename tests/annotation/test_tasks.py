import pytest

from annotation.domain.generation import start_generation
from annotation.models import Item
from annotation.tasks import attach_responses
from tests.factories import make_study, write_all

pytestmark = pytest.mark.django_db


def test_texts_become_ratable_in_every_study_that_waits() -> None:
    casts = [make_study(posts=1, is_generated=False, prefix=prefix) for prefix in ("", "other-")]
    for cast in casts:
        write_all(start_generation(cast.study, by=cast.manager))

    attach_responses()
    attach_responses()

    assert not Item.objects.filter(response=None).exists()
    assert set(Item.objects.values_list("study", flat=True)) == {cast.study.pk for cast in casts}
