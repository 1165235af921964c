"""What is read from a model's configuration; how models of each kind write is in test_running_batch."""

from types import SimpleNamespace

import pytest
from transformers import Gemma3Config, GPT2Config, MambaConfig, MistralConfig, PreTrainedConfig

from generation.backends.batch_limits import context_length, sees_all_of


@pytest.mark.parametrize(
    ("config", "length"),
    [
        (MistralConfig(max_position_embeddings=77), 77),
        (GPT2Config(n_positions=77), 77),
        (Gemma3Config(text_config={"max_position_embeddings": 77}), 77),  # of the part that writes
        (MambaConfig(), 5),
    ],
)
def test_context_is_the_models_or_else_the_tokenizers(config: PreTrainedConfig, length: int) -> None:
    assert context_length(SimpleNamespace(config=config), default=5) == length


def test_a_window_is_seen_to_its_edge() -> None:
    windowed = SimpleNamespace(config=MistralConfig(sliding_window=16))

    assert (sees_all_of(windowed, 16), sees_all_of(windowed, 17)) == (True, False)
    assert sees_all_of(SimpleNamespace(config=MistralConfig(sliding_window=None)), 10_000)
