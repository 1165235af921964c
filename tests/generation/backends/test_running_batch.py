"""Sharing, padding and taking rows out change no text; in float32, where nothing is nearly tied."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import (
    Llama4TextConfig,
    MistralConfig,
    MptConfig,
    PreTrainedConfig,
    Qwen3NextConfig,
)

from generation.backends import running_batch
from generation.backends.base import Completion, Decoding, FinishReason, Message, ModelRef
from generation.backends.transformers_local import TransformersBackend, load
from generation.constitution import parse_constitution
from generation.prompt_set import parse_prompt_set
from generation.strategies import STRATEGIES, next_messages
from tests.benchmarks.gpu import random_backend

EXAMPLE = Path(running_batch.__file__).resolve().parents[1] / "example"
TINY = MistralConfig(
    hidden_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    intermediate_size=128,
    vocab_size=300,
    sliding_window=None,
    # Every sixth word is an end token: rows end at different times.
    eos_token_id=list(range(0, 300, 6)),
    # Larger than a real model's, for scores that differ clearly.
    initializer_range=0.3,
)
GREEDY = Decoding(max_new_tokens=40, temperature=0)


FIGURES = {
    "hidden_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "intermediate_size": 128,
    "moe_intermediate_size": 32,
    "vocab_size": 300,
    "bos_token_id": None,
    "eos_token_id": None,
    "pad_token_id": 0,
    "initializer_range": 0.3,
}
# Kinds of models to which padding would matter.
OTHER_KINDS = {
    "distances counted over padding": MptConfig(
        d_model=64, n_layers=3, n_heads=4, vocab_size=300, initializer_range=0.3
    ),
    "a running state": Qwen3NextConfig(
        **FIGURES,
        linear_num_value_heads=4,
        linear_num_key_heads=2,
        linear_key_head_dim=16,
        linear_value_head_dim=16,
        num_experts=4,
        num_experts_per_tok=2,
        shared_expert_intermediate_size=32,
    ),
    "attention in chunks": Llama4TextConfig(
        **FIGURES, intermediate_size_mlp=96, num_local_experts=2, attention_chunk_size=16
    ),
}


def tiny(config: PreTrainedConfig, **limits: int) -> TransformersBackend:
    return random_backend(config, device="cpu", dtype=torch.float32, **limits)


def made_up_chats() -> list[tuple[Message, ...]]:
    """Three posts of different lengths, each with four questions of different lengths, and one chat alone."""
    generator = torch.Generator().manual_seed(5)

    def words(count: int) -> str:
        return " ".join(
            f"w{token}" for token in torch.randint(1, 300, (count,), generator=generator).tolist()
        )

    chats = []
    for length in (30, 11, 22):
        post = words(length)
        chats += [(Message("user", f"{post} {words(rest)}"),) for rest in (1, 7, 4, 9)]
    return [*chats, (Message("user", words(3)),)]


def texts(backend: TransformersBackend, chats: list[tuple[Message, ...]], decoding: Decoding) -> list[object]:
    outcomes = backend.generate(chats, decoding=decoding, seed=1, should_stop=lambda: False)
    return [
        (outcome.text, outcome.finish_reason, outcome.tokens_out)
        if isinstance(outcome, Completion)
        else outcome
        for outcome in outcomes
    ]


@pytest.mark.parametrize("decoding", [GREEDY, replace(GREEDY, repetition_penalty=1.3)])
def test_a_row_is_written_in_company_as_it_is_alone(decoding: Decoding) -> None:
    chats = made_up_chats()

    together = texts(tiny(TINY), chats, decoding)
    alone = texts(tiny(TINY, max_rows=1, token_budget=1), chats, decoding)

    assert together == alone
    lengths = {outcome[2] for outcome in together if isinstance(outcome, tuple)}
    assert len(lengths) > 3  # rows that ended at different times were taken out


def test_a_sliding_window_sees_the_same_in_company() -> None:
    config = MistralConfig(**{**TINY.to_dict(), "sliding_window": 16})
    chats = made_up_chats()

    together = texts(tiny(config), chats, GREEDY)
    alone = texts(tiny(config, max_rows=1, token_budget=1), chats, GREEDY)

    assert together == alone


@pytest.mark.parametrize("config", OTHER_KINDS.values(), ids=OTHER_KINDS.keys())
def test_a_model_to_which_padding_matters_writes_what_transformers_itself_writes(
    config: PreTrainedConfig,
) -> None:
    backend = tiny(config)
    # Larger weights than a kind may give itself, for scores that differ clearly.
    for weights in backend._model.parameters():
        if weights.dim() > 1:
            torch.nn.init.normal_(weights, std=0.3, generator=torch.Generator().manual_seed(1))
    chats = made_up_chats()

    together = texts(backend, chats, replace(GREEDY, max_new_tokens=12))

    assert together == [(_written_by_transformers(backend, chat), FinishReason.LENGTH, 12) for chat in chats]


def test_a_repetition_is_penalised_as_transformers_itself_does() -> None:
    endless = MistralConfig(**{**TINY.to_dict(), "eos_token_id": None})
    backend, chats = tiny(endless), made_up_chats()
    decoding = Decoding(max_new_tokens=12, temperature=0, repetition_penalty=1.5)

    together = [text for text, *_ in texts(backend, chats, decoding)]

    assert together == [_written_by_transformers(backend, chat, repetition_penalty=1.5) for chat in chats]
    assert together != [_written_by_transformers(backend, chat) for chat in chats]


def test_a_batch_shares_its_time_among_its_rows() -> None:
    outcomes = tiny(TINY).generate(made_up_chats(), decoding=GREEDY, seed=1, should_stop=lambda: False)

    completions = [outcome for outcome in outcomes if isinstance(outcome, Completion)]
    by_length = sorted(completions, key=lambda completion: completion.tokens_out)
    assert [completion.seconds for completion in by_length] == sorted(
        completion.seconds for completion in completions
    )


def test_without_an_end_token_every_row_reaches_the_limit() -> None:
    endless = MistralConfig(**{**TINY.to_dict(), "eos_token_id": None})

    written = texts(tiny(endless), made_up_chats(), GREEDY)

    assert {outcome[1:] for outcome in written} == {(FinishReason.LENGTH, 40)}


def test_the_small_model_writes_what_transformers_itself_writes_for_each_prompt_alone(
    small_model_ref: ModelRef,
) -> None:
    constitution = parse_constitution((EXAMPLE / "constitution.yaml").read_text())
    prompts = parse_prompt_set((EXAMPLE / "prompt_set.yaml").read_text())
    posts = [json.loads(line)["text"] for line in (EXAMPLE / "posts.jsonl").read_text().splitlines()[:3]]
    chats = [
        next_messages(
            STRATEGIES["INDV +cons"],
            post=post,
            constitution=constitution,
            prompts=prompts,
            dimensions=(dimension.key,),
            answers=[],
        )
        for post in posts
        for dimension in constitution.dimensions[:2]
    ]
    backend = load(replace(small_model_ref, dtype="float32"))

    together = backend.generate(
        chats, decoding=Decoding(max_new_tokens=12, temperature=0), seed=1, should_stop=lambda: False
    )

    assert [outcome.text for outcome in together] == [
        _written_by_transformers(backend, chat) for chat in chats
    ]


def _written_by_transformers(
    backend: TransformersBackend, chat: tuple[Message, ...], **settings: float
) -> str:
    tokens = torch.tensor([backend._tokenize(chat)])
    row = backend._model.generate(
        input_ids=tokens,
        attention_mask=torch.ones_like(tokens),
        max_new_tokens=12,
        do_sample=False,
        pad_token_id=0,
        **settings,
    )
    return backend._tokenizer.decode(row[0, tokens.shape[1] :], skip_special_tokens=True).strip()
