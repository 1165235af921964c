import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.judge_reply import settle_reply
from annotation.enums import JudgeOrigin, JudgeOutcome
from annotation.models import JudgeReply, JudgeRun, ScalePoint
from annotation.queries.judge_state import asked_judge_runs, compared_judge_runs, judge_state
from annotation.queries.snapshot import rating_state
from generation.enums import RunStatus
from tests.annotation.judges import answer_judge, make_judged, start_judge
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def import_reply(cast: Cast, **fields: object) -> JudgeReply:
    judge_run, _ = JudgeRun.objects.get_or_create(
        study=cast.study, origin=JudgeOrigin.IMPORTED, judge="GPT-4, as published"
    )
    criterion = cast.study.criteria.get(key="empathy")
    return JudgeReply.objects.create(judge_run=judge_run, criterion=criterion, **fields)


def test_study_without_judges_has_no_state_and_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    study = make_study(posts=1).study

    with django_assert_num_queries(1):
        state = judge_state(study)

    assert state == []


def test_judge_is_compared_once_all_its_calls_are_answered() -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast, criteria=["empathy"])

    asked = list(asked_judge_runs(cast.study)), list(compared_judge_runs(cast.study))
    answer_judge(judge_run)

    assert asked == ([judge_run], [])
    assert list(asked_judge_runs(cast.study)) == []
    assert list(compared_judge_runs(cast.study)) == [judge_run]


def test_cancelled_judge_is_compared_by_what_it_said() -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast, criteria=["empathy"])

    judge_run.generation_run.status = RunStatus.CANCELLED
    judge_run.generation_run.save()

    assert list(compared_judge_runs(cast.study)) == [judge_run]
    assert list(asked_judge_runs(cast.study)) == []


def test_imported_judge_is_compared_at_once_and_an_empty_one_never() -> None:
    cast = make_study(posts=1)
    reply = import_reply(cast, outcome=JudgeOutcome.REFUSED)
    JudgeRun.objects.create(study=cast.study, origin=JudgeOrigin.IMPORTED, judge="Nobody")

    assert list(compared_judge_runs(cast.study)) == [reply.judge_run]


def test_judges_of_other_studies_change_nothing() -> None:
    cast, other = make_study(posts=1), make_study(posts=1, prefix="other-")
    import_reply(other, outcome=JudgeOutcome.REFUSED)

    assert list(compared_judge_runs(cast.study)) == []
    assert judge_state(cast.study) == []


def test_running_judge_leaves_the_state_as_it_is_until_it_is_done() -> None:
    cast = make_study(posts=1)
    before = rating_state(cast.study)

    judge_run = start_judge(cast, criteria=["empathy"])
    during = rating_state(cast.study)
    answer_judge(judge_run)

    assert during == before
    assert rating_state(cast.study) != before


def test_one_more_reply_changes_the_state() -> None:
    cast = make_study(posts=1)
    import_reply(cast, outcome=JudgeOutcome.REFUSED)
    before = rating_state(cast.study)

    import_reply(cast, outcome=JudgeOutcome.REFUSED, repeat=2)

    assert rating_state(cast.study) != before


def test_reply_settled_to_another_point_changes_the_state() -> None:
    """Neither the number of scores nor that of replies tells the two apart."""
    cast = make_study(posts=1)
    reply = make_judged(cast)
    states = []
    for n_known, key in enumerate(["2", "3"]):
        point = ScalePoint.objects.get(criterion=reply.criterion, key=key)
        settle_reply(
            reply,
            outcome=JudgeOutcome.SCORE,
            point=point,
            reason="It says so.",
            n_known=n_known,
            by=cast.manager,
        )
        states.append(rating_state(cast.study))

    assert states[0] != states[1]


def test_state_with_many_judges_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast = make_study(posts=1)
    for _ in range(3):
        answer_judge(start_judge(cast, criteria=["empathy"]))

    with django_assert_num_queries(2):
        state = judge_state(cast.study)

    assert len(state) == 4
