import pytest
from django.template.loader import render_to_string

from generation.templatetags.library import with_signs
from generation.version_diff import diff_texts


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Be kind.", "Be kind.\n", ["Be kind.", "↵\n"]),
        ("Be kind.", "Be kind. Be brief. \n", ["Be kind.", " Be brief.·↵\n"]),
        ("Be  kind.", "Be kind.", ["Be", "··", "·", "kind."]),
        ("Be kind.", "Be\u00a0kind.", ["Be", "·", "[U+00A0]", "kind."]),
        ("Be kind.", "Be\u200b kind.", ["Be", "[U+200B]", " kind."]),
        ("One.", "One.\n\nTwo. Three.", ["One.", "\n\nTwo. Three."]),
        ("One. ", "One. ", ["One. "]),
    ],
)
def test_changes_that_would_not_be_seen_get_signs(before: str, after: str, shown: list[str]) -> None:
    assert [piece.text for piece in with_signs(diff_texts(before, after))] == shown


def test_signs_stand_on_the_page() -> None:
    page = render_to_string("generation/_pieces.html", {"pieces": diff_texts("Be kind.", "Be kind.\n")})

    assert "[added: </span>↵\n<span" in page
