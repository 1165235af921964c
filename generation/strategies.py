"""The eight RESORT strategies: which question is asked next, given the answers so far.

Source: Zhan et al., COLM 2024 (arXiv 2404.01288), sections on individual guided reappraisal and iterative
guided refinement. A strategy is a list of calls known before the first one is made; the wording of a call is
data (prompt_set), so that one small engine serves all eight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from generation.backends.base import Message
from generation.constitution import Constitution
from generation.prompt_set import PromptSet, Wording

__all__ = [
    "STRATEGIES",
    "Call",
    "Message",
    "Method",
    "Pipeline",
    "Strategy",
    "Wording",
    "Yields",
    "chain_dimensions",
    "chains_per_post",
    "count_calls",
    "current_text",
    "next_messages",
    "plan_calls",
]


class Pipeline(StrEnum):
    INDV = "INDV"  # individual guided reappraisal: one text per post and dimension
    ITER = "ITER"  # iterative guided refinement: one text per post, refined dimension by dimension


class Method(StrEnum):
    VANILLA = "vanilla"
    SELF_REFINE = "self-refine"
    APPR = "+appr"
    CONS = "+cons"
    APPR_CONS = "+appr +cons"


@dataclass(frozen=True)
class Strategy:
    pipeline: Pipeline
    method: Method

    @property
    def key(self) -> str:
        """The strategy's name, such as 'INDV +cons'."""
        return f"{self.pipeline} {self.method}"

    @property
    def dimension_wise(self) -> bool:
        """Whether every dimension gets a chain and a text of its own."""
        return self.pipeline is Pipeline.INDV and self.method is not Method.VANILLA

    @property
    def appraises(self) -> bool:
        return self.method in (Method.APPR, Method.APPR_CONS)

    @property
    def guided(self) -> bool:
        return self.method in (Method.CONS, Method.APPR_CONS)


# In the order in which the paper describes them: 1, 6, 12, 12, 6, 6, 12, 18 calls a post for six dimensions.
STRATEGIES: dict[str, Strategy] = {
    strategy.key: strategy
    for strategy in (
        Strategy(Pipeline.INDV, Method.VANILLA),
        Strategy(Pipeline.INDV, Method.CONS),
        Strategy(Pipeline.INDV, Method.APPR),
        Strategy(Pipeline.INDV, Method.APPR_CONS),
        Strategy(Pipeline.ITER, Method.SELF_REFINE),
        Strategy(Pipeline.ITER, Method.CONS),
        Strategy(Pipeline.ITER, Method.APPR),
        Strategy(Pipeline.ITER, Method.APPR_CONS),
    )
}


class Yields(StrEnum):
    APPRAISAL = "appraisal"
    TEXT = "text"


# Revisions carry the post in their own wording; others are wrapped in `first_message` when they open a chat.
_SELF_CONTAINED = {Wording.REVISE, Wording.REVISE_GUIDED, Wording.REVISE_BY_APPRAISAL}


@dataclass(frozen=True)
class Call:
    """One model call; same_chat keeps the call before it, with its answer, in the conversation."""

    dimension: str | None
    wording: Wording
    same_chat: bool
    yields: Yields

    @property
    def is_wrapped(self) -> bool:
        """Whether its question is sent inside `first_message`, together with the post."""
        return not self.same_chat and self.wording not in _SELF_CONTAINED


