"""What a model's kind allows: whether it can be run token by token, and whether rows may share a batch."""

import inspect

from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

# Names under which models are told how far back a token sees, counted in places of the batch.
_WINDOWS = ("sliding_window", "attention_chunk_size", "window_size")


def keeps_keys_and_values(model: PreTrainedModel) -> bool:
    """Whether it takes a cache from us; recurrent models such as RWKV would start anew at every token."""
    return "past_key_values" in inspect.signature(model.forward).parameters


def may_share_batch(model: PreTrainedModel) -> bool:
    """Whether padding leaves a text as it is.

    It does where positions are given and every layer attends to tokens. A layer that keeps a running state
    (Qwen3-Next, Jamba) takes padding in, and MPT counts distances over it.
    """
    layers = {type(layer) for layer in DynamicCache(config=model.config).layers}
    takes_positions = "position_ids" in inspect.signature(model.forward).parameters
    return takes_positions and layers <= {DynamicLayer, DynamicSlidingWindowLayer}


def sees_all_of(model: PreTrainedModel, width: int) -> bool:
    """Whether a token at the end of so many places sees the first of them in every layer."""
    config = model.config.get_text_config(decoder=True)
    windows = (getattr(config, name, None) for name in _WINDOWS)
    return all(width <= window for window in windows if isinstance(window, int))


def context_length(model: PreTrainedModel, *, default: int) -> int:
    """Return how many tokens a prompt and its answer may have together."""
    config = model.config.get_text_config(decoder=True)
    return int(getattr(config, "max_position_embeddings", 0) or default)
