"""Replies that were imported before judges had tables of their own become an imported judge's, and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from annotation.models import JudgeReply, JudgeRun
from tests.factories import make_study

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = "0017_judges", "0020_imported_judge_reply_is_provenance"


@pytest.fixture(autouse=True)
def migrated_to_the_end() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def migrate(name: str) -> Any:
    """Migrate to there and return the models of then."""
    executor = MigrationExecutor(connection)
    executor.migrate([("annotation", name)])
    return executor.loader.project_state([("annotation", name)]).apps


def test_old_replies_are_read_and_can_be_taken_back() -> None:
    study = make_study(posts=1).study
    empathy = study.criteria.get(key="empathy")
    response, dimension = study.items.values_list("response", "dimension").first() or (None, None)
    old = migrate(BEFORE).get_model("annotation", "ImportedJudgeReply")
    raws = [4, "On a scale of 1 to 5, I would rate it a 2.", None, "3-4"]
    for row, raw in enumerate(raws, start=1):
        old.objects.create(
            study_id=study.pk,
            criterion_id=empathy.pk,
            judge="gpt4",
            file="judge.jsonl",
            row=row,
            field="reply",
            raw=raw,
            response_id=response,
            dimension_id=dimension,
        )

    migrate(AFTER)

    judge_run = JudgeRun.objects.get()
    replies = JudgeReply.objects.order_by("imported__row")
    assert (judge_run.study, judge_run.judge, list(judge_run.criteria.all())) == (study, "gpt4", [empathy])
    assert list(replies.values_list("raw", "outcome", "point__value")) == [
        (4, "score", 4),
        (raws[1], "score", 2),
        (None, "unreadable", None),
        ("3-4", "unreadable", None),
    ]
    assert set(replies.values_list("judge_run", "criterion", "response", "dimension")) == {
        (judge_run.pk, empathy.pk, response, dimension)
    }

    old = migrate(BEFORE).get_model("annotation", "ImportedJudgeReply")

    assert list(old.objects.order_by("row").values_list("raw", "judge", "criterion", "response")) == [
        (raw, "gpt4", empathy.pk, response) for raw in raws
    ]
