"""A transformers model in this process: batches of chats, on the GPU if there is one."""

import os
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from generation.backends.base import (
    Completion,
    Decoding,
    Failure,
    FailureKind,
    LocalEnvironment,
    Message,
    ModelRef,
    OnOutcome,
    Outcome,
    ignore_outcome,
)
from generation.backends.batch_limits import context_length, may_share_batch
from generation.backends.batching import plan_batches, tokens_that_fit
from generation.backends.chat_text import lay_out
from generation.backends.local_environment import describe
from generation.backends.prefix_sharing import group_by_prefix
from generation.backends.running_batch import Row, RunningBatch
from generation.backends.stopping import SentenceEnd
from generation.backends.transformers_loading import load_model

# docs/performance.md has the measurements behind these.
CPU_MAX_ROWS, GPU_MAX_ROWS = 64, 512
CPU_MEMORY_SHARE, GPU_MEMORY_SHARE = 1 / 16, 0.8
# Enough to find prompts of like length, little enough to share a run with other workers.
CLAIMED_BATCHES = 2


def load(ref: ModelRef) -> "TransformersBackend":
    """Raises BackendUnavailableError."""
    loaded = load_model(ref)
    environment = describe(
        ref, loaded.model, loaded.tokenizer, folder=loaded.folder, revision=loaded.revision
    )
    return TransformersBackend(loaded.model, loaded.tokenizer, environment=environment)


# What plain RuntimeErrors of torch say: of a full main memory, and of a GPU without room for its libraries.
_NO_MEMORY = re.compile(r"can't allocate memory|out of memory|_ALLOC_FAILED", re.IGNORECASE)


class _OutOfMemoryError(Exception):
    """The device had no room for a batch."""


@dataclass(frozen=True)
class _Prompt:
    """One chat as tokens, with its place in the caller's list."""

    position: int
    tokens: list[int]


