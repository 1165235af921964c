import pytest

from annotation.models import Membership
from annotation.queries.post_collection import collections_open_to
from generation.domain.post import store_posts
from tests.factories import make_drafts, make_study, make_user

pytestmark = pytest.mark.django_db


def test_people_find_the_posts_of_the_studies_they_manage_and_administrators_all() -> None:
    cast = make_study(posts=2, is_generated=False)
    make_study(posts=1, prefix="other-", is_generated=False)
    store_posts(name="Imported", drafts=make_drafts(3))
    people = {
        "manager": cast.manager,
        "researcher": cast.researcher,
        "rater": cast.rater,
        "outsider": cast.outsider,
        "root": make_user("root", is_superuser=True),
    }

    found = {
        who: [(collection.name, collection.n_posts) for collection in collections_open_to(user)]
        for who, user in people.items()
    }

    assert found == {
        "manager": [("Study", 2)],
        "researcher": [],
        "rater": [],
        "outsider": [],
        "root": [("Imported", 3), ("other-Study", 1), ("Study", 2)],
    }


def test_removed_manager_finds_nothing() -> None:
    cast = make_study(posts=1, is_generated=False)
    member = cast.membership(cast.manager)
    Membership.objects.filter(pk=member.pk).update(removed_at=member.joined_at)

    assert list(collections_open_to(cast.manager)) == []
