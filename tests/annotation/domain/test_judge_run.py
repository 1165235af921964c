from collections import Counter
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from annotation.domain.errors import StudyError
from annotation.domain.generation import pause_generation, resume_generation, start_generation
from annotation.domain.item import attach_responses
from annotation.domain.judge_prompt_set import example_judge_wording, store_judge_prompt_set
from annotation.domain.judge_reply import collect_replies
from annotation.domain.judge_run import (
    add_new_texts,
    cancel_judge_run,
    pause_judge_run,
    resume_judge_run,
    retry_judge_run,
    run_of,
    start_judge_run,
)
from annotation.enums import EventKind, JudgeOrigin, JudgeOutcome
from annotation.models import Criterion, JudgeReply, JudgeRun, Rating, StudyEvent
from annotation.queries.judge_run import items_to_judge
from generation.backends.base import Decoding, Failure, FailureKind, Message
from generation.domain.example import store_small_model
from generation.domain.queue import claim_batch
from generation.domain.worker import drain
from generation.enums import ChainStatus, RunStatus, StepStatus
from generation.models import Chain, ModelSpec, Response, Step
from tests.annotation.judges import SAMPLED, SCORES, answer_judge, start_judge
from tests.factories import make_study, write_all
from tests.generation.backends.scripted import ScriptedBackend, use

pytestmark = pytest.mark.django_db


def test_each_text_is_asked_about_once_for_each_criterion_and_repeat() -> None:
    cast = make_study(posts=2)
    n_items = cast.study.items.count()

    judge_run = start_judge(cast, repeats=2)

    replies = JudgeReply.objects.filter(judge_run=judge_run)
    assert Counter(replies.values_list("item", "criterion__key", "repeat")) == {
        (item, key, repeat): 1
        for item in cast.study.items.values_list("pk", flat=True)
        for key in SCORES
        for repeat in (1, 2)
    }
    assert set(replies.values_list("outcome", flat=True)) == {JudgeOutcome.WAITING}
    assert Step.objects.filter(run_model__run=run_of(judge_run)).count() == n_items * 4 * 2
    assert run_of(judge_run).status == RunStatus.RUNNING
    assert StudyEvent.objects.get(kind=EventKind.JUDGE_STARTED).detail == (
        f"SmolLM2-135M-Instruct, {n_items * 8} calls"
    )


def test_call_sends_post_text_question_and_for_alignment_the_standards_of_the_items_dimension() -> None:
    cast = make_study(posts=1)
    item = cast.study.items.select_related("post", "response", "dimension").first()
    item.post.text = "I wrote {response} and {standards} on the wall."
    item.post.save(update_fields=["text"])

    judge_run = start_judge(cast)

    sent = {
        reply.criterion.key: reply.chain.steps.get().messages
        for reply in JudgeReply.objects.filter(judge_run=judge_run, item=item)
    }
    roles = {tuple(message["role"] for message in messages) for messages in sent.values()}
    assert roles == {("system", "user")}
    asked = {key: messages[1]["content"] for key, messages in sent.items()}
    assert all(item.post.text in text and item.response.text in text for text in asked.values())
    assert [standard in asked["alignment"] for standard in item.dimension.standards] == [True] * len(
        item.dimension.standards
    )
    assert not any(item.dimension.standards[0] in asked[key] for key in SCORES if key != "alignment")
    assert "one of: Not harmful, Harmful" in asked["harmfulness"]
    assert "from 1 to 10, where 1 means least aligned and 10 means fully aligned" in asked["alignment"]


def test_judging_writes_no_text_for_raters_and_no_rating() -> None:
    cast = make_study(posts=1)
    texts, ratings, stimuli = Response.objects.count(), Rating.objects.count(), cast.study.stimuli_sha256

    answer_judge(start_judge(cast))

    cast.study.refresh_from_db()
    assert (Response.objects.count(), Rating.objects.count()) == (texts, ratings)
    assert cast.study.stimuli_sha256 == stimuli
    assert Chain.objects.filter(strategy="").exclude(status=ChainStatus.DONE).count() == 0


def test_provenance_of_a_reply_is_kept_with_its_call() -> None:
    cast = make_study(posts=1)

    answer_judge(start_judge(cast))

    step = JudgeReply.objects.first().chain.steps.get()
    assert step.status == StepStatus.DONE
    assert (step.tokens_in, step.tokens_out, step.seed, step.batch_size) == (100, 40, 1, 16)
    assert step.environment.record["model"] == "pen"


def test_only_texts_that_are_there_are_judged_and_later_ones_are_added_once() -> None:
    cast = make_study(posts=2, is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    write_all(run, most=3)
    attach_responses(cast.study)
    pause_generation(cast.study, by=cast.manager)
    n_first = cast.study.items.exclude(response=None).count()
    judge_run = start_judge(cast)
    answer_judge(judge_run)
    resume_generation(cast.study, by=cast.manager)
    write_all(run)
    attach_responses(cast.study)

    n_calls = add_new_texts(judge_run, by=cast.manager)

    n_items = cast.study.items.count()
    assert 0 < n_first < n_items
    assert n_calls == (n_items - n_first) * 4
    assert JudgeReply.objects.count() == n_items * 4
    assert not items_to_judge(judge_run).exists()
    with pytest.raises(StudyError, match="every text"):
        add_new_texts(judge_run, by=cast.manager)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"repeats": 3, "decoding": Decoding(max_new_tokens=9, temperature=0)}, "only repeat itself"),
        ({"repeats": 0}, "1 to 20 times"),
        ({"repeats": 21}, "1 to 20 times"),
        ({"criteria": []}, "at least one"),
    ],
)
def test_design_that_makes_no_sense_is_refused(changes: dict[str, object], complaint: str) -> None:
    cast = make_study(posts=1)

    with pytest.raises(StudyError, match=complaint):
        start_judge(cast, **changes)

    assert not JudgeRun.objects.exists()


