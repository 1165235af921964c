from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.backends.base import Decoding, Failure, FailureKind, Message
from generation.domain.example import store_example_constitution, store_small_model
from generation.domain.post import store_posts
from generation.domain.queue import claim_batch, held_steps, sweep_expired_leases
from generation.domain.ready_made import ReadyMadeCall, create_ready_made_run, queue_ready_made
from generation.domain.run import RunError, cancel_run, regenerate, retry_failed, start_run
from generation.domain.worker import drain
from generation.enums import ChainStatus, StepStatus
from generation.models import Chain, GenerationRun, Response, Step
from generation.queries.chat import ask_steps
from generation.queries.run import run_progress
from generation.queries.speed import model_speeds
from tests.factories import make_drafts
from tests.generation.backends.scripted import ScriptedBackend, use
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

DECODING = Decoding(max_new_tokens=20, temperature=0.5)
CHAT = (Message("system", "You rate."), Message("user", "How is {post}?"))


def make_ready_made(subjects: tuple[str, ...] = ("one", "two", "three")) -> GenerationRun:
    posts = store_posts(name="Judged", drafts=make_drafts(1))
    run = create_ready_made_run(
        name="Ready",
        model_spec=store_small_model(),
        constitution_set=store_example_constitution(),
        decoding=DECODING,
        seed=36,
    )
    queue_ready_made(run, [call(posts.posts.get(), subject) for subject in subjects])
    start_run(run)
    return run


def call(post: object, subject: str) -> ReadyMadeCall:
    chat = (CHAT[0], Message("user", f"{CHAT[1].content} {subject}"))
    return ReadyMadeCall(post=post, dimension=None, subject=subject, wording="empathy", messages=chat)


def work() -> None:
    drain(worker="w", should_stop=lambda: False, budget_s=60)


def test_calls_are_sent_as_they_are_and_their_answers_are_no_responses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backend = use(ScriptedBackend(lambda chat: f"To {chat[-1].content.split()[-1]}"), monkeypatch)
    run = make_ready_made()

    work()

    assert [[message.content for message in chat] for [*batch] in backend.batches for chat in batch] == [
        ["You rate.", f"How is {{post}}? {subject}"] for subject in ("one", "two", "three")
    ]
    assert list(Step.objects.values_list("chain__subject", "chain__status", "status", "output")) == [
        (subject, ChainStatus.DONE, StepStatus.DONE, f"To {subject}") for subject in ("one", "two", "three")
    ]
    assert not Response.objects.exists()
    progress = run_progress(run)
    assert (progress.is_finished, progress.texts_finished, progress.calls_done) == (True, 3, 3)


def test_answers_alike_and_empty_ones_are_nothing_to_review(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["4", "4", ""])
    use(ScriptedBackend(lambda chat: next(answers)), monkeypatch)
    make_ready_made()

    work()

    assert set(Chain.objects.values_list("status", flat=True)) == {ChainStatus.DONE}
    assert not Response.objects.exists()


def test_failure_fails_its_own_call_and_is_tried_again_unless_it_is_an_answer_of_a_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([Failure(FailureKind.REFUSED, "No."), Failure(FailureKind.TOO_LONG, "Long.")])
    use(ScriptedBackend(lambda chat: next(answers, "4")), monkeypatch)
    run = make_ready_made()
    work()

    n_again = retry_failed(run, but_not=[FailureKind.REFUSED])
    work()

    assert n_again == 1
    assert list(Chain.objects.order_by("id").values_list("status", flat=True)) == [
        ChainStatus.FAILED,
        ChainStatus.DONE,
        ChainStatus.DONE,
    ]


def test_call_of_a_killed_worker_comes_back_with_its_chat_and_is_answered_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backend = use(ScriptedBackend(lambda chat: "4"), monkeypatch)
    run = make_ready_made()
    claim_batch(worker="killed", limit=2)
    Step.objects.filter(status=StepStatus.LEASED).update(lease_until=timezone.now() - timedelta(seconds=1))

    swept = sweep_expired_leases()
    work()

    assert swept == 2
    assert sum(map(len, backend.batches)) == 3
    assert run_progress(run).calls_done == 3
    assert set(Step.objects.values_list("output", flat=True)) == {"4"}


def test_more_calls_can_be_queued_until_the_run_is_cancelled() -> None:
    run = make_ready_made(("one",))
    post = Chain.objects.get().post

    queue_ready_made(run, [call(post, "two")])
    cancel_run(run)

    assert run_progress(run).calls_planned == 2
    with pytest.raises(RunError, match="was cancelled"):
        queue_ready_made(run, [call(post, "three")])


def test_same_subject_twice_is_refused_by_the_database() -> None:
    run = make_ready_made(("one",))

    with pytest.raises(IntegrityError), transaction.atomic():
        queue_ready_made(run, [call(Chain.objects.get().post, "one")])


def test_chain_needs_a_strategy_or_a_subject_and_not_both() -> None:
    chain = Chain.objects.get(run_model__run=make_ready_made(("one",)))

    for strategy, subject in (("", ""), ("INDV vanilla", "one")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Chain.objects.filter(pk=chain.pk).update(strategy=strategy, subject=subject)


def test_run_of_texts_takes_no_ready_made_calls_and_these_are_not_written_again() -> None:
    run, ready = make_run(), make_ready_made(("one",))
    chain = Chain.objects.get(run_model__run=ready)

    with pytest.raises(RunError, match="a run of their own"):
        queue_ready_made(run, [call(chain.post, "one")])
    with pytest.raises(RunError, match="not made again"):
        regenerate(chain)


def test_ready_made_calls_say_nothing_of_how_long_texts_are(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(lambda chat: "4"), monkeypatch)
    make_ready_made(tuple(map(str, range(12))))

    work()

    assert model_speeds([store_small_model()], decoding=DECODING) == {}


def test_asked_step_of_a_ready_made_call_is_the_last_and_writes_no_text() -> None:
    run = make_ready_made()
    lease = claim_batch(worker="w", limit=10)

    asked = ask_steps(held_steps(lease.token), run)

    assert [(one.is_last, one.writes_text, one.calls, one.messages[0]) for one in asked] == [
        (True, False, (), CHAT[0])
    ] * 3
