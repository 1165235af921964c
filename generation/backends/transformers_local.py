"""A transformers model in this process: batches of chats, on the GPU if there is one."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from transformers import BatchEncoding, PreTrainedModel, PreTrainedTokenizerBase, StoppingCriteriaList

from generation.backends.base import (
    Completion,
    Decoding,
    Failure,
    FailureKind,
    FinishReason,
    LocalEnvironment,
    Message,
    ModelRef,
    OnOutcome,
    Outcome,
    ignore_outcome,
)
from generation.backends.batching import plan_batches
from generation.backends.stopping import EndAtSentence, StopWhenAsked, tokens_that_may_end
from generation.backends.transformers_loading import describe, load_model

# docs/example-study.md has the measurements: on two cores larger batches gain nothing.
CPU_TOKEN_BUDGET, CPU_MAX_ROWS = 12_000, 16
GPU_TOKEN_BUDGET, GPU_MAX_ROWS = 200_000, 256
# Enough to find prompts of like length, little enough to share a run with other workers.
CLAIMED_BATCHES = 2


def load(ref: ModelRef) -> "TransformersBackend":
    """Raises BackendUnavailableError."""
    model, tokenizer = load_model(ref)
    return TransformersBackend(model, tokenizer, environment=describe(ref, model, tokenizer))


class _OutOfMemoryError(Exception):
    """The device had no room for a batch."""


@dataclass(frozen=True)
class _Prompt:
    """One chat as tokens, with its place in the caller's list."""

    position: int
    tokens: list[int]


