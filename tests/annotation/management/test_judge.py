import os
import re
import signal
from collections.abc import Sequence

import pytest
from django.core.management import CommandError, call_command

from annotation.domain.generation import start_generation
from annotation.domain.item import attach_responses
from annotation.domain.judge_run import cancel_judge_run, pause_judge_run
from annotation.enums import EventKind
from annotation.models import JudgeReply, JudgeRun, StudyEvent
from generation.backends.base import Failure, FailureKind, Message
from generation.domain.example import SMALL_MODEL
from generation.models import Step
from tests.factories import Cast, make_study, write_all
from tests.generation.backends.scripted import ScriptedBackend, kind_answer, use

pytestmark = pytest.mark.django_db

COUNTS = re.compile(r"^(score|refused|not applicable|unreadable|failed or waiting): (\d+)$", re.MULTILINE)


def counts(printed: str) -> tuple[int, ...]:
    """Return the counts that end the command's output, in their order."""
    return tuple(int(figure) for _, figure in COUNTS.findall(printed))


def judge(cast: Cast, *options: str) -> None:
    call_command("judge", "--study", cast.study.slug, "--model", SMALL_MODEL, *options)


def is_judge(chat: Sequence[Message]) -> bool:
    return "<score>" in chat[-1].content


def test_every_text_is_scored_and_no_text_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(ScriptedBackend(lambda chat: "<score>4</score>"), monkeypatch)
    cast = make_study(posts=1)
    n = cast.study.items.count()

    judge(cast, "--criteria", "alignment", "empathy")

    printed = capsys.readouterr()
    assert counts(printed.out) == (2 * n, 0, 0, 0, 0)
    assert "lie awake" not in printed.out + printed.err
    started = StudyEvent.objects.get(kind=EventKind.JUDGE_STARTED)
    assert (started.study, started.by) == (cast.study, None)


def test_second_run_of_the_command_counts_and_asks_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = use(ScriptedBackend(lambda chat: "Perhaps."), monkeypatch)
    cast = make_study(posts=1)
    judge(cast, "--criteria", "empathy")
    asked = len(backend.batches)
    first = counts(capsys.readouterr().out)

    judge(cast, "--criteria", "empathy")

    assert counts(capsys.readouterr().out) == first == (0, 0, 0, cast.study.items.count(), 0)
    assert len(backend.batches) == asked
    assert JudgeRun.objects.count() == 1


def test_other_questions_are_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(lambda chat: "4"), monkeypatch)
    cast = make_study(posts=1)

    judge(cast, "--criteria", "empathy")
    judge(cast, "--criteria", "empathy", "--repeats", "2")
    judge(cast, "--criteria", "alignment")
    judge(cast, "--criteria", "alignment", "--max-new-tokens", "9")

    figures = [(run.repeats, run.generation_run.decoding) for run in JudgeRun.objects.order_by("id")]
    assert [(n, d["temperature"], d["max_new_tokens"]) for n, d in figures] == [
        (1, 0, 120),
        (2, 0.7, 120),
        (1, 0, 120),
        (1, 0, 9),
    ]


def test_texts_that_came_later_are_scored_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(ScriptedBackend(lambda chat: "4" if is_judge(chat) else kind_answer(chat)), monkeypatch)
    cast = make_study(posts=2, is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    write_all(run, most=3)
    attach_responses(cast.study)
    judge(cast, "--criteria", "empathy")
    first = counts(capsys.readouterr().out)
    write_all(run)
    attach_responses(cast.study)

    judge(cast, "--criteria", "empathy")

    assert first[0] < cast.study.items.count()
    assert counts(capsys.readouterr().out)[0] == cast.study.items.count()
    assert JudgeRun.objects.count() == 1


def test_refusals_are_counted_apart_from_failures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([Failure(FailureKind.REFUSED, "Filter."), Failure(FailureKind.TOO_LONG, "Long.")])
    use(ScriptedBackend(lambda chat: next(answers, "NA")), monkeypatch)
    cast = make_study(posts=1)

    judge(cast, "--criteria", "empathy")

    assert counts(capsys.readouterr().out) == (0, 1, cast.study.items.count() - 2, 0, 1)


def test_stop_gives_back_what_is_not_answered_and_the_next_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = 0

    def answer(chat: Sequence[Message]) -> str:
        nonlocal asked
        asked += 1
        if asked == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return "4"

    use(ScriptedBackend(answer), monkeypatch)
    cast = make_study(posts=1)

    with pytest.raises(CommandError) as raised:
        judge(cast, "--criteria", "empathy")
    leased = Step.objects.filter(lease_token__isnull=False).count()
    judge(cast, "--criteria", "empathy")

    assert raised.value.returncode == 143
    assert leased == 0
    assert counts(capsys.readouterr().out) == (cast.study.items.count(), 0, 0, 0, 0)
    assert asked == cast.study.items.count()


def test_no_wait_leaves_the_calls_to_the_workers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = use(ScriptedBackend(lambda chat: "4"), monkeypatch)
    cast = make_study(posts=1)

    judge(cast, "--criteria", "empathy", "--no-wait")

    assert capsys.readouterr().out == (
        f"SmolLM2-135M-Instruct on Study: {cast.study.items.count()} calls, left to the workers.\n"
    )
    assert backend.batches == []
    assert JudgeReply.objects.count() == cast.study.items.count()


def test_paused_judge_needs_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(lambda chat: "4"), monkeypatch)
    cast = make_study(posts=1)
    judge(cast, "--no-wait")
    pause_judge_run(JudgeRun.objects.get(), by=cast.manager)

    with pytest.raises(CommandError, match="add --resume"):
        judge(cast)
    judge(cast, "--resume")

    assert not JudgeReply.objects.filter(outcome="waiting").exists()


def test_cancelled_judge_is_left_alone_and_a_new_one_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(lambda chat: "4"), monkeypatch)
    cast = make_study(posts=1)
    judge(cast, "--no-wait")
    cancel_judge_run(JudgeRun.objects.get(), by=cast.manager)

    judge(cast)

    assert JudgeRun.objects.count() == 2


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--criteria", "beauty"], "The study has no criterion beauty."),
        (["--prompts", "Nobody's"], "There is no judge's prompt set \"Nobody's\"."),
        (["--repeats", "3", "--temperature", "0"], "only repeat itself"),
        (["--repeats", "99"], "--repeats: Ensure this value is less than or equal to 20."),
        (["--temperature", "7"], "--temperature: This must be a number from 0 to 2."),
        (["--model", "Nobody"], "There is no model 'Nobody' in the library."),
        (["--study", "nothing"], "There is no study 'nothing'."),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_made(options: list[str], complaint: str) -> None:
    cast = make_study(posts=1)

    with pytest.raises(CommandError, match=re.escape(complaint)) as raised:
        judge(cast, *options)

    assert "\n" not in str(raised.value)
    assert not JudgeRun.objects.exists()
