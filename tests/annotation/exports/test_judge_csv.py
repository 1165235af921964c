"""Judges' replies as a file: whole rows, whatever the reply is about and whoever read it."""

import csv
import hashlib
import io
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.judge_reply import settle_reply
from annotation.enums import JudgeOrigin, JudgeOutcome
from annotation.exports import write_export
from annotation.exports.judge_csv import COLUMNS, FORMAT
from annotation.models import Item, JudgeReply, JudgeRun, Rating, Study
from tests.annotation.importers.resort_release.folder import imported, write_whole
from tests.annotation.judges import answer_judge, make_judged, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

KIND = "a language model, not a person"
NO_QUESTIONS = {"prompt_set": "", "prompt_set_version": "", "prompt_set_sha256": ""}
NOT_SETTLED = {"settled": "no", "settlement_reason": "", "settled_at": ""}


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


def exported(study: Study) -> bytes:
    stream = io.BytesIO()
    write_export(FORMAT, study=study, stream=stream)
    return stream.getvalue()


def rows_of(study: Study) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(study).decode("utf-8-sig"), newline="")))


def imported_judge(cast: Cast) -> JudgeRun:
    return JudgeRun.objects.create(study=cast.study, origin=JudgeOrigin.IMPORTED, judge="GPT-4, as published")


def imported_reply(judge_run: JudgeRun, **about: object) -> JudgeReply:
    """Store a reply that came as the number 4.0."""
    empathy = judge_run.study.criteria.get(key="empathy")
    return JudgeReply.objects.create(
        judge_run=judge_run,
        criterion=empathy,
        raw=4.0,
        outcome=JudgeOutcome.SCORE,
        point=empathy.points.get(key="4"),
        **about,
    )


def expected(reply: JudgeReply, about: Item, /, **changed: str) -> dict[str, str]:
    """Return the row of a reply on empathy to the item of a model's text."""
    judge_run, condition = reply.judge_run, about.condition
    questions = judge_run.prompt_set
    return {
        "study": judge_run.study.slug,
        "ratings_simulated": "no",
        "judge": judge_run.judge,
        "kind": KIND,
        "origin": "run",
        "judge_run": str(judge_run.pk),
        **(
            {
                "prompt_set": "RESORT example judge",
                "prompt_set_version": "1",
                "prompt_set_sha256": questions.content_hash,
            }
            if questions
            else NO_QUESTIONS
        ),
        "reply": str(reply.pk),
        "item": str(about.pk),
        "n_items": "1",
        "post": str(about.post.position),
        "dimension": about.dimension.key,
        "dimension_number": str(about.dimension.number),
        "source": "model",
        "model": condition.model_spec.name,
        "pipeline": condition.pipeline,
        "method": condition.method.replace("+", "'+"),
        "response_id": str(about.response_id),
        "response_sha256": about.response.sha256,
        "criterion": "empathy",
        "repeat": "1",
        "outcome": "score",
        "score": "4",
        "score_label": "",
        "rationale": "",
        "raw_reply": "4.0",
        **NOT_SETTLED,
        **changed,
    }


def test_judge_csv_has_a_row_per_reply(cast: Cast) -> None:
    judge_run = start_judge(cast, criteria=["empathy", "harmfulness"], repeats=2)
    answer_judge(judge_run)

    rows = rows_of(cast.study)

    replies = list(judge_run.replies.select_related("item", "criterion").order_by("pk"))
    assert list(rows[0]) == [column.name for column in COLUMNS]
    assert len(rows) == 4 * 2 * 2
    of_criterion = {
        "empathy": {
            "rationale": "Because of empathy.",
            "raw_reply": "<score>[4]</score><rationale>[Because of empathy.]</rationale>",
        },
        "harmfulness": {
            "score": "0",
            "score_label": "Not harmful",
            "rationale": "Because of harmfulness.",
            "raw_reply": "<score>[Not harmful]</score><rationale>[Because of harmfulness.]</rationale>",
        },
    }
    assert rows == [
        expected(
            reply,
            reply.item,
            criterion=reply.criterion.key,
            repeat=str(reply.repeat),
            **of_criterion[reply.criterion.key],
        )
        for reply in replies
    ]


def test_judge_csv_says_what_was_settled_by_hand_and_by_nobodys_name(cast: Cast) -> None:
    first = make_judged(cast, "=Let me think about that.")
    point = first.criterion.points.get(key="2")
    settle_reply(first, outcome=JudgeOutcome.REFUSED, reason="No score.", n_known=0, by=cast.manager)
    settled = settle_reply(
        first, outcome=JudgeOutcome.SCORE, point=point, reason="+2, I think", n_known=1, by=cast.manager
    )

    rows = rows_of(cast.study)

    unread = {"outcome": "unreadable", "score": "", "raw_reply": "'=Let me think about that."}
    rest = JudgeReply.objects.exclude(pk=first.pk).order_by("pk")
    assert rows == [
        expected(
            first,
            first.item,
            score="2",
            raw_reply="'=Let me think about that.",
            settled="yes",
            settlement_reason="'+2, I think",
            settled_at=f"{settled.at:%Y-%m-%dT%H:%M:%SZ}",
        ),
        *(expected(reply, reply.item, **unread) for reply in rest),
    ]
    assert len(rows) == 4
    content = exported(cast.study).decode()
    assert not any(word in content for word in (cast.manager.email, cast.manager.name, "@", "post-1"))


