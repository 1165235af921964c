import threading
from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction

from annotation.domain.errors import StudyError
from annotation.domain.judge_reply import collect_replies, settle_reply
from annotation.domain.judge_run import run_of
from annotation.enums import EventKind, JudgeOutcome
from annotation.models import JudgeReply, JudgeSettlement, StudyEvent
from annotation.tasks import collect_judge_replies
from generation.models import Chain, Step
from tests.annotation.judges import answer_judge, make_judged, start_judge
from tests.factories import make_study, write_all

pytestmark = pytest.mark.django_db


def test_replies_are_read_with_point_and_rationale_and_kept_as_they_came() -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast)

    answer_judge(judge_run)

    item = cast.study.items.first()
    read = {
        reply.criterion.key: (reply.outcome, reply.point.label or reply.point.key, reply.rationale, reply.raw)
        for reply in judge_run.replies.filter(item=item).select_related("criterion", "point")
    }
    assert read == {
        key: (
            JudgeOutcome.SCORE,
            shown,
            f"Because of {key}.",
            f"<score>[{shown}]</score><rationale>[Because of {key}.]</rationale>",
        )
        for key, shown in {
            "alignment": "8",
            "empathy": "4",
            "harmfulness": "Not harmful",
            "factuality": "Yes",
        }.items()
    }


def test_task_reads_each_reply_once_and_leaves_what_is_not_answered() -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast, criteria=["empathy"])
    write_all(run_of(judge_run), text_for=lambda chain, step: "4", most=2)

    collect_judge_replies()
    first = Counter(JudgeReply.objects.values_list("outcome", flat=True))
    JudgeReply.objects.filter(outcome=JudgeOutcome.SCORE).update(rationale="kept")
    collect_judge_replies()

    assert first == {JudgeOutcome.SCORE: 2, JudgeOutcome.WAITING: cast.study.items.count() - 2}
    assert JudgeReply.objects.filter(rationale="kept").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_collect_at_once_read_each_reply_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotation.domain.judge_reply.AT_ONCE", 3)
    cast = make_study(posts=2)
    judge_run = start_judge(cast)
    write_all(run_of(judge_run), text_for=lambda chain, step: "4")
    collected: list[int] = []
    ready = threading.Barrier(2)

    def collect() -> None:
        ready.wait()
        collected.append(collect_replies(judge_run))
        connection.close()

    threads = [threading.Thread(target=collect) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(collected) == judge_run.replies.count() == cast.study.items.count() * 4
    assert not judge_run.replies.filter(outcome=JudgeOutcome.WAITING).exists()


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_settle_at_once_do_not_overwrite_each_other() -> None:
    cast = make_study(posts=1)
    reply = make_judged(cast)
    complaints: list[str] = []
    ready = threading.Barrier(2)

    def settle(outcome: JudgeOutcome) -> None:
        ready.wait()
        try:
            settle_reply(reply, outcome=outcome, reason="Seen.", n_known=0, by=cast.manager)
        except StudyError as error:
            complaints.append(str(error))
        connection.close()

    outcomes = (JudgeOutcome.REFUSED, JudgeOutcome.NOT_APPLICABLE)
    threads = [threading.Thread(target=settle, args=[outcome]) for outcome in outcomes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    settlement = JudgeSettlement.objects.get()
    reply.refresh_from_db()
    assert reply.outcome == settlement.outcome
    assert complaints == ["Somebody settled this reply meanwhile. Look at what they found first."]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("I am sorry, but I cannot rate this.", JudgeOutcome.REFUSED),
        ("NA", JudgeOutcome.NOT_APPLICABLE),
        ("You are not alone. Try 2 walks and 3 calls.", JudgeOutcome.UNREADABLE),
        ("", JudgeOutcome.UNREADABLE),
    ],
)
def test_reply_without_a_score_has_no_point(text: str, outcome: JudgeOutcome) -> None:
    reply = make_judged(make_study(posts=1), text)

    assert (reply.outcome, reply.point, reply.raw) == (outcome, None, text)


