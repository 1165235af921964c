"""The local backend with the real small model; skipped where the model's package is not installed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BatchEncoding, StoppingCriteriaList

from generation.backends import registry
from generation.backends.base import (
    BackendUnavailableError,
    Completion,
    Decoding,
    Failure,
    FailureKind,
    FinishReason,
    Message,
    ModelRef,
)
from generation.backends.batching import plan_batches
from generation.backends.transformers_loading import load_model
from generation.backends.transformers_local import TransformersBackend
from generation.sentences import ends_sentence

GREEDY = Decoding(max_new_tokens=24, temperature=0)


def chat(question: str) -> tuple[Message, ...]:
    return Message("system", "Answer briefly."), Message("user", question)


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def backend(small_model_ref: ModelRef) -> Iterator[TransformersBackend]:
    yield registry.load_backend(small_model_ref)
    registry.unload_all()


@pytest.fixture
def single_rows(backend: TransformersBackend) -> TransformersBackend:
    """The same model, with a batch for each chat."""
    return TransformersBackend(
        backend._model, backend._tokenizer, environment=backend.environment, max_rows=1, token_budget=1
    )


def test_load_backend_keeps_one_model(backend: TransformersBackend, small_model_ref: ModelRef) -> None:
    assert registry.load_backend(small_model_ref) is backend


def test_load_backend_refuses_an_unknown_backend() -> None:
    with pytest.raises(BackendUnavailableError, match="There is no backend 'abacus'"):
        registry.load_backend(ModelRef("abacus", "m"))


def test_load_model_of_a_folder_without_weights_says_so(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError, match="cannot be loaded"):
        load_model(ModelRef("transformers", str(tmp_path)))


def test_environment_describes_model_and_process(
    backend: TransformersBackend, small_model_ref: ModelRef
) -> None:
    figures = backend.environment.to_dict()

    assert (figures["backend"], figures["model"], figures["torch"]) == (
        "transformers",
        "SmolLM2-135M-Instruct",
        torch.__version__,
    )
    assert (len(figures["weights_sha256"]), len(figures["chat_template_sha256"])) == (64, 64)
    assert (figures["system_turn"], figures["dtype"] in {"bfloat16", "float32"}) == ("own", True)


def test_generate_nothing(backend: TransformersBackend) -> None:
    assert backend.generate([], decoding=GREEDY, seed=1, should_stop=never) == []


def test_generate_answers_in_the_order_asked_whatever_the_lengths(
    backend: TransformersBackend, single_rows: TransformersBackend
) -> None:
    words = ["red", "blue", "green", "white"]
    padding = [0, 60, 5, 25]  # sorted by length inside, so the order must be restored
    chats = [
        chat("word " * count + f"Repeat only this word: {word}")
        for word, count in zip(words, padding, strict=True)
    ]

    batched = backend.generate(chats, decoding=GREEDY, seed=1, should_stop=never)
    alone = single_rows.generate(chats, decoding=GREEDY, seed=1, should_stop=never)

    assert [outcome.tokens_in for outcome in batched] == [outcome.tokens_in for outcome in alone]
    assert [outcome.text.split()[0] for outcome in batched] == [outcome.text.split()[0] for outcome in alone]


def test_generate_ends_with_the_end_token(backend: TransformersBackend) -> None:
    decoding = Decoding(max_new_tokens=60, temperature=0)

    [outcome] = backend.generate([chat("Say hello.")], decoding=decoding, seed=1, should_stop=never)

    assert (outcome.finish_reason, outcome.tokens_out < 60, "<|" in outcome.text) == (
        FinishReason.STOP,
        True,
        False,
    )


def test_generate_at_the_limit_has_finish_reason_length(backend: TransformersBackend) -> None:
    decoding = Decoding(max_new_tokens=5, temperature=0)

    [outcome] = backend.generate(
        [chat("Tell me a long story.")], decoding=decoding, seed=1, should_stop=never
    )

    assert (outcome.finish_reason, outcome.tokens_out) == (FinishReason.LENGTH, 5)


def test_generate_ends_each_row_at_its_first_sentence_end_after_the_given_tokens(
    backend: TransformersBackend,
) -> None:
    decoding = Decoding(max_new_tokens=200, temperature=0, end_at_sentence_after=20)
    chats = [chat("Tell me a long story about a fox."), chat("Describe the sea to me in many words, please.")]

    outcomes = backend.generate(chats, decoding=decoding, seed=1, should_stop=never)

    assert [outcome.finish_reason for outcome in outcomes] == [FinishReason.SENTENCE] * 2
    assert all(ends_sentence(outcome.text) and 20 <= outcome.tokens_out < 200 for outcome in outcomes)


def test_generate_with_sampling_is_seeded(backend: TransformersBackend) -> None:
    decoding = Decoding(max_new_tokens=12, temperature=1.0, top_p=0.95, repetition_penalty=1.1)

    def texts(seed: int) -> list[str]:
        outcomes = backend.generate(
            [chat("Tell me a story."), chat("Sing a song.")], decoding=decoding, seed=seed, should_stop=never
        )
        return [outcome.text for outcome in outcomes]

    assert texts(1) == texts(1)
    assert texts(1) != texts(2)


def test_generate_fails_only_the_prompt_that_is_too_long(backend: TransformersBackend) -> None:
    chats = [chat("Say hello."), chat("very long " * 4_200), chat("Say goodbye.")]

    outcomes = backend.generate(chats, decoding=GREEDY, seed=1, should_stop=never)

    assert [type(outcome) for outcome in outcomes] == [Completion, Failure, Completion]
    assert outcomes[1].kind is FailureKind.TOO_LONG
    assert "very" not in outcomes[1].detail


def test_generate_asked_to_stop_at_once_runs_nothing(backend: TransformersBackend) -> None:
    outcomes = backend.generate([chat("Hello")] * 3, decoding=GREEDY, seed=1, should_stop=lambda: True)

    assert [outcome.kind for outcome in outcomes] == [FailureKind.STOPPED] * 3


def test_generate_asked_to_stop_keeps_finished_texts_only(single_rows: TransformersBackend) -> None:
    polls = iter([False] * 12 + [True] * 1000)
    decoding = Decoding(max_new_tokens=10, temperature=0)
    chats = [chat("Tell me a long, long story about the sea."), chat("Tell me a story."), chat("A story.")]

    outcomes = single_rows.generate(chats, decoding=decoding, seed=1, should_stop=lambda: next(polls))

    assert isinstance(outcomes[0], Completion)
    assert [outcome.kind for outcome in outcomes[1:]] == [FailureKind.STOPPED] * 2


class TightMemory(TransformersBackend):
    """Runs the real model, but has room for so many rows, and none for one poisonous prompt length."""

    def __init__(self, backend: TransformersBackend, *, rows: int, poison: int = -1) -> None:
        super().__init__(backend._model, backend._tokenizer, environment=backend.environment)
        self.room, self.poison, self.sizes = rows, poison, []

    def _run_model(
        self, padded: BatchEncoding, decoding: Decoding, criteria: StoppingCriteriaList
    ) -> torch.Tensor:
        rows, width = padded["input_ids"].shape
        self.sizes.append(rows)
        self._model.generate = self._starved(rows, width)
        try:
            return super()._run_model(padded, decoding, criteria)
        finally:
            del self._model.generate  # the class's own method shows again

    def _starved(self, rows: int, width: int) -> Callable[..., torch.Tensor]:
        generate = self._model.generate

        def run(**arguments: object) -> torch.Tensor:
            if rows > self.room or width == self.poison:
                raise torch.OutOfMemoryError("no room")
            return generate(**arguments)

        return run


def test_out_of_memory_halves_the_batch_and_answers_all(backend: TransformersBackend) -> None:
    tight = TightMemory(backend, rows=2)

    outcomes = tight.generate([chat("Say hello.")] * 5, decoding=GREEDY, seed=1, should_stop=never)

    assert [type(outcome) for outcome in outcomes] == [Completion] * 5
    assert tight.sizes == [5, 2, 3, 1, 2]


def test_out_of_memory_alone_is_tried_once_more_and_then_named(backend: TransformersBackend) -> None:
    tight = TightMemory(backend, rows=0)

    [outcome] = tight.generate([chat("Say hello.")], decoding=GREEDY, seed=1, should_stop=never)

    assert (outcome.kind, tight.sizes) == (FailureKind.OUT_OF_MEMORY, [1, 1])


def test_out_of_memory_of_one_prompt_spares_its_neighbours(backend: TransformersBackend) -> None:
    chats = [chat("Say hello."), chat("Say hello. " * 20), chat("Say hello.")]
    lengths = [
        outcome.tokens_in for outcome in backend.generate(chats, decoding=GREEDY, seed=1, should_stop=never)
    ]
    tight = TightMemory(backend, rows=8, poison=max(lengths))

    outcomes = tight.generate(chats, decoding=GREEDY, seed=1, should_stop=never)

    assert [type(outcome) for outcome in outcomes] == [Completion, Failure, Completion]
    assert outcomes[1].kind is FailureKind.OUT_OF_MEMORY


def test_a_template_without_system_turn_gets_the_system_prompt_in_the_first_user_turn(
    backend: TransformersBackend,
) -> None:
    folding = TransformersBackend(
        backend._model,
        backend._tokenizer,
        environment=replace(backend.environment, system_turn="in first user turn"),
    )

    tokens = folding._tokenize(chat("Hello?"))

    assert "user\nAnswer briefly.\n\nHello?<|im_end|>" in folding._tokenizer.decode(tokens)


def test_plan_batches_sorts_by_length_within_budget_and_rows() -> None:
    batches = plan_batches([5, 50, 6, 7, 500], new_tokens=10, token_budget=130, max_rows=2)

    assert batches == [[4], [1, 3], [2, 0]]