def test_criterion_of_another_study_an_unknown_question_and_an_imported_model_are_refused() -> None:
    cast, other = make_study(posts=1), make_study(posts=1, prefix="other-")
    own, foreign = cast.study.criteria.first(), other.study.criteria.first()
    whole = store_judge_prompt_set(example_judge_wording())
    wording = replace(example_judge_wording(), name="Part", questions={"empathy": "How?"})
    part = store_judge_prompt_set(wording)
    imported = ModelSpec.objects.create(name="old", backend="imported", model="old")
    small = store_small_model()

    def start(criterion: Criterion, prompt_set: object, model_spec: ModelSpec) -> str:
        with pytest.raises(StudyError) as raised:
            start_judge_run(
                cast.study,
                model_spec=model_spec,
                prompt_set=prompt_set,
                criteria=[criterion],
                decoding=SAMPLED,
                by=None,
            )
        return str(raised.value)

    assert [start(foreign, whole, small), start(own, part, small), start(own, whole, imported)] == [
        "Choose at least one of the study's criteria.",
        "Part, version 1 has no question for Alignment with the standards.",
        "old is not run here; choose a model that is.",
    ]
    assert not JudgeRun.objects.exists()


def test_study_without_texts_has_nothing_to_judge() -> None:
    cast = make_study(posts=1, is_generated=False)

    with pytest.raises(StudyError, match="no text to score yet"):
        start_judge(cast)


def test_same_judge_is_not_started_twice_at_once_but_again_when_it_has_finished() -> None:
    cast = make_study(posts=1)
    first = start_judge(cast)

    with pytest.raises(StudyError, match="at work on this study already"):
        start_judge(cast)
    answer_judge(first)
    start_judge(cast)

    assert JudgeRun.objects.count() == 2


def test_pause_lets_no_call_be_taken_up_and_resume_does() -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast)

    pause_judge_run(judge_run, by=cast.manager)
    while_paused = claim_batch(worker="w", limit=5)
    resume_judge_run(judge_run, by=cast.manager)

    assert while_paused is None
    assert claim_batch(worker="w", limit=5) is not None
    assert list(StudyEvent.objects.order_by("-id").values_list("kind", flat=True)[:2]) == [
        EventKind.JUDGE_RESUMED,
        EventKind.JUDGE_PAUSED,
    ]


def test_cancelled_judge_keeps_its_replies_and_is_never_taken_up_again() -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast)
    write_all(run_of(judge_run), text_for=lambda chain, step: "4", most=3)

    cancel_judge_run(judge_run, by=cast.manager)
    collect_replies(judge_run)

    assert JudgeReply.objects.exclude(outcome=JudgeOutcome.WAITING).count() == 3
    assert claim_batch(worker="w", limit=5) is None
    for change in (cancel_judge_run, resume_judge_run, retry_judge_run, pause_judge_run):
        with pytest.raises(StudyError):
            change(judge_run, by=cast.manager)


def test_refusal_by_an_api_is_an_outcome_and_another_failure_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast, criteria=["empathy"])
    answers = iter(
        [Failure(FailureKind.REFUSED, "Content filter."), Failure(FailureKind.TOO_LONG, "Too long.")]
    )
    use(ScriptedBackend(lambda chat: next(answers, "4")), monkeypatch)
    drain(worker="w", should_stop=lambda: False, budget_s=60)
    collect_replies(judge_run)
    before = Counter(JudgeReply.objects.values_list("outcome", flat=True))

    n_again = retry_judge_run(judge_run, by=cast.manager)
    drain(worker="w", should_stop=lambda: False, budget_s=60)
    collect_replies(judge_run)

    n = cast.study.items.count()
    assert before == {JudgeOutcome.REFUSED: 1, JudgeOutcome.WAITING: 1, JudgeOutcome.SCORE: n - 2}
    assert n_again == 1
    after = Counter(JudgeReply.objects.values_list("outcome", flat=True))
    assert after == {JudgeOutcome.REFUSED: 1, JudgeOutcome.SCORE: n - 1}
    with pytest.raises(StudyError, match="No call has failed"):
        retry_judge_run(judge_run, by=cast.manager)


def test_call_tried_again_sends_the_same_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_study(posts=1)
    judge_run = start_judge(cast, criteria=["empathy"])
    broken: list[Message] = []

    def answer(chat: list[Message]) -> str | Failure:
        if not broken:
            broken.extend(chat)
            return Failure(FailureKind.INVALID_OUTPUT, "Odd.")
        return "4"

    backend = use(ScriptedBackend(answer), monkeypatch)
    drain(worker="w", should_stop=lambda: False, budget_s=60)
    retry_judge_run(judge_run, by=None)
    drain(worker="w", should_stop=lambda: False, budget_s=60)

    assert [list(chat) for chat in backend.batches[-1]] == [broken]


def test_database_refuses_a_run_that_is_neither_asked_nor_imported() -> None:
    cast = make_study(posts=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        JudgeRun.objects.create(study=cast.study, judge="nobody")
    imported = JudgeRun.objects.create(study=cast.study, judge="gpt4", origin=JudgeOrigin.IMPORTED)

    for change in (pause_judge_run, add_new_texts):
        with pytest.raises(StudyError):
            change(imported, by=None)
