import os
import re
import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotation.domain.generation import cancel_generation, pause_generation, start_generation
from annotation.enums import EventKind
from annotation.models import Item, StudyEvent
from generation.backends.base import Failure, FailureKind, Message
from generation.domain.queue import claim_batch
from generation.enums import StepStatus
from generation.models import Chain, GenerationRun, ModelSpec, Response, Step
from tests.factories import make_study, write_all
from tests.generation.backends.scripted import ScriptedBackend, kind_answer, use

pytestmark = pytest.mark.django_db

SUMMARY = re.compile(
    r"^Study: (\d+) of (\d+) texts can be rated, (\d+) to review, (\d+) failed; \d+ s, [\d.]+ tokens/s\.$"
)


def counts(printed: str) -> tuple[int, ...]:
    """Return what the command's last line counts: can be rated, planned, to review, failed."""
    found = SUMMARY.match(printed.splitlines()[-1])
    assert found, printed
    return tuple(int(number) for number in found.groups())


def test_study_is_started_written_and_its_texts_attached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(ScriptedBackend(), monkeypatch)
    cast = make_study(posts=2, is_generated=False)

    call_command("generate", study=cast.study.slug)

    printed = capsys.readouterr()
    assert counts(printed.out) == (8, 8, 0, 0)
    assert "lie awake" not in printed.out + printed.err
    assert not Item.objects.filter(response=None).exists()
    started = StudyEvent.objects.get(kind=EventKind.GENERATION_STARTED)
    assert (started.study, started.by) == (cast.study, None)


def test_second_run_of_the_command_counts_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = use(ScriptedBackend(), monkeypatch)
    cast = make_study(posts=1, is_open=False)

    call_command("generate", study=cast.study.slug)

    assert counts(capsys.readouterr().out) == (4, 4, 0, 0)
    assert backend.batches == []


def test_refused_text_is_counted_and_the_command_succeeds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([Failure(FailureKind.REFUSED, "Content filter.")])
    use(ScriptedBackend(lambda chat: next(answers, kind_answer(chat))), monkeypatch)
    cast = make_study(posts=3, strategies=("INDV vanilla",), is_generated=False)

    call_command("generate", study=cast.study.slug)

    assert counts(capsys.readouterr().out) == (2, 3, 0, 1)


def test_other_studies_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(), monkeypatch)
    cast, other = make_study(posts=1, is_generated=False), make_study(is_generated=False, prefix="other-")
    run = start_generation(other.study, by=other.manager)

    call_command("generate", study=cast.study.slug)

    untouched = Step.objects.filter(run_model__run=run)
    assert set(untouched.values_list("status", "attempts")) == {(StepStatus.QUEUED, 0)}


def test_work_is_shared_with_another_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_study(posts=6, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    others = iter([lambda: write_all(run)])

    def answer(chat: Sequence[Message]) -> str:
        next(others, lambda: None)()
        return kind_answer(chat)

    backend = use(ScriptedBackend(answer, claim_size=2), monkeypatch)

    call_command("generate", study=cast.study.slug)

    assert [len(batch) for batch in backend.batches] == [2]
    assert sorted(Step.objects.values_list("worker", flat=True)).count("pen") == 4
    assert Response.objects.count() == Chain.objects.count() == 6


def test_steps_of_a_silent_worker_are_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(), monkeypatch)
    cast = make_study(posts=2, strategies=("INDV vanilla",), is_generated=False)
    start_generation(cast.study, by=cast.manager)
    claim_batch(worker="silent", limit=1)
    Step.objects.filter(worker="silent").update(lease_until=timezone.now() - timedelta(hours=1))

    call_command("generate", study=cast.study.slug)

    assert Response.objects.count() == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stop_signal_gives_back_what_is_not_written(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    def answer(chat: Sequence[Message]) -> str:
        os.kill(os.getpid(), number)
        return kind_answer(chat)

    use(ScriptedBackend(answer), monkeypatch)
    cast = make_study(posts=3, strategies=("INDV vanilla",), is_generated=False)
    handler = signal.getsignal(number)

    with pytest.raises(CommandError, match="Stopped; run this again to go on") as stopped:
        call_command("generate", study=cast.study.slug)

    assert stopped.value.returncode == code
    assert sorted(Step.objects.values_list("status", "attempts")) == [
        ("done", 1),
        ("queued", 0),
        ("queued", 0),
    ]
    assert Item.objects.exclude(response=None).count() == 1
    assert signal.getsignal(number) is handler


def test_paused_generation_goes_on_only_when_asked_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(ScriptedBackend(), monkeypatch)
    cast = make_study(posts=1, is_generated=False)
    start_generation(cast.study, by=cast.manager)
    pause_generation(cast.study, by=cast.manager)

    with pytest.raises(CommandError, match="add --resume"):
        call_command("generate", study=cast.study.slug)
    call_command("generate", study=cast.study.slug, resume=True)

    assert counts(capsys.readouterr().out) == (4, 4, 0, 0)


@pytest.mark.parametrize(
    ("change", "words"), [(pause_generation, "paused"), (cancel_generation, "cancelled")]
)
def test_command_ends_when_a_manager_pauses_or_cancels_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[..., None],
    words: str,
) -> None:
    cast = make_study(posts=4, strategies=("INDV vanilla",), is_generated=False)
    start_generation(cast.study, by=cast.manager)
    changes = iter([lambda: change(cast.study, by=cast.manager)])

    def answer(chat: Sequence[Message]) -> str:
        next(changes, lambda: None)()
        return kind_answer(chat)

    use(ScriptedBackend(answer, claim_size=2), monkeypatch)

    with pytest.raises(CommandError, match=f"The generation was {words} meanwhile"):
        call_command("generate", study=cast.study.slug)


