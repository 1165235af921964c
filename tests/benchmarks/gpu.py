"""A 7B model of the Mistral architecture on a GPU: `python -m tests.benchmarks.gpu`, without Django.

The weights are random, made on the device: nothing is read or fetched, and no text means anything. What is
timed is the product's backend, as a worker calls it, against the paper's way of one prompt at a time. Without
a GPU the same runs on the processor with a small model: that says that the script works and nothing more.
"""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    GenerationConfig,
    MistralConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from generation.backends.base import Completion, Decoding, Message, ModelRef
from generation.backends.local_environment import describe
from generation.backends.transformers_local import TransformersBackend, key_value_bytes

PAPERS_CALLS, TOKENS_A_CALL = 29_200, 160
# The mean over the example's posts and six dimensions: what a post's prompts share, and the rest.
PREFIX_TOKENS, REST_TOKENS, DIMENSIONS = 226, 47, 6
SERIAL_RUNS = 3
TEMPLATE = "{% for message in messages %}{{ message.content }} {% endfor %}"

LARGE = MistralConfig(
    hidden_size=4096,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=8,
    intermediate_size=14_336,
    vocab_size=32_000,
    max_position_embeddings=32_768,
    sliding_window=None,
    # Random weights would end a text anywhere: without an end token every text has the same length.
    eos_token_id=None,
)
SMALL = MistralConfig(
    hidden_size=256,
    num_hidden_layers=4,
    num_attention_heads=8,
    num_key_value_heads=2,
    intermediate_size=896,
    vocab_size=4_000,
    sliding_window=None,
    eos_token_id=None,
)


def measure() -> dict[str, float | str]:
    if torch.cuda.is_available():
        figures = compare(random_backend(LARGE, device="cuda"), new_tokens=TOKENS_A_CALL)
        calls_s = PAPERS_CALLS / float(figures["responses_per_s"])
        return {
            "device": torch.cuda.get_device_name(),
            **figures,
            "peak_memory_gib": round(torch.cuda.max_memory_allocated() / 2**30, 1),
            "papers_29200_calls_min": round(calls_s / 60, 1),
        }
    small = random_backend(SMALL, device="cpu", max_rows=24)
    return {"device": "cpu, small model: not a GPU figure", **compare(small, new_tokens=16)}


def random_backend(
    config: MistralConfig,
    *,
    device: str,
    dtype: torch.dtype = torch.bfloat16,
    max_rows: int | None = None,
    token_budget: int | None = None,
) -> TransformersBackend:
    """Make the product's backend around random weights, the same at every call."""
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype).eval()
    ends = config.eos_token_id
    model.generation_config = GenerationConfig(
        eos_token_id=ends if isinstance(ends, list) else [], pad_token_id=0
    )
    words = WordTokenizer(config.vocab_size)
    environment = describe(
        ModelRef("transformers", "random"), model, words, folder=Path("no folder"), revision=""
    )
    return TransformersBackend(
        model, words, environment=environment, max_rows=max_rows, token_budget=token_budget
    )


class WordTokenizer(PreTrainedTokenizerFast):
    """Knows the words w0, w1, ... and nothing else; a chat is its turns one after the other."""

    def __init__(self, vocabulary: int) -> None:
        words = Tokenizer(
            models.WordLevel({f"w{number}": number for number in range(vocabulary)}, unk_token="w0")
        )
        words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        super().__init__(tokenizer_object=words, chat_template=TEMPLATE)


def make_chats(count: int, *, vocabulary: int) -> list[tuple[Message, ...]]:
    """Make chats of which each six share a beginning, as a post's dimensions do."""
    generator = torch.Generator().manual_seed(0)

    def words(number: int) -> str:
        tokens = torch.randint(1, vocabulary, (number,), generator=generator).tolist()
        return " ".join(f"w{token}" for token in tokens)

    chats: list[tuple[Message, ...]] = []
    while len(chats) < count:
        post = words(PREFIX_TOKENS)
        chats += [(Message("user", f"{post} {words(REST_TOKENS)}"),) for _ in range(DIMENSIONS)]
    return chats[:count]