class TransformersBackend:
    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        environment: LocalEnvironment,
        token_budget: int | None = None,
        max_rows: int | None = None,
    ) -> None:
        """token_budget bounds rows x tokens of one batch, max_rows its rows; the device decides when None."""
        on_gpu = model.device.type == "cuda"
        self.environment = environment
        self.token_budget = token_budget or (GPU_TOKEN_BUDGET if on_gpu else CPU_TOKEN_BUDGET)
        self.max_rows = max_rows or (GPU_MAX_ROWS if on_gpu else CPU_MAX_ROWS)
        self.claim_size = self.max_rows * CLAIMED_BATCHES
        self._model = model
        self._tokenizer = tokenizer
        self._context = int(getattr(model.config, "max_position_embeddings", 0) or tokenizer.model_max_length)
        self._may_end = tokens_that_may_end(tokenizer, vocabulary=model.config.vocab_size).to(model.device)

    def generate(
        self,
        chats: Sequence[Sequence[Message]],
        *,
        decoding: Decoding,
        seed: int,
        should_stop: Callable[[], bool],
        on_outcome: OnOutcome = ignore_outcome,
    ) -> list[Outcome]:
        """Answer every chat, same order. With sampling, a text also depends on what shares its batch."""
        outcomes: dict[int, Outcome] = {}
        prompts: list[_Prompt] = []
        for position, chat in enumerate(chats):
            tokens = self._tokenize(chat)
            if len(tokens) + decoding.max_new_tokens > self._context:
                detail = (
                    f"The prompt has {len(tokens)} tokens; the model takes {self._context} with the answer."
                )
                outcomes[position] = Failure(FailureKind.TOO_LONG, detail)
                on_outcome(position, outcomes[position])
            else:
                prompts.append(_Prompt(position, tokens))
        torch.manual_seed(seed)
        batches = plan_batches(
            [len(prompt.tokens) for prompt in prompts],
            new_tokens=decoding.max_new_tokens,
            token_budget=self.token_budget,
            max_rows=self.max_rows,
        )
        for batch in batches:
            answered = self._answer([prompts[index] for index in batch], decoding, should_stop)
            for position, outcome in answered.items():
                on_outcome(position, outcome)
            outcomes |= answered
        return [outcomes[position] for position in range(len(chats))]

    def _tokenize(self, chat: Sequence[Message]) -> list[int]:
        turns = [{"role": message.role, "content": message.content} for message in chat]
        if self.environment.system_turn != "own" and turns[0]["role"] == "system":
            system, first, *rest = turns
            turns = [{"role": first["role"], "content": f"{system['content']}\n\n{first['content']}"}, *rest]
        text = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        # The template has written the special tokens; a second beginning-of-text would change the answer.
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _answer(
        self,
        prompts: list[_Prompt],
        decoding: Decoding,
        should_stop: Callable[[], bool],
        *,
        again: bool = False,
    ) -> dict[int, Outcome]:
        """Run one batch; without room for it run its halves, and a single prompt alone once more."""
        if should_stop():
            return {prompt.position: _STOPPED for prompt in prompts}
        try:
            return self._decode(prompts, decoding, should_stop)
        except _OutOfMemoryError:
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        if len(prompts) > 1:
            half = len(prompts) // 2
            # A prompt that shared its batch has its one try alone still before it.
            first = self._answer(prompts[:half], decoding, should_stop, again=half == 1)
            return first | self._answer(prompts[half:], decoding, should_stop, again=len(prompts) - half == 1)
        if not again:
            return self._answer(prompts, decoding, should_stop, again=True)
        detail = f"No memory for a prompt of {len(prompts[0].tokens)} tokens, not even alone."
        return {prompts[0].position: Failure(FailureKind.OUT_OF_MEMORY, detail)}

    def _decode(
        self, prompts: list[_Prompt], decoding: Decoding, should_stop: Callable[[], bool]
    ) -> dict[int, Outcome]:
        """One padded batch to its end. The loop to replace for prefix sharing or continuous batching."""
        started = time.monotonic()
        padded = self._tokenizer.pad(
            {"input_ids": [prompt.tokens for prompt in prompts]}, return_tensors="pt"
        )
        width = padded["input_ids"].shape[1]
        stop = StopWhenAsked(should_stop)
        sentence = EndAtSentence(
            self._tokenizer,
            prompt_width=width,
            after=decoding.end_at_sentence_after or decoding.max_new_tokens + 1,
            may_end=self._may_end,
        )
        rows = self._run_model(padded, decoding, StoppingCriteriaList([stop, sentence]))
        seconds = (time.monotonic() - started) / len(prompts)
        return {
            prompt.position: self._read_row(
                row[width:].tolist(),
                tokens_in=len(prompt.tokens),
                sentence_end=sentence.ended_at.get(index),
                stopped=stop.stopped,
                limit=decoding.max_new_tokens,
                seconds=seconds,
            )
            for index, (prompt, row) in enumerate(zip(prompts, rows, strict=True))
        }

    def _run_model(
        self, padded: BatchEncoding, decoding: Decoding, criteria: StoppingCriteriaList
    ) -> torch.Tensor:
        """(rows, width + new tokens); rows that ended early are filled up with the padding token."""
        sampling: dict[str, object] = {"do_sample": False}
        if decoding.temperature > 0:
            sampling = {
                "do_sample": True,
                "temperature": decoding.temperature,
                "top_p": decoding.top_p or 1.0,
                "top_k": 0,
            }
        try:
            with torch.inference_mode():
                rows = self._model.generate(  # type: ignore[operator]  # mypy takes a mixin's method for a tensor
                    **padded.to(self._model.device),
                    max_new_tokens=decoding.max_new_tokens,
                    repetition_penalty=decoding.repetition_penalty or 1.0,
                    stopping_criteria=criteria,
                    **sampling,
                )
        except (
            RuntimeError,
            MemoryError,
        ) as error:  # torch raises a plain RuntimeError when main memory is full
            if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(
                error
            ):
                # Without the cause: its traceback would keep the tensors alive that there is no room for.
                raise _OutOfMemoryError from None
            raise
        return torch.as_tensor(rows)

    def _read_row(
        self,
        tokens: list[int],
        *,
        tokens_in: int,
        sentence_end: int | None,
        stopped: bool,
        limit: int,
        seconds: float,
    ) -> Outcome:
        """Turn the new tokens of one row, with what padding follows them, into its outcome."""
        ends = set(self._model.generation_config.eos_token_id)
        end = next((place for place, token in enumerate(tokens) if token in ends), None)
        if sentence_end is not None and (end is None or sentence_end <= end):
            tokens, finish_reason = tokens[:sentence_end], FinishReason.SENTENCE
        elif end is not None:
            tokens, finish_reason = tokens[:end], FinishReason.STOP
        elif len(tokens) >= limit:
            finish_reason = FinishReason.LENGTH
        elif stopped:
            return _STOPPED
        else:
            return Failure(FailureKind.INVALID_OUTPUT, "The model ended without an end token.")
        text = str(self._tokenizer.decode(tokens, skip_special_tokens=True)).strip()
        if not text:
            return Failure(FailureKind.INVALID_OUTPUT, "The model ended its answer before the first word.")
        return Completion(text, finish_reason, tokens_in=tokens_in, tokens_out=len(tokens), seconds=seconds)


_STOPPED = Failure(FailureKind.STOPPED, "The worker was asked to stop before the text was complete.")