def test_watching_leaves_the_writing_to_the_workers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = use(ScriptedBackend(), monkeypatch)
    cast = make_study(posts=1, is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    monkeypatch.setattr(time, "sleep", lambda _: write_all(run))

    call_command("generate", study=cast.study.slug, watch=True)

    assert counts(capsys.readouterr().out) == (4, 4, 0, 0)
    assert backend.batches == []


def test_bad_input_ends_in_one_line_and_changes_nothing() -> None:
    cast = make_study(posts=1, is_generated=False)
    cast.study.conditions.all().delete()
    cancelled = make_study(posts=1, is_generated=False, prefix="cancelled-")
    start_generation(cancelled.study, by=cancelled.manager)
    cancel_generation(cancelled.study, by=cancelled.manager)
    slugs = ["nowhere", cast.study.slug, cancelled.study.slug]
    lines = []

    for slug in slugs:
        with pytest.raises(CommandError) as refused:
            call_command("generate", study=slug)
        lines.append(str(refused.value))

    assert lines == [
        "There is no study 'nowhere'.",
        "Choose dimensions and conditions first.",
        "The generation was cancelled; for other texts, make a new study.",
    ]
    cast.study.refresh_from_db()
    assert cast.study.run is None


def test_design_is_set_by_options_before_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(ScriptedBackend(), monkeypatch)
    cast = make_study(posts=2, is_generated=False)
    dimension = cast.study.dimensions.first()
    model = ModelSpec.objects.get()

    call_command(
        "generate",
        study=cast.study.slug,
        strategy=["INDV +appr", "INDV vanilla"],
        model=[model.name],
        dimension=[dimension.key],
        max_new_tokens="64",
        end_at_sentence_after="",
        seed="7",
    )

    run = GenerationRun.objects.get()
    assert (run.seed, run.decoding["max_new_tokens"], run.decoding["end_at_sentence_after"]) == (7, 64, None)
    assert list(run.dimensions.all()) == [dimension]
    planned = Chain.objects.values_list("strategy", "run_model__model_spec").distinct()
    assert set(planned) == {("INDV +appr", model.pk), ("INDV vanilla", model.pk)}
    estimate, summary = capsys.readouterr().out.splitlines()
    assert estimate.startswith("Study: 4 texts in 6 calls, about ")
    assert counts(summary) == (4, 4, 0, 0)


def test_figures_alone_leave_the_rest_of_the_design(capsys: pytest.CaptureFixture[str]) -> None:
    cast = make_study(posts=1, is_generated=False)
    conditions = list(cast.study.conditions.values_list("model_spec", "pipeline", "method"))
    dimensions = list(cast.study.dimensions.all())

    call_command("generate", study=cast.study.slug, temperature="0.7", estimate=True)

    cast.study.refresh_from_db()
    assert (cast.study.decoding["temperature"], cast.study.run) == (0.7, None)
    assert list(cast.study.conditions.values_list("model_spec", "pipeline", "method")) == conditions
    assert list(cast.study.dimensions.all()) == dimensions


def test_estimate_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    cast = make_study(posts=2, is_generated=False)

    call_command("generate", study=cast.study.slug, estimate=True)

    [line] = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"Study: 8 texts in 10 calls, about [\d,]+ tokens read, at most [\d,]+ tokens written, "
        r"time not known yet\.",
        line,
    )
    cast.study.refresh_from_db()
    assert cast.study.run is None


def test_study_by_people_only_says_that_nothing_is_generated(capsys: pytest.CaptureFixture[str]) -> None:
    cast = make_study(posts=1, is_generated=False)
    cast.study.conditions.all().delete()
    post = cast.study.posts.posts.get()
    Response.objects.create(source="human", post=post, method="oracle_response", text="Rest.", status="valid")
    cast.study.conditions.create(source="human", method="oracle_response", position=1)

    call_command("generate", study=cast.study.slug)

    assert capsys.readouterr().out.splitlines() == [
        "Study: all texts were written by people; no model is called.",
        "Study: all texts were written by people; there is nothing to generate.",
    ]


def test_excluded_texts_are_counted_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(ScriptedBackend(), monkeypatch)
    cast = make_study(posts=1, is_open=False)
    Response.objects.filter(chain__strategy="INDV vanilla").update(status="excluded")

    call_command("generate", study=cast.study.slug)

    assert "3 of 4 texts can be rated, 0 to review, 1 excluded, 0 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"strategy": ["INDV cons"]}, "There is no strategy 'INDV cons'; there are INDV vanilla, "),
        ({"model": ["Nobody"]}, "There is no model 'Nobody'; there are SmolLM2-135M-Instruct."),
        ({"dimension": ["luck"]}, "There is no dimension 'luck'; there are self_responsibility, "),
        ({"temperature": "9"}, "Temperature: This must be a number from 0 to 2."),
        ({"seed": "many"}, "Seed: "),
    ],
)
def test_bad_option_ends_in_one_line_and_changes_nothing(options: dict[str, object], line: str) -> None:
    cast = make_study(posts=1, is_generated=False)
    n_events = cast.study.events.count()

    with pytest.raises(CommandError) as refused:
        call_command("generate", study=cast.study.slug, **options)

    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)
    cast.study.refresh_from_db()
    assert (cast.study.run, cast.study.events.count()) == (None, n_events)


def test_design_of_a_started_generation_stays(capsys: pytest.CaptureFixture[str]) -> None:
    cast = make_study(posts=1, is_open=False)

    with pytest.raises(CommandError, match="can no longer be changed"):
        call_command("generate", study=cast.study.slug, seed="8")
    with pytest.raises(CommandError, match="without --estimate"):
        call_command("generate", study=cast.study.slug, estimate=True)
