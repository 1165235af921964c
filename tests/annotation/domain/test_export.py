import pytest

from annotation.domain.export import record_export
from annotation.enums import EventKind
from tests.factories import make_study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("n_rows", "words"), [(0, "0 rows"), (1, "1 row"), (908, "908 rows")])
def test_record_export_says_who_took_what(n_rows: int, words: str) -> None:
    cast = make_study(posts=1)

    event = record_export(
        cast.study, format_key="csv-long", n_rows=n_rows, sha256="f" * 64, by=cast.researcher
    )

    assert (event.study, event.kind, event.by) == (cast.study, EventKind.EXPORTED, cast.researcher)
    assert event.detail == f"csv-long, {words}, sha256 {'f' * 64}"
