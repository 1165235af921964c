"""How much faster the product writes than the paper's way, on this processor with the small model.

The paper's way: one prompt at a time in float32, by transformers' own loop. 32 posts, INDV +cons, six
dimensions, 64 new tokens, greedy. The ways take turns, three rounds; a figure is the median. One prompt at a
time would take a quarter of an hour a round for all 192 prompts, so those ways write one dimension of each
post, all six in turn.
RESORT_BENCH_POSTS makes it shorter.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import torch

from generation.backends import prefix_sharing
from generation.backends.base import Completion, Decoding, Message, ModelRef
from generation.backends.transformers_loading import has_native_bfloat16
from generation.backends.transformers_local import TransformersBackend, load
from generation.constitution import parse_constitution
from generation.model_store import ensure_small_model, find_packaged_gguf
from generation.prompt_set import parse_prompt_set
from generation.strategies import STRATEGIES, next_messages

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "generation" / "example"
POSTS = int(os.environ.get("RESORT_BENCH_POSTS", "32"))
ROUNDS = 3
DECODING = Decoding(max_new_tokens=64, temperature=0)

Chat = Sequence[Message]


def measure() -> dict[str, float | str]:
    models = Path(os.environ.get("RESORT_TEST_MODELS") or REPOSITORY / "var" / "test-models")
    ref = ModelRef("transformers", str(ensure_small_model(models, find_packaged_gguf(), print)))
    papers, product = load(replace(ref, dtype="float32")), load(ref)
    by_post = make_chats(POSTS)
    chats = [chat for post in by_post for chat in post]
    sample = [post[index % len(post)] for index, post in enumerate(by_post)]
    never_shared = patch.object(prefix_sharing, "WORTH_SHARING", 2)
    ways: dict[str, Callable[[], float]] = {
        "serial_float32": lambda: write_alone(papers, sample),
        "serial_product_dtype": lambda: write_alone(product, sample),
        "batched": lambda: write_batched(product, chats, never_shared),
        "batched_shared": lambda: write_batched(product, chats, nullcontext()),
    }
    write_alone(papers, sample[:1])
    write_batched(product, chats[:12], nullcontext())
    rounds = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
    speed = {name: statistics.median(each[name] for each in rounds) for name in ways}
    native = has_native_bfloat16()
    return {
        "processor": product.environment.processor,
        "threads": product.environment.threads,
        "native_bfloat16": "yes, goal 5 times" if native else "no, goal 2 times",
        "product_dtype": product.environment.dtype,
        "rows": product.max_rows,
        "prompts": len(chats),
        "prompts_one_at_a_time": len(sample),
        "mean_prompt_tokens": round(mean_length(product, chats), 1),
        "mean_prompt_tokens_one_at_a_time": round(mean_length(product, sample), 1),
        **{f"{name}_responses_per_s": round(value, 3) for name, value in speed.items()},
        "times_papers_way": round(speed["batched_shared"] / speed["serial_float32"], 2),
        "times_papers_way_worst_round": round(
            min(each["batched_shared"] / each["serial_float32"] for each in rounds), 2
        ),
        "times_by_number_format": round(speed["serial_product_dtype"] / speed["serial_float32"], 2),
        "times_by_batching": round(speed["batched"] / speed["serial_product_dtype"], 2),
        "times_by_shared_prefixes": round(speed["batched_shared"] / speed["batched"], 2),
    }


def make_chats(posts: int) -> list[list[Chat]]:
    """Return each post's chats of INDV +cons, one a dimension; past the example's posts, two are joined."""
    constitution = parse_constitution((EXAMPLE / "constitution.yaml").read_text())
    prompts = parse_prompt_set((EXAMPLE / "prompt_set.yaml").read_text())
    texts = [json.loads(line)["text"] for line in (EXAMPLE / "posts.jsonl").read_text().splitlines()]
    texts += [f"{first} {second}" for first, second in pairwise(texts)]
    chats = [
        [
            next_messages(
                STRATEGIES["INDV +cons"],
                post=text,
                constitution=constitution,
                prompts=prompts,
                dimensions=(dimension.key,),
                answers=[],
            )
            for dimension in constitution.dimensions
        ]
        for text in texts[:posts]
    ]
    return [[chat for chat in post if chat is not None] for post in chats]


def write_alone(backend: TransformersBackend, chats: Sequence[Chat]) -> float:
    """Return responses a second, one prompt at a time, as the paper's code wrote them."""
    started = time.perf_counter()
    for chat in chats:
        tokens = torch.tensor([backend._tokenize(chat)])
        with torch.inference_mode():
            row = backend._model.generate(  # type: ignore[operator]
                input_ids=tokens,
                attention_mask=torch.ones_like(tokens),
                max_new_tokens=DECODING.max_new_tokens,
                do_sample=False,
                pad_token_id=0,
            )
        backend._tokenizer.decode(row[0, tokens.shape[1] :], skip_special_tokens=True)
    return len(chats) / (time.perf_counter() - started)


def write_batched(
    backend: TransformersBackend, chats: Sequence[Chat], condition: AbstractContextManager[object]
) -> float:
    """Return responses a second through the product's seam, as many chats at a time as a worker claims."""
    started = time.perf_counter()
    written = 0
    with condition:
        for start in range(0, len(chats), backend.claim_size):
            outcomes = backend.generate(
                chats[start : start + backend.claim_size],
                decoding=DECODING,
                seed=1,
                should_stop=lambda: False,
            )
            written += sum(isinstance(outcome, Completion) for outcome in outcomes)
    assert written == len(chats)
    return written / (time.perf_counter() - started)


def mean_length(backend: TransformersBackend, chats: Sequence[Chat]) -> float:
    return statistics.mean(len(backend._tokenize(chat)) for chat in chats)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
