import pytest

from annotation.domain.errors import StudyError
from annotation.domain.generation import start_generation
from annotation.domain.human_text import import_human_texts
from annotation.enums import EventKind
from annotation.models import Study
from generation.domain.human_response import HumanResponseDraft, StoredCounts
from generation.models import ConstitutionSet, Response
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def draft(
    line: int = 2, post: str = "post-1", text: str = "I have been there.", **fields: str
) -> HumanResponseDraft:
    return HumanResponseDraft(
        line=line,
        post=post,
        method=fields.get("method", "oracle_response"),
        dimension=fields.get("dimension", ""),
        text=text,
    )


def test_texts_come_in_once_and_are_logged_without_their_words() -> None:
    cast = make_study(posts=2, is_generated=False)
    drafts = [
        draft(),
        draft(3, "post-2", dimension="self_responsibility"),
        draft(4, method="top_reddit_comment"),
    ]

    counts = [import_human_texts(cast.study, drafts=drafts, by=cast.manager) for _ in range(2)]

    assert counts == [StoredCounts(created=3, unchanged=0), StoredCounts(created=0, unchanged=3)]
    event = cast.study.events.filter(kind=EventKind.HUMAN_TEXTS_IMPORTED).earliest("pk")
    assert (event.by, event.detail) == (cast.manager, "3 texts, of oracle_response, top_reddit_comment")
    assert list(
        Response.objects.order_by("pk").values_list(
            "source", "post__key", "method", "dimension__key", "status"
        )
    ) == [
        ("human", "post-1", "oracle_response", None, "valid"),
        ("human", "post-2", "oracle_response", "self_responsibility", "valid"),
        ("human", "post-1", "top_reddit_comment", None, "valid"),
    ]


def test_another_text_in_the_place_of_one_is_refused_with_its_line_and_nothing_comes_in() -> None:
    cast = make_study(posts=2, is_generated=False)
    import_human_texts(cast.study, drafts=[draft()], by=cast.manager)

    with pytest.raises(StudyError, match=r"^Line 7: .*not replaced\.$") as refusal:
        import_human_texts(
            cast.study, drafts=[draft(6, "post-2"), draft(7, text="Secret words")], by=cast.manager
        )

    assert "Secret" not in str(refusal.value)
    assert Response.objects.count() == 1
    assert cast.study.events.filter(kind=EventKind.HUMAN_TEXTS_IMPORTED).count() == 1


def test_of_many_refusals_the_first_twenty_are_told() -> None:
    cast = make_study(posts=23, is_generated=False)
    drafts = [draft(number + 1, f"post-{number}") for number in range(1, 24)]
    import_human_texts(cast.study, drafts=drafts, by=cast.manager)

    others = [draft(number + 1, f"post-{number}", "Another") for number in range(1, 24)]
    with pytest.raises(StudyError) as refusal:
        import_human_texts(cast.study, drafts=others, by=cast.manager)

    assert str(refusal.value).splitlines()[-1] == "And 3 more like these."
    assert len(str(refusal.value).splitlines()) == 21


def test_no_text_comes_in_once_the_generation_is_started() -> None:
    cast = make_study(posts=1, is_generated=False)
    start_generation(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="what is rated is fixed"):
        import_human_texts(cast.study, drafts=[draft()], by=cast.manager)

    assert Response.objects.count() == 0


def test_set_changed_since_the_file_was_read_is_refused_in_words() -> None:
    cast = make_study(posts=1, is_generated=False)
    empty = ConstitutionSet.objects.create(name="Empty", version=1, content_hash="0")
    Study.objects.filter(pk=cast.study.pk).update(constitution_set=empty)

    with pytest.raises(StudyError, match="changed meanwhile"):
        import_human_texts(cast.study, drafts=[draft(dimension="self_responsibility")], by=cast.manager)