def chain_dimensions(strategy: Strategy, dimensions: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The dimensions of each chain that one post needs, one entry a chain; vanilla's one chain has none."""
    if strategy.dimension_wise:
        return tuple((dimension,) for dimension in dimensions)
    if strategy.method is Method.VANILLA:
        return ((),)
    return (tuple(dimensions),)


def chains_per_post(strategy: Strategy, dimensions: Sequence[str]) -> int:
    return len(chain_dimensions(strategy, dimensions))


def count_calls(strategy: Strategy, dimensions: Sequence[str]) -> int:
    """The model calls for one post."""
    return sum(len(plan_calls(strategy, chain)) for chain in chain_dimensions(strategy, dimensions))


def plan_calls(strategy: Strategy, dimensions: Sequence[str]) -> tuple[Call, ...]:
    """All calls of one chain, in order.

    A dimension-wise strategy takes exactly one dimension, vanilla ignores them, ITER takes them in the given
    order. Raises ValueError for any other number, or a dimension given twice.
    """
    if strategy.method is Method.VANILLA:
        return (_text_call(None, Wording.REAPPRAISE),)
    if strategy.dimension_wise and len(dimensions) != 1:
        raise ValueError(f"A chain of {strategy.key} has one dimension, not {len(dimensions)}.")
    if not dimensions or len(set(dimensions)) != len(dimensions):
        raise ValueError(f"A chain of {strategy.key} needs its dimensions, each once.")
    if strategy.method is Method.SELF_REFINE:
        # As many texts as the guided chains it is compared with, but no dimension is named.
        first = _text_call(None, Wording.REAPPRAISE)
        return (first, *[_text_call(None, Wording.REVISE)] * (len(dimensions) - 1))
    return tuple(
        call
        for position, dimension in enumerate(dimensions)
        for call in _plan_dimension(strategy, dimension, revises=position > 0)
    )


def next_messages(
    strategy: Strategy,
    *,
    post: str,
    constitution: Constitution,
    prompts: PromptSet,
    dimensions: Sequence[str],
    answers: Sequence[str],
) -> tuple[Message, ...] | None:
    """The chat of call number len(answers), or None when the chain is done.

    Raises ValueError for more answers than calls, KeyError for a dimension that the constitution lacks.
    """
    calls = plan_calls(strategy, dimensions)
    current = len(answers)
    if current > len(calls):
        raise ValueError(f"A chain of {strategy.key} has {len(calls)} calls, not {current}.")
    if current == len(calls):
        return None

    def question(position: int) -> Message:
        call = calls[position]
        earlier = calls[:position], answers[:position]
        values = {
            "post": post,
            "response": current_text(*earlier),
            "appraisal": _latest(Yields.APPRAISAL, *earlier),
        }
        if call.dimension is not None:
            dimension = constitution.dimension(call.dimension)
            values["guidance"] = dimension.guidance
            values["appraisal_question"] = dimension.appraisal_question
        content = prompts.render(call.wording, values)
        if call.is_wrapped:
            content = prompts.render(Wording.FIRST_MESSAGE, {"post": post, "question": content})
        return Message("user", content)

    opening = max(position for position in range(current + 1) if not calls[position].same_chat)
    messages = [Message("system", prompts.system)] if prompts.system else []
    for position in range(opening, current):
        messages += [question(position), Message("assistant", answers[position])]
    return (*messages, question(current))


def current_text(calls: Sequence[Call], answers: Sequence[str]) -> str:
    """The newest text of a chain, "" before the first; after the last call it is the chain's response."""
    return _latest(Yields.TEXT, calls, answers)


def _latest(yields: Yields, calls: Sequence[Call], answers: Sequence[str]) -> str:
    found = [answer for call, answer in zip(calls, answers, strict=False) if call.yields is yields]
    return found[-1] if found else ""


def _plan_dimension(strategy: Strategy, dimension: str, *, revises: bool) -> list[Call]:
    """The calls of one dimension; revises is false for the dimension that writes the first text."""
    if not strategy.appraises:
        return [_text_call(dimension, Wording.REVISE_GUIDED if revises else Wording.REAPPRAISE_GUIDED)]
    if revises:
        wording = Wording.REVISE_BY_APPRAISAL
    elif strategy.guided:
        wording = Wording.REAPPRAISE_GUIDED_AFTER_APPRAISAL
    else:
        wording = Wording.REAPPRAISE_AFTER_APPRAISAL
    calls = [
        Call(dimension, Wording.APPRAISE, same_chat=False, yields=Yields.APPRAISAL),
        Call(dimension, wording, same_chat=True, yields=Yields.TEXT),
    ]
    if strategy.guided and strategy.pipeline is Pipeline.ITER:
        calls.append(_text_call(dimension, Wording.REVISE_GUIDED))
    return calls


def _text_call(dimension: str | None, wording: Wording) -> Call:
    return Call(dimension, wording, same_chat=False, yields=Yields.TEXT)
