"""The authors' own calls, made once more by the code that production runs.

Their constitution and wording come in by the commands, a run is made and started, a worker drains it, and the
model is a recording that knows no other chat than the recorded ones.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pytest
import yaml
from django.core.management import call_command

from generation.backends.base import Decoding, Message
from generation.backends.replay import Chat, ReplayBackend
from generation.domain.post import PostDraft, store_posts
from generation.domain.run import RunCondition, create_run, start_run
from generation.domain.worker import drain
from generation.enums import ChainStatus, StepStatus
from generation.models import Chain, ConstitutionSet, GenerationRun, ModelSpec, PromptSet, Step
from tests.generation.backends.scripted import use
from tests.generation.release.folder import REFUSAL
from tests.generation.release.samples import PROMPT_SET, RELEASE, needs_release, recorded_rows

pytestmark = [pytest.mark.django_db(transaction=True), needs_release]

NUMBERS = (1, 4, 6, 7, 8, 23)
PAPER = Decoding(max_new_tokens=512, temperature=0.1)

Row = dict[str, str]


@dataclass(frozen=True)
class RecordedCall:
    """One call as the release has it; number is the dimension's in a dimension-wise strategy."""

    chat: Chat
    answer: str
    number: int | None
    index: int


def opening(row: Row, question: str) -> Chat:
    """Return the chat of a first turn: the release records its question without the message around it."""
    return chat(f"[Text] {row['Reddit Post']}\n\n[Question] {question}")


def chat(content: str) -> Chat:
    return (Message("system", system_prompt()), Message("user", content))


@cache
def system_prompt() -> str:
    return str(yaml.safe_load(PROMPT_SET.read_text(encoding="utf-8"))["system"])


def vanilla(row: Row) -> list[RecordedCall]:
    return [RecordedCall(opening(row, row["reappraisal_question"]), row["reappraisal_output"], None, 0)]


def guided(row: Row) -> list[RecordedCall]:
    return [
        RecordedCall(
            opening(row, row[f"reappraisal_question_dim_{number}"]),
            row[f"reappraisal_output_dim_{number}"],
            number,
            0,
        )
        for number in NUMBERS
    ]


def self_refine(row: Row) -> list[RecordedCall]:
    first = opening(row, row["intermediate_prompt_step_0"])
    chats = [first, *(chat(row[f"intermediate_prompt_step_{step}"]) for step in range(1, 6))]
    return [
        RecordedCall(sent, row[f"reappraisal_output_step_{step}"], None, step)
        for step, sent in enumerate(chats)
    ]


SAMPLES = {
    "INDV vanilla": ("INDV/vanilla/Llama-2-13b-chat-hf", vanilla),
    "INDV +cons": ("INDV/+cons/Mistral-7B-Instruct-v0.1", guided),
    "ITER self-refine": ("ITER/self-refine/gpt-4-turbo", self_refine),
}


def run_through(strategy: str, model: str, rows: Sequence[Row]) -> GenerationRun:
    """Make, start and drain a run of the rows' posts with the authors' constitution and wording."""
    call_command("import_constitution", str(RELEASE), "--name", "RESORT", verbosity=0)
    call_command("import_prompt_set", str(PROMPT_SET), verbosity=0)
    constitution_set, prompt_set = ConstitutionSet.objects.get(), PromptSet.objects.get()
    drafts = [PostDraft(key=row["Reddit ID"], text=row["Reddit Post"]) for row in rows]
    run = create_run(
        name="Replay",
        posts=list(store_posts(name="Sample", drafts=drafts).posts.all()),
        conditions=[RunCondition(strategy, ModelSpec.objects.create(name=model, model=model))],
        dimensions=list(constitution_set.dimensions.all()),
        constitution_set=constitution_set,
        prompt_set=prompt_set,
        decoding=PAPER,
        seed=36,
    )
    start_run(run)
    drain(worker="w", should_stop=lambda: False, budget_s=120)
    return run


def record(calls: Sequence[RecordedCall]) -> dict[Chat, list[str]]:
    recording: defaultdict[Chat, list[str]] = defaultdict(list)
    for call in calls:
        recording[call.chat].append(call.answer)
    return recording


def as_sent(messages: Chat) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


@pytest.mark.parametrize("strategy", SAMPLES)
def test_every_call_of_the_samples_is_sent_byte_for_byte(
    strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, calls_of = SAMPLES[strategy]
    rows = recorded_rows(f"{path}.jsonl")
    recorded = {(row["Reddit ID"], call.number, call.index): call for row in rows for call in calls_of(row)}
    use(ReplayBackend(record(list(recorded.values())), model=path), monkeypatch)

    run_through(strategy, path.rpartition("/")[2], rows)

    steps = {
        (step.chain.post.key, step.chain.dimension and step.chain.dimension.number, step.index): step
        for step in Step.objects.select_related("chain__post", "chain__dimension")
    }
    assert steps.keys() == recorded.keys()
    for place, step in steps.items():
        assert step.messages == as_sent(recorded[place].chat), place
        assert (step.status, step.output) == (StepStatus.DONE, recorded[place].answer), place
    assert set(Chain.objects.values_list("status", flat=True)) == {ChainStatus.DONE}


def test_refusal_in_between_ends_its_chain_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = recorded_rows("ITER/self-refine/gpt-4-turbo.jsonl")[:2]
    first["reappraisal_output_step_1"] = REFUSAL
    use(ReplayBackend(record([*self_refine(first), *self_refine(second)]), model="m"), monkeypatch)

    run_through("ITER self-refine", "gpt-4-turbo", [first, second])

    steps = Step.objects.order_by("chain__post__position", "index")
    assert list(steps.values_list("chain__post__key", "index", "status", "failure_kind")) == [
        (first["Reddit ID"], 0, StepStatus.DONE, ""),
        (first["Reddit ID"], 1, StepStatus.FAILED, "refused"),
        *((second["Reddit ID"], step, StepStatus.DONE, "") for step in range(6)),
    ]
    assert not any(REFUSAL in output for output in steps.values_list("output", flat=True))
