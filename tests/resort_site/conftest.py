"""The real small model, where the tests of generation keep it."""

from tests.generation.conftest import packaged_gguf, small_model

__all__ = ["packaged_gguf", "small_model"]
