"""A study that was put back is the study that was made."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotation.models import Study, User
from generation.domain.example import store_example_constitution
from tests.factories import Cast, make_study, make_user
from tests.row_counters import count_from


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows[table] = sorted(cursor.fetchall(), key=repr)
    return rows


def make_and_undo(**design: object) -> tuple[Cast, dict[str, list[tuple[object, ...]]]]:
    with transaction.atomic():
        cast, rows = make_study(**design), all_rows()
        transaction.set_rollback(True)
    return cast, rows


@pytest.mark.django_db
@pytest.mark.parametrize("design", [{"posts": 1, "raters": 3}, {"human_sources": ["oracle"]}], ids=str)
def test_study_comes_back_as_it_was_made(design: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    before = all_rows()

    made, rows = make_and_undo(**design)
    assert all_rows() == before
    found, rows_again = make_and_undo(**design)

    assert found == made
    assert rows_again == rows
    assert sum(map(len, rows.values())) > sum(map(len, before.values()))


@pytest.mark.django_db
def test_times_are_moved_on_and_a_second_study_is_made_beside_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    make_and_undo(posts=1, prefix="other-")
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=5))

    first = make_study(posts=1, prefix="other-").study
    second = make_study(posts=1).study

    assert first.created_at == now + timedelta(minutes=5)
    assert set(Study.objects.all()) == {first, second}
    assert first.items.count() == second.items.count() > 0


@pytest.mark.django_db
def test_new_rows_have_ids_of_their_own_wherever_the_counter_stood() -> None:
    made, _ = make_and_undo(posts=1, raters=3)
    count_from(User, made.manager.pk)

    cast = make_study(posts=1, raters=3)

    assert cast.manager.pk == made.manager.pk
    assert make_user("latecomer").pk > max(
        User.objects.exclude(name="Latecomer").values_list("pk", flat=True)
    )


@pytest.mark.django_db
def test_study_that_uses_what_was_there_before_is_not_kept() -> None:
    with transaction.atomic():
        store_example_constitution()
        make_study(posts=1, raters=4)
        transaction.set_rollback(True)

    study = make_study(posts=1, raters=4).study

    assert study.constitution_set.dimensions.exists()
    connection.check_constraints()
