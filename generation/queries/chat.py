"""What the calls of claimed steps send: the post, the run's wording and the chain's earlier answers.

A ready-made call sends the chat that was stored with it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from generation.backends.base import Message
from generation.enums import StepStatus
from generation.models import GenerationRun, Step
from generation.queries.constitution import constitution_of, prompts_of, writing_prompt_set
from generation.strategies import STRATEGIES, Call, Yields, next_messages, plan_calls


@dataclass(frozen=True)
class AskedStep:
    """A step with what its call is made from: its chain's calls and earlier answers, and the chat to send.

    A ready-made call is the only one of its chain, and none of the strategies' calls.
    """

    step: Step
    calls: tuple[Call, ...]
    answers: tuple[str, ...]
    messages: tuple[Message, ...]

    @property
    def is_last(self) -> bool:
        return not self.calls or self.step.index == len(self.calls) - 1

    @property
    def writes_text(self) -> bool:
        """Whether the answer is a text for the post, or a revision of one."""
        return bool(self.calls) and self.calls[self.step.index].yields is Yields.TEXT


def ask_steps(steps: QuerySet[Step], run: GenerationRun) -> list[AskedStep]:
    """Return the steps, all of one run, in order, each with the chat that its call sends. Three queries."""
    claimed = list(steps.select_related("chain__post", "chain__dimension").order_by("id"))
    run_dimensions = tuple(run.dimensions.order_by("number").values_list("key", flat=True))
    answers = _answers_before(claimed)
    return [_ask(step, run, run_dimensions, answers[step.chain_id]) for step in claimed]


def _answers_before(steps: Sequence[Step]) -> dict[int, tuple[str, ...]]:
    """Return the answers of each chain so far, in order. One query."""
    # A claimed step is its chain's newest, so whatever else the chain has came before it.
    chains = [step.chain_id for step in steps if step.index]
    rows = Step.objects.filter(chain__in=chains, status=StepStatus.DONE).order_by("chain_id", "index")
    answers: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for chain_id, output in rows.values_list("chain_id", "output"):
        answers[chain_id] += (output,)
    return answers


def _ask(
    step: Step, run: GenerationRun, run_dimensions: tuple[str, ...], answers: tuple[str, ...]
) -> AskedStep:
    chain = step.chain
    if chain.is_ready_made:
        stored = tuple(Message(message["role"], message["content"]) for message in step.messages)
        return AskedStep(step, calls=(), answers=(), messages=stored)
    strategy = STRATEGIES[chain.strategy]
    dimensions = (chain.dimension.key,) if chain.dimension else run_dimensions
    messages = next_messages(
        strategy,
        post=chain.post.text,
        constitution=constitution_of(run.constitution_set),
        prompts=prompts_of(writing_prompt_set(run)),
        dimensions=dimensions,
        answers=answers,
    )
    if messages is None:
        raise ValueError(f"{step} is past the end of its chain.")
    return AskedStep(step, plan_calls(strategy, dimensions), answers, messages)
