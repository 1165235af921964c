"""Compare what our engine would send with what a release recorded, prompt by prompt.

The engine is `next_messages`, the one that runs use; it is given the recorded answers. Of a first turn the
release holds the rendered question without the message around it, of a revision the whole message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generation.backends.replay import is_recorded_refusal
from generation.constitution import Constitution
from generation.prompt_set import PromptSet, Wording
from generation.release.comparison import Comparison, Difference, Judged, Verdict
from generation.release.outputs import (
    OutputFile,
    Row,
    UnreadableRow,
    call_fields,
    is_answer_field,
    is_prompt_field,
    read_rows,
)
from generation.release.posts import SourcePosts
from generation.strategies import Strategy, chain_dimensions, next_messages, plan_calls

# Stands for an answer that the release does not hold; a prompt in which it appears cannot be compared.
_UNKNOWN = "\0no answer was recorded\0"


@dataclass(frozen=True)
class Release:
    """What of a release its recorded calls were made from."""

    constitution: Constitution
    prompts: PromptSet
    posts: SourcePosts


def compare_file(file: OutputFile, release: Release) -> Comparison:
    """Compare every prompt of the file, a row at a time."""
    comparison = Comparison()
    for row in read_rows(file.path):
        if isinstance(row, UnreadableRow):
            comparison.unreadable.append(row)
        else:
            _compare_row(row, file.strategy, release, comparison)
    return comparison


def _compare_row(row: Row, strategy: Strategy, release: Release, comparison: Comparison) -> None:
    """Judge the row with its own copy of the post and, if that does not fit, with the one in source_data."""
    judged = list(_judge_row(row, row.post, strategy, release))
    source = release.posts.of_row(row)
    if source is not None and source != row.post and _differences(judged):
        restored = list(_judge_row(row, source, strategy, release))
        if _differences(restored) < _differences(judged):
            judged = restored
            comparison.restored += 1
    comparison.rows += 1
    comparison.refusals += sum(
        is_answer_field(name) and isinstance(value, str) and is_recorded_refusal(value)
        for name, value in row.fields.items()
    )
    for prompt in judged:
        comparison.add(prompt)


def _differences(judged: Sequence[Judged]) -> int:
    return sum(prompt.verdict is Verdict.DIFFERENT for prompt in judged)


def _judge_row(row: Row, post: str, strategy: Strategy, release: Release) -> Iterator[Judged]:
    seen = set()
    for prompt in _prompts(row, post, strategy, release):
        seen.add(prompt.name)
        if prompt.recorded is None or _UNKNOWN in prompt.sent:
            yield Judged(Verdict.ABSENT)
        elif prompt.recorded == prompt.sent:
            yield Judged(Verdict.EQUAL)
        elif prompt.follows_refusal:
            # Nobody can say what should have been sent after an answer that was none.
            yield Judged(Verdict.ABSENT)
        else:
            difference = Difference(row.line, prompt.name, prompt.recorded, prompt.sent)
            yield Judged(Verdict.DIFFERENT, difference)
    for name in row.fields:
        recorded = row.text((name,))
        if is_prompt_field(name) and name not in seen and recorded is not None:
            yield Judged(Verdict.DIFFERENT, Difference(row.line, name, recorded, None))


@dataclass(frozen=True)
class _Prompt:
    """One call: the field that has its prompt, what that holds, and what our engine sends."""

    name: str
    recorded: str | None
    sent: str
    follows_refusal: bool


def _prompts(row: Row, post: str, strategy: Strategy, release: Release) -> Iterator[_Prompt]:
    """Yield the prompts of all chains that the post has in the strategy."""
    numbers = {dimension.key: dimension.number for dimension in release.constitution.dimensions}
    for keys in chain_dimensions(strategy, sorted(numbers, key=numbers.__getitem__)):
        calls = plan_calls(strategy, keys)
        answers: list[str] = []
        for index, call in enumerate(calls):
            fields = call_fields(strategy, calls, index, numbers)
            name = next((name for name in fields.prompt if name in row.fields), fields.prompt[0])
            recorded = row.text((name,))
            if recorded is not None and call.is_wrapped:
                values = {"post": post, "question": recorded}
                recorded = release.prompts.render(Wording.FIRST_MESSAGE, values)
            sent = _sent(post, strategy, release, keys, answers)
            refusals = [answer for answer in answers if is_recorded_refusal(answer)]
            yield _Prompt(name, recorded, sent, any(refusal in sent for refusal in refusals))
            answer = row.text(fields.answer) or ""
            answers.append(answer if answer.strip() else _UNKNOWN)


def _sent(
    post: str, strategy: Strategy, release: Release, dimensions: Sequence[str], answers: Sequence[str]
) -> str:
    """Return the question of the next call: the earlier turns of its chat are prompts of their own."""
    messages = next_messages(
        strategy,
        post=post,
        constitution=release.constitution,
        prompts=release.prompts,
        dimensions=dimensions,
        answers=answers,
    )
    if messages is None:
        raise ValueError(f"A chain of {strategy.key} ended before its last planned call.")
    return messages[-1].content