@dataclass(frozen=True)
class _Call:
    """One call of generate: what holds for all of its batches, and the outcomes so far."""

    decoding: Decoding
    should_stop: Callable[[], bool]
    on_outcome: OnOutcome
    generator: torch.Generator
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def report(self, position: int, outcome: Outcome) -> None:
        self.outcomes[position] = outcome
        self.on_outcome(position, outcome)


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
        self.token_budget = token_budget or device_token_budget(model)
        device_rows = GPU_MAX_ROWS if on_gpu else CPU_MAX_ROWS
        self.max_rows = max_rows or (device_rows if may_share_batch(model) else 1)
        self.claim_size = self.max_rows * CLAIMED_BATCHES
        self._model = model
        self._tokenizer = tokenizer
        self._context = context_length(model, default=tokenizer.model_max_length)
        self._end_tokens: list[int] = model.generation_config.eos_token_id
        self._sentence_end = SentenceEnd(tokenizer)

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
        call = _Call(decoding, should_stop, on_outcome, torch.Generator().manual_seed(seed))
        prompts: list[_Prompt] = []
        for position, chat in enumerate(chats):
            tokens = self._tokenize(chat)
            if len(tokens) + decoding.max_new_tokens > self._context:
                detail = (
                    f"The prompt has {len(tokens)} tokens; the model takes {self._context} with the answer."
                )
                call.report(position, Failure(FailureKind.TOO_LONG, detail))
            else:
                prompts.append(_Prompt(position, tokens))
        batches = plan_batches(
            group_by_prefix([prompt.tokens for prompt in prompts]),
            [len(prompt.tokens) for prompt in prompts],
            new_tokens=decoding.max_new_tokens,
            token_budget=self.token_budget,
            max_rows=self.max_rows,
        )
        for batch in batches:
            self._answer([prompts[index] for index in batch], call)
        for position in range(len(chats)):
            if position not in call.outcomes:
                call.report(position, _STOPPED)
        return [call.outcomes[position] for position in range(len(chats))]

    def _tokenize(self, chat: Sequence[Message]) -> list[int]:
        if self.environment.chat_format == "plain":
            # A model without a chat template may want its beginning-of-text token, which the tokenizer adds.
            return list(self._tokenizer(lay_out(chat))["input_ids"])
        turns = [{"role": message.role, "content": message.content} for message in chat]
        if self.environment.system_turn != "own" and turns[0]["role"] == "system":
            system, first, *rest = turns
            turns = [{"role": first["role"], "content": f"{system['content']}\n\n{first['content']}"}, *rest]
        text = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        # The template has written the special tokens; a second beginning-of-text would change the answer.
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _answer(self, prompts: list[_Prompt], call: _Call, *, again: bool = False) -> None:
        """Run one batch; without room for it run its halves, and a single prompt alone once more."""
        with suppress(_OutOfMemoryError):
            self._run(prompts, call)
            return
        # Only now: as long as the error is at hand, its traceback keeps the batch's tensors alive.
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        left = [prompt for prompt in prompts if prompt.position not in call.outcomes]
        if len(prompts) > 1:
            half = len(left) // 2
            # A prompt that shared its batch has its one try alone still before it.
            for part in (left[:half], left[half:]):
                if part:
                    self._answer(part, call, again=len(part) == 1)
        elif again:
            detail = f"No memory for a prompt of {len(left[0].tokens)} tokens, not even alone."
            call.report(left[0].position, Failure(FailureKind.OUT_OF_MEMORY, detail))
        else:
            self._answer(left, call, again=True)

    def _run(self, prompts: list[_Prompt], call: _Call) -> None:
        """One batch to its end or until asked to stop; a row is reported as it ends.

        The running rows share each token's time, so that a row pays for the time in which it was written.
        """
        batch = RunningBatch(
            self._model,
            [prompt.tokens for prompt in prompts],
            decoding=call.decoding,
            end_tokens=self._end_tokens,
            sentence_end=self._sentence_end,
            generator=call.generator,
        )
        seconds = 0.0
        while (running := batch.running) and not call.should_stop():
            started = time.monotonic()
            ended = self._step(batch)
            seconds += (time.monotonic() - started) / running
            for row in ended:
                prompt = prompts[row.position]
                call.report(
                    prompt.position, self._read_row(row, tokens_in=len(prompt.tokens), seconds=seconds)
                )

    def _step(self, batch: RunningBatch) -> list[Row]:
        try:
            return batch.step()
        except (MemoryError, torch.OutOfMemoryError):
            raise _OutOfMemoryError from None
        except RuntimeError as error:
            if _NO_MEMORY.search(str(error)):
                raise _OutOfMemoryError from None
            raise

    def _read_row(self, row: Row, *, tokens_in: int, seconds: float) -> Outcome:
        text = self._tokenizer.decode(
            row.tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        text = str(text).strip()
        if not text or row.finish_reason is None:
            return Failure(FailureKind.INVALID_OUTPUT, "The model ended its answer before the first word.")
        return Completion(
            text, row.finish_reason, tokens_in=tokens_in, tokens_out=len(row.tokens), seconds=seconds
        )


def device_token_budget(model: PreTrainedModel) -> int:
    """Return how many tokens of prompts and answers the device has room for beside the model."""
    if model.device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(model.device)
        memory_bytes = int(free * GPU_MEMORY_SHARE)
    else:
        memory_bytes = int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * CPU_MEMORY_SHARE)
    return tokens_that_fit(memory_bytes=memory_bytes, bytes_per_token=key_value_bytes(model))


def key_value_bytes(model: PreTrainedModel) -> int:
    """Return what the model keeps of each token: a key and a value for every layer and head."""
    config = model.config.get_text_config(decoder=True)
    heads = config.num_attention_heads
    kept_heads = getattr(config, "num_key_value_heads", None) or heads
    head_size = getattr(config, "head_dim", None) or config.hidden_size // heads
    return int(2 * config.num_hidden_layers * kept_heads * head_size * model.dtype.itemsize)


_STOPPED = Failure(FailureKind.STOPPED, "The worker was asked to stop before the text was complete.")
