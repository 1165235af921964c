import pytest

from annotation.domain.errors import StudyError
from annotation.domain.hidden_conditions import hide_conditions, look_at_conditions, show_conditions
from annotation.domain.study import close_study
from annotation.enums import EventKind
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

KINDS = (EventKind.CONDITIONS_HIDDEN, EventKind.CONDITIONS_SHOWN, EventKind.CONDITIONS_LOOKED_AT)


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


def logged(cast: Cast) -> list[tuple[str, int | None, str]]:
    events = cast.study.events.filter(kind__in=KINDS).order_by("pk")
    return list(events.values_list("kind", "by", "detail"))


def test_conditions_are_shown_by_default(cast: Cast) -> None:
    assert not cast.study.are_conditions_hidden


def test_hiding_and_showing_are_logged_once_each(cast: Cast) -> None:
    states = []
    for change in (hide_conditions, hide_conditions, show_conditions, show_conditions):
        change(cast.study, by=cast.manager)
        cast.study.refresh_from_db()
        states.append(cast.study.are_conditions_hidden)

    assert states == [True, True, False, False]
    assert logged(cast) == [
        (EventKind.CONDITIONS_HIDDEN, cast.manager.pk, ""),
        (EventKind.CONDITIONS_SHOWN, cast.manager.pk, ""),
    ]


def test_closing_ends_the_hiding(cast: Cast) -> None:
    hide_conditions(cast.study, by=cast.manager)

    close_study(cast.study, by=cast.manager)

    cast.study.refresh_from_db()
    assert (cast.study.hides_conditions, cast.study.are_conditions_hidden) == (True, False)


def test_closed_study_cannot_hide_its_conditions(cast: Cast) -> None:
    close_study(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="The study is closed"):
        hide_conditions(cast.study, by=cast.manager)

    assert logged(cast) == []


def test_each_look_is_logged_with_who_or_how(cast: Cast) -> None:
    hide_conditions(cast.study, by=cast.manager)

    look_at_conditions(cast.study, by=cast.researcher)
    look_at_conditions(cast.study, by=None, how="manage.py scores")

    assert logged(cast)[1:] == [
        (EventKind.CONDITIONS_LOOKED_AT, cast.researcher.pk, ""),
        (EventKind.CONDITIONS_LOOKED_AT, None, "manage.py scores"),
    ]


def test_there_is_nothing_to_look_at_where_nothing_is_hidden(cast: Cast) -> None:
    with pytest.raises(StudyError, match="not hidden"):
        look_at_conditions(cast.study, by=cast.manager)

    assert logged(cast) == []
