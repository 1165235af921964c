from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.domain.example import store_example_constitution
from generation.domain.post import store_posts
from generation.models import PostCollection, Response
from tests.factories import make_drafts

pytestmark = pytest.mark.django_db

ROWS = """\
post,source,dimension,text,author
post-1,oracle_response,self_controllable,Kind words,me
post-2,top_reddit_comment,,More kind words,you
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two responses, beside its collection and constitution set."""
    store_example_constitution()
    store_posts(name="Nights", drafts=make_drafts(2))
    path = tmp_path / "texts.csv"
    path.write_text(ROWS)
    return path


def run(path: Path, *args: str, posts: str = "Nights", constitution: str | None = None) -> str:
    out = StringIO()
    constitution = constitution or "RESORT example constitutions"
    call_command(
        "import_responses", str(path), "--posts", posts, "--constitution", constitution, *args, stdout=out
    )
    return out.getvalue()


def complaint(path: Path, **options: str) -> list[str]:
    with pytest.raises(CommandError) as caught:
        run(path, **options)
    assert caught.value.returncode == 1
    return str(caught.value).splitlines()


def test_responses_are_stored_with_one_line(path: Path) -> None:
    line = run(path)

    assert line == "Imported 2 responses to 'Nights'. Columns left out: author.\n"
    assert list(
        Response.objects.order_by("pk").values_list("post__key", "method", "dimension__number", "text")
    ) == [
        ("post-1", "oracle_response", 8, "Kind words"),
        ("post-2", "top_reddit_comment", None, "More kind words"),
    ]


def test_same_file_again_changes_nothing(path: Path) -> None:
    run(path)
    line = run(path)

    assert line == "Imported 0 responses to 'Nights'; 2 were there already. Columns left out: author.\n"
    assert Response.objects.count() == 2


def test_newest_collection_of_the_name_is_meant_unless_an_id_is_given(path: Path) -> None:
    first = PostCollection.objects.get()
    newest = store_posts(name="Nights", drafts=make_drafts(2))

    run(path)
    run(path, posts=str(first.pk))

    assert list(Response.objects.order_by("pk").values_list("post__collection_id", flat=True)) == [
        newest.pk,
        newest.pk,
        first.pk,
        first.pk,
    ]


def test_file_with_problems_is_told_by_line_and_stores_nothing(path: Path) -> None:
    path.write_text(f"{ROWS}post-3,oracle_response,Words,me\npost-1,oracle_response,anger,Words,me\n")

    assert complaint(path) == [
        f"Nothing was imported from {path}.",
        "Line 4: Has 4 fields where the first line names 5 columns. A text that holds the separator "
        "or a line break must stand in double quotation marks.",
        "Line 5: No dimension of the constitution set is called so; expected its key, number or name.",
    ]
    assert not Response.objects.exists()


def test_another_text_for_a_stored_one_is_told_by_line_and_stores_nothing(path: Path) -> None:
    run(path)
    path.write_text(f"{ROWS.replace('More kind', 'Other')}post-2,oracle_response,,Words,me\n")

    assert complaint(path) == [
        f"Nothing was imported from {path}.",
        "Line 3: Another text of this post, source and dimension is stored; it is not replaced.",
    ]
    assert Response.objects.count() == 2


def test_unknown_collection_or_set_or_file_is_one_line(path: Path) -> None:
    assert complaint(path, posts="Days") == ["There is no collection of posts 'Days'."]
    assert complaint(path, constitution="7777") == ["There is no constitution set '7777'."]
    assert complaint(path.with_name("none.csv")) == [
        f"Cannot read {path.with_name('none.csv')}: No such file or directory."
    ]


def test_dimensions_need_a_constitution_set(path: Path) -> None:
    with pytest.raises(CommandError, match="Line 2: The dimension must be empty: no constitution set"):
        call_command("import_responses", str(path), "--posts", "Nights")
