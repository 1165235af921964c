"""What a model would be sent: the calls of a strategy, with words that stand in for its answers."""

from dataclasses import dataclass

from generation.backends.base import Message
from generation.domain.example import example_constitution, example_posts
from generation.prompt_set import PromptSet
from generation.strategies import Strategy, Yields, chain_dimensions, next_messages, plan_calls
from generation.wording_labels import LABELS

_SPEAKERS = {"system": "Before the conversation", "user": "To the model", "assistant": "The model's answer"}


@dataclass(frozen=True)
class Turn:
    speaker: str
    text: str
    is_stand_in: bool


@dataclass(frozen=True)
class PreviewCall:
    """One call; dimension is "" where none is named."""

    number: int
    label: str
    dimension: str
    turns: tuple[Turn, ...]


def preview_calls(strategy: Strategy, prompts: PromptSet) -> tuple[PreviewCall, ...]:
    """Render one chain: of a strategy that writes a text for each dimension, that of the first one."""
    constitution = example_constitution()
    dimensions = chain_dimensions(strategy, [dimension.key for dimension in constitution.dimensions])[0]
    post = example_posts()[0].text
    answers: list[str] = []
    calls = []
    for number, call in enumerate(plan_calls(strategy, dimensions), start=1):
        messages = next_messages(
            strategy,
            post=post,
            constitution=constitution,
            prompts=prompts,
            dimensions=dimensions,
            answers=answers,
        )
        name = constitution.dimension(call.dimension).name if call.dimension else ""
        turns = tuple(_turn(message) for message in messages or ())
        calls.append(PreviewCall(number, LABELS[call.wording], name, turns))
        kind = "appraisal" if call.yields is Yields.APPRAISAL else "response"
        answers.append(f"[Here stands the {kind} that the model gave to call {number}.]")
    return tuple(calls)


def _turn(message: Message) -> Turn:
    return Turn(_SPEAKERS[message.role], message.content, is_stand_in=message.role == "assistant")