def test_settling_keeps_what_was_there_before_and_who_decided_why() -> None:
    cast = make_study(posts=1)
    reply = make_judged(cast)
    four = reply.criterion.points.get(key="4")

    settle_reply(
        reply, outcome=JudgeOutcome.SCORE, point=four, reason="It says four.", n_known=0, by=cast.manager
    )
    settle_reply(reply, outcome=JudgeOutcome.REFUSED, reason="Looked again.", n_known=1, by=cast.manager)

    reply.refresh_from_db()
    assert (reply.outcome, reply.point, reply.raw) == (JudgeOutcome.REFUSED, None, "Let me think about that.")
    assert list(
        JudgeSettlement.objects.values_list("outcome_before", "point_before", "outcome", "point", "by")
    ) == [
        (JudgeOutcome.UNREADABLE, None, JudgeOutcome.SCORE, four.pk, cast.manager.pk),
        (JudgeOutcome.SCORE, four.pk, JudgeOutcome.REFUSED, None, cast.manager.pk),
    ]
    events = StudyEvent.objects.filter(kind=EventKind.JUDGE_REPLY_SETTLED)
    assert set(events.values_list("detail", flat=True)) == {f"SmolLM2-135M-Instruct, reply {reply.pk}"}


def test_what_was_settled_is_not_read_again() -> None:
    cast = make_study(posts=1)
    reply = make_judged(cast)
    settle_reply(reply, outcome=JudgeOutcome.UNREADABLE, reason="Nonsense.", n_known=0, by=cast.manager)

    collect_replies(reply.judge_run)

    assert reply.settlements.count() == 1


def test_settling_is_refused_where_it_would_overrule_a_score_or_a_colleague_or_say_nothing() -> None:
    cast = make_study(posts=1)
    reply = make_judged(cast)
    points = reply.criterion.points
    foreign = cast.study.criteria.get(key="alignment").points.get(key="9")
    four = points.get(key="4")
    read = JudgeReply.objects.exclude(pk=reply.pk).first()
    JudgeReply.objects.filter(pk=read.pk).update(outcome=JudgeOutcome.SCORE, point=four)

    def complaint(which: JudgeReply, **fields: object) -> str:
        with pytest.raises(StudyError) as raised:
            settle_reply(which, **{"reason": "why", "n_known": 0, "by": cast.manager, **fields})
        return str(raised.value).split(".")[0].split(":")[0]

    assert [
        complaint(read, outcome=JudgeOutcome.SCORE, point=four),
        complaint(reply, outcome=JudgeOutcome.SCORE, point=four, n_known=1),
        complaint(reply, outcome=JudgeOutcome.SCORE, point=four, reason="  "),
        complaint(reply, outcome=JudgeOutcome.WAITING),
        complaint(reply, outcome=JudgeOutcome.SCORE),
        complaint(reply, outcome=JudgeOutcome.SCORE, point=foreign),
        complaint(reply, outcome=JudgeOutcome.REFUSED, point=four),
    ] == [
        "Only a reply that could not be read is settled by hand",
        "Somebody settled this reply meanwhile",
        "Please say why",
        "Choose what the reply is taken for",
        *["Choose one of the scale's points for a score, and none for anything else"] * 3,
    ]
    assert not JudgeSettlement.objects.exists()


def test_database_knows_no_score_without_a_point_and_no_point_without_a_score() -> None:
    reply = make_judged(make_study(posts=1))
    four = reply.criterion.points.get(key="4")

    for outcome, point in ((JudgeOutcome.SCORE, None), (JudgeOutcome.REFUSED, four)):
        with pytest.raises(IntegrityError), transaction.atomic():
            JudgeReply.objects.filter(pk=reply.pk).update(outcome=outcome, point=point)


def test_text_that_answers_the_post_instead_is_unreadable_and_kept_whole() -> None:
    text = "You carry a great deal. I would take 3 deep breaths and then 4 more."

    def reply_for(chain: Chain, step: Step) -> str:
        return text

    cast = make_study(posts=1)
    judge_run = start_judge(cast, criteria=["alignment"])
    answer_judge(judge_run, reply_for)

    assert set(judge_run.replies.values_list("outcome", "raw")) == {(JudgeOutcome.UNREADABLE, text)}
