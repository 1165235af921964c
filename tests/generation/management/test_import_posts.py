from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.models import Post, PostCollection

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = StringIO()
    call_command("import_posts", *args, stdout=out)
    return out.getvalue()


def test_posts_are_stored_with_one_line(tmp_path: Path) -> None:
    path = tmp_path / "nights.csv"
    path.write_text("id,text,author\na,Hello there,me\nb,Good evening,me\n")

    line = run(str(path))

    assert line == "Imported 2 posts as 'nights'. Columns left out: author.\n"
    assert list(Post.objects.values_list("collection__name", "key", "position")) == [
        ("nights", "a", 1),
        ("nights", "b", 2),
    ]


def test_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nights.jsonl"
    path.write_text('{"text": "Hello there"}')

    run(str(path), "--name", "Nights")
    line = run(str(path), "--name", "Nights")

    assert line == "'Nights' with these 1 posts is there already; nothing was changed.\n"
    assert PostCollection.objects.count() == 1


def test_bad_file_is_told_by_line_and_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("id,text\na,Hello there\na,\n")

    with pytest.raises(CommandError) as caught:
        run(str(path))

    assert str(caught.value).splitlines() == [
        f"Nothing was imported from {path}.",
        "Line 3: The text is missing or empty.",
        "Line 3: The id is the same as on line 2.",
    ]
    assert caught.value.returncode == 1
    assert not PostCollection.objects.exists()


def test_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Cannot read .*: No such file or directory\."):
        run(str(tmp_path / "none.csv"))
