"""The local backend with the real small model; skipped where the model's package is not installed."""

import copy
import re
import weakref
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from tokenizers.processors import TemplateProcessing

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
    Outcome,
)
from generation.backends.running_batch import Row, RunningBatch
from generation.backends.transformers_local import TransformersBackend, _Call, _Prompt
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


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.LOADERS, "abacus", "abacus_of_nobody.load")

    with pytest.raises(BackendUnavailableError, match="needs the package abacus_of_nobody"):
        registry.load_backend(ModelRef("abacus", "m"))


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
    assert re.fullmatch(r"TokenizersBackend, sha256 [0-9a-f]{64}", str(figures["tokenizer"]))
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


def test_text_is_kept_as_the_model_wrote_it(
    backend: TransformersBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Well , he said . I 'm tired !"
    tokens = backend._tokenizer(f"{text}<|im_end|>")["input_ids"]
    monkeypatch.setattr(backend._tokenizer, "clean_up_tokenization_spaces", True)
    for_bpe = "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output"
    monkeypatch.setattr(backend._tokenizer, for_bpe, True)

    outcome = backend._read_row(Row(0, tokens, FinishReason.STOP), tokens_in=1, seconds=0)

    assert outcome == Completion(text, FinishReason.STOP, tokens_in=1, tokens_out=len(tokens), seconds=0)


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
    reported: list[int] = []

    outcomes = backend.generate(
        [chat("Hello")] * 3,
        decoding=GREEDY,
        seed=1,
        should_stop=lambda: True,
        on_outcome=lambda position, _: reported.append(position),
    )

    assert [outcome.kind for outcome in outcomes] == [FailureKind.STOPPED] * 3
    assert reported == [0, 1, 2]


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

    def _run(self, prompts: list[_Prompt], call: _Call) -> None:
        self.sizes.append(len(prompts))
        hook = self._model.register_forward_pre_hook(self._starve, with_kwargs=True)
        try:
            super()._run(prompts, call)
        finally:
            hook.remove()

    def _starve(self, model: object, arguments: object, named: dict[str, torch.Tensor]) -> None:
        rows, longest = named["input_ids"].shape[0], int(named["attention_mask"].sum(dim=1).max())
        if rows > self.room or longest == self.poison:
            raise torch.OutOfMemoryError("no room")


def test_out_of_memory_halves_the_batch_and_answers_all(backend: TransformersBackend) -> None:
    tight = TightMemory(backend, rows=2)

    outcomes = tight.generate([chat("Say hello.")] * 5, decoding=GREEDY, seed=1, should_stop=never)

    assert [type(outcome) for outcome in outcomes] == [Completion] * 5
    assert tight.sizes == [5, 2, 3, 1, 2]


def test_out_of_memory_frees_the_tensors_before_the_halves_are_tried(
    backend: TransformersBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[weakref.ref[RunningBatch]] = []
    alive: list[bool] = []
    step = RunningBatch.step

    def remember(batch: RunningBatch) -> list[Row]:
        batches.append(weakref.ref(batch))
        return step(batch)

    monkeypatch.setattr(RunningBatch, "step", remember)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: alive.append(batches[-1]() is not None))

    TightMemory(backend, rows=0).generate([chat("Hello")], decoding=GREEDY, seed=1, should_stop=never)

    assert alive == [False, False]


@pytest.mark.parametrize(
    "message",
    [
        "[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory: you tried",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "CUDA error: out of memory",
    ],
)
def test_out_of_memory_is_known_by_other_names(
    backend: TransformersBackend, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    def starve(batch: RunningBatch) -> list[Row]:
        raise RuntimeError(message)

    monkeypatch.setattr(RunningBatch, "step", starve)

    [outcome] = backend.generate([chat("Hello")], decoding=GREEDY, seed=1, should_stop=never)

    assert outcome.kind is FailureKind.OUT_OF_MEMORY


def test_an_error_of_another_kind_is_not_taken_for_a_lack_of_memory(
    backend: TransformersBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(batch: RunningBatch) -> list[Row]:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(RunningBatch, "step", break_down)

    with pytest.raises(RuntimeError, match="shapes differ"):
        backend.generate([chat("Hello")], decoding=GREEDY, seed=1, should_stop=never)


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


def test_out_of_memory_in_mid_batch_keeps_the_texts_that_are_written(backend: TransformersBackend) -> None:
    decoding = Decoding(max_new_tokens=60, temperature=0)
    chats = [chat("Say hello."), chat("Tell me a long story about a fox.")]
    written = backend.generate(chats, decoding=decoding, seed=1, should_stop=never)
    # No room any more two tokens after the first text has ended.
    tight = TightMemory(backend, rows=8, poison=written[1].tokens_in + written[0].tokens_out + 2)
    reported: list[int] = []

    outcomes = tight.generate(
        chats,
        decoding=decoding,
        seed=1,
        should_stop=never,
        on_outcome=lambda position, _: reported.append(position),
    )

    assert written[0].tokens_out + 2 < written[1].tokens_out
    assert [type(outcome) for outcome in outcomes] == [Completion, Failure]
    assert (reported, tight.sizes) == ([0, 1], [2, 1])


def test_generate_reports_each_text_once_as_soon_as_it_is_written(backend: TransformersBackend) -> None:
    decoding = Decoding(max_new_tokens=60, temperature=0)
    chats = [chat("Tell me a long story about a fox."), chat("Say hello."), chat("very long " * 4_200)]
    reported: list[tuple[int, Outcome]] = []

    outcomes = backend.generate(
        chats,
        decoding=decoding,
        seed=1,
        should_stop=never,
        on_outcome=lambda position, outcome: reported.append((position, outcome)),
    )

    assert reported == [(position, outcomes[position]) for position in (2, 1, 0)]


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


def test_special_tokens_are_the_templates_alone(backend: TransformersBackend) -> None:
    """Many tokenizers put a beginning-of-text token before any text; the template has written it already."""
    tokenizer = copy.deepcopy(backend._tokenizer)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
    )
    other = TransformersBackend(backend._model, tokenizer, environment=backend.environment)

    assert tokenizer("Hello")["input_ids"][0] == 0
    assert other._tokenize(chat("Hello")) == backend._tokenize(chat("Hello"))