def test_judge_csv_has_replies_that_wait(cast: Cast) -> None:
    start_judge(cast, criteria=["empathy"])

    rows = rows_of(cast.study)

    assert rows == [
        expected(reply, reply.item, outcome="waiting", score="", raw_reply="")
        for reply in JudgeReply.objects.order_by("pk")
    ]
    assert len(rows) == 4


def test_judge_csv_finds_the_item_of_an_imported_reply_by_text_and_dimension(cast: Cast) -> None:
    item = Item.objects.order_by("pk")[1]
    reply = imported_reply(imported_judge(cast), response=item.response, dimension=item.dimension)

    assert rows_of(cast.study) == [expected(reply, item, origin="imported")]


def test_judge_csv_leaves_the_item_open_where_a_reply_goes_with_several(cast: Cast) -> None:
    """A text may be rated under two dimensions, and the judge asked under none."""
    first, twin, *_ = Item.objects.order_by("pk")
    other = cast.study.dimensions.exclude(pk=first.dimension_id).first()
    Item.objects.filter(pk=twin.pk).update(
        response=first.response, dimension=other, condition=first.condition, variant=2
    )
    reply = imported_reply(imported_judge(cast), response=first.response)

    no_dimension = {"dimension": "", "dimension_number": ""}
    assert rows_of(cast.study) == [
        expected(reply, first, origin="imported", item="", n_items="2", **no_dimension)
    ]


def test_judge_csv_of_a_text_the_study_rates_nowhere_has_no_item(cast: Cast) -> None:
    item = Item.objects.earliest("pk")
    of_text = imported_reply(imported_judge(cast), response=item.response, dimension=item.dimension)
    Item.objects.filter(pk=item.pk).update(response=None)
    of_nothing = imported_reply(of_text.judge_run)

    unknown = dict.fromkeys(("item", "source", "model", "pipeline", "method"), "") | {"n_items": "0"}
    nothing = dict.fromkeys(("post", "dimension", "dimension_number", "response_id", "response_sha256"), "")
    assert rows_of(cast.study) == [
        expected(of_text, item, origin="imported", **unknown),
        expected(of_nothing, item, origin="imported", **unknown, **nothing),
    ]


def test_judge_csv_of_a_release_has_what_each_reply_says_it_is_about(tmp_path: Path) -> None:
    imported(write_whole(tmp_path / "release"))
    study = Study.objects.get()

    rows = rows_of(study)

    names = ("n_items", "post", "dimension_number", "source", "model", "pipeline", "method", "criterion")
    assert [" ".join(row[name] or "-" for name in (*names, "outcome", "raw_reply")) for row in rows] == [
        "0 1 1 model m INDV '+cons alignment score <score>[8]</score>",
        "0 1 3 model m INDV '+cons alignment unreadable 4.5",
        "0 1 1 model m ITER self-refine empathy unreadable -",
        "1 1 1 human - - oracle_response factuality score Yes",
        "1 1 - human - - top_reddit_comment harmfulness score Not Harmful",
    ]
    assert [row["item"] != "" for row in rows] == [False, False, False, True, True]
    assert {row["origin"] for row in rows} == {"imported"}
    assert {row["kind"] for row in rows} == {KIND}


def test_judge_csv_has_one_studys_replies_and_judge_by_judge(cast: Cast) -> None:
    make_judged(make_study(posts=1, prefix="other "))
    answer_judge(start_judge(cast, criteria=["empathy"]))
    late = start_judge(cast, criteria=["alignment"])
    answer_judge(late)

    rows = rows_of(cast.study)

    assert {row["study"] for row in rows} == {cast.study.slug}
    assert [row["criterion"] for row in rows] == ["empathy"] * 4 + ["alignment"] * 4
    assert [row["judge_run"] for row in rows[4:]] == [str(late.pk)] * 4


def test_judge_csv_says_that_the_ratings_beside_are_simulated(cast: Cast) -> None:
    Study.objects.filter(pk=cast.study.pk).update(is_simulated=True)
    make_judged(cast)

    rows = rows_of(Study.objects.get(pk=cast.study.pk))

    assert [row["ratings_simulated"] for row in rows] == ["yes"] * 4


def test_judge_csv_has_no_rating(cast: Cast) -> None:
    make_judged(cast)
    rate(cast.assignments(cast.rater)[0])

    assert Rating.objects.exists()
    assert "R01" not in exported(cast.study).decode()


def test_judge_csv_without_a_judge_is_its_head(cast: Cast) -> None:
    stream = io.BytesIO()

    written = write_export(FORMAT, study=cast.study, stream=stream)

    head = "\ufeff" + ",".join(column.name for column in COLUMNS) + "\r\n"
    assert stream.getvalue() == head.encode()
    assert (written.n_rows, written.sha256) == (0, hashlib.sha256(head.encode()).hexdigest())


@pytest.mark.parametrize("posts", [1, 3])
def test_judge_csv_takes_three_queries(posts: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast = make_study(posts=posts)
    reply = make_judged(cast)
    imported_reply(imported_judge(cast), response=reply.item.response)

    with django_assert_num_queries(3):
        content = exported(cast.study)

    assert content.count(b"\r\n") == 1 + 4 * posts + 1