def compare(backend: TransformersBackend, *, new_tokens: int) -> dict[str, float | str]:
    decoding = Decoding(max_new_tokens=new_tokens, temperature=0)
    model = backend._model
    chats = make_chats(backend.claim_size, vocabulary=model.config.vocab_size)
    clock = StepClock()
    backend.generate(chats[:DIMENSIONS], decoding=decoding, seed=1, should_stop=lambda: False)  # warm-up
    started = time.perf_counter()
    outcomes = backend.generate(chats, decoding=decoding, seed=1, should_stop=clock)
    batched_s = time.perf_counter() - started
    completions = [outcome for outcome in outcomes if isinstance(outcome, Completion)]
    assert [completion.tokens_out for completion in completions] == [new_tokens] * len(chats)

    prompts = [backend._tokenize(chat) for chat in chats[: SERIAL_RUNS * DIMENSIONS : DIMENSIONS]]
    write_alone(model, prompts[0], new_tokens)  # warm-up
    serial_s = statistics.median(timed(lambda p=p: write_alone(model, p, new_tokens)) for p in prompts)  # type: ignore[misc]

    rows = min(backend.max_rows, backend.token_budget // (PREFIX_TOKENS + REST_TOKENS + new_tokens))
    cached_tokens = rows * (PREFIX_TOKENS + REST_TOKENS + new_tokens / 2)
    read_bytes = weight_bytes(model) + cached_tokens * key_value_bytes(model)
    bandwidth = bytes_per_s(model.device)
    batched, serial = len(chats) * new_tokens / batched_s, new_tokens / serial_s
    return {
        "parameters_billion": round(sum(part.numel() for part in model.parameters()) / 1e9, 3),
        "dtype": backend.environment.dtype,
        "rows": rows,
        "prompt_tokens": PREFIX_TOKENS + REST_TOKENS,
        "new_tokens": new_tokens,
        "tokens_per_s": round(batched, 1),
        "serial_tokens_per_s": round(serial, 1),
        "times_serial": round(batched / serial, 1),
        "responses_per_s": round(len(chats) / batched_s, 2),
        "step_median_ms": round(clock.median_s() * 1000, 2),
        "memory_bandwidth_gb_per_s": round(bandwidth / 1e9, 1),
        "share_of_bandwidth_bound_percent": round(100 * read_bytes / bandwidth / clock.median_s(), 1),
    }


class StepClock:
    """Stands where a worker asks whether to stop, which is once a step, and notes when."""

    def __init__(self) -> None:
        self.times_s: list[float] = []

    def __call__(self) -> bool:
        self.times_s.append(time.perf_counter())
        return False

    def median_s(self) -> float:
        """Return a step's median time; the few steps that read prompts do not move it."""
        return statistics.median(
            after - before for before, after in zip(self.times_s, self.times_s[1:], strict=False)
        )


def write_alone(model: PreTrainedModel, prompt: list[int], new_tokens: int) -> None:
    """Write one text as the paper's code did: transformers' own loop, one prompt."""
    tokens = torch.tensor([prompt], device=model.device)
    with torch.inference_mode():
        model.generate(  # type: ignore[operator]
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=new_tokens,
            do_sample=False,
        )
    if model.device.type == "cuda":
        torch.cuda.synchronize()


def timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def weight_bytes(model: PreTrainedModel) -> int:
    return sum(part.numel() * part.element_size() for part in model.parameters())


def bytes_per_s(device: torch.device) -> float:
    """Measure the memory's speed: bytes read and written by the best of some copies."""
    size = 2**30 if device.type == "cuda" else 2**27
    source = torch.ones(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)

    def copy() -> None:
        target.copy_(source)
        if device.type == "cuda":
            torch.cuda.synchronize()

    copy()
    return 2 * size / min(timed(copy) for _ in range(10))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
