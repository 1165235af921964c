import pytest
from django.db import IntegrityError, transaction

from annotation.domain.imported_release.many_rows import insert_rows
from annotation.enums import JudgeOrigin
from annotation.models import JudgeReply, JudgeRun
from tests.factories import make_study

pytestmark = pytest.mark.django_db

NAMES = ("judge_run", "criterion", "repeat", "raw", "outcome", "point", "rationale")


def test_keys_come_in_the_order_of_the_rows_over_several_statements() -> None:
    study = make_study(posts=1).study
    judge_run = JudgeRun.objects.create(study=study, judge="gpt4", origin=JudgeOrigin.IMPORTED)
    criterion = study.criteria.get(key="empathy")
    rows = [
        (judge_run.pk, criterion.pk, number, f'"{number}"', "unreadable", None, "")
        for number in range(1, 501)
    ]

    keys = insert_rows(JudgeReply, NAMES, rows)

    repeats = dict(JudgeReply.objects.values_list("pk", "repeat"))
    assert [repeats[key] for key in keys] == list(range(1, 501))
    assert JudgeReply.objects.get(pk=keys[6]).raw == "7"


def test_no_rows_are_no_statement() -> None:
    assert insert_rows(JudgeReply, NAMES, []) == []


def test_constraints_of_the_table_hold() -> None:
    study = make_study(posts=1).study
    judge_run = JudgeRun.objects.create(study=study, judge="gpt4", origin=JudgeOrigin.IMPORTED)
    criterion = study.criteria.get(key="empathy")

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(JudgeReply, NAMES, [(judge_run.pk, criterion.pk, 1, None, "score", None, "")])
