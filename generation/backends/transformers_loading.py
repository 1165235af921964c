"""Load a model and its tokenizer safely: no code from its repository, no format that can hide any."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    GgufConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import cached_file
from transformers.utils.hub import extract_commit_hash
from transformers.utils.logging import disable_progress_bar

from generation.backends.base import BackendUnavailableError, ModelRef
from generation.backends.batch_limits import keeps_keys_and_values

_DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32}


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to answer; folder holds its files, revision is their commit, "" for a plain folder."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    folder: Path
    revision: str


def load_model(ref: ModelRef) -> LoadedModel:
    """Read safetensors or one GGUF file. Raises BackendUnavailableError."""
    dtype, device = resolve_dtype(ref.dtype), resolve_device()
    # Its bar would stand among a worker's log lines, and across the bar of a command.
    disable_progress_bar()
    try:
        folder, revision = _locate(ref)
        _refuse_pickled_weights(ref, folder)
        # Both parts from one commit, even when a newer one is being published; and a folder must never turn
        # into a request to a model hub, not even for a file that it lacks.
        source = {
            "revision": revision or "main",
            "local_files_only": not revision,
            "trust_remote_code": False,
        }
        if ref.gguf_file:
            source["gguf_file"] = ref.gguf_file
        tokenizer = AutoTokenizer.from_pretrained(ref.model, **source)
        if ref.gguf_file:
            # Without dequantize the weights keep their packed form, which computes more slowly.
            source["quantization_config"] = GgufConfig(gguf_file=ref.gguf_file, dequantize=True)
        model = AutoModelForCausalLM.from_pretrained(ref.model, dtype=dtype, use_safetensors=True, **source)
        model.to(device)  # type: ignore[arg-type]  # a decorator hides the signature
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise BackendUnavailableError(f"There is no room in memory for the model {ref.model}.") from error
    except (OSError, ValueError, ImportError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        if "safetensors.index.json" in reason:
            reason = "it has no weights stored as safetensors. Choose a model that has."
        raise BackendUnavailableError(f"The model {ref.model} cannot be loaded: {reason}") from error
    if not keeps_keys_and_values(model):
        raise BackendUnavailableError(
            f"The model {ref.model} is of a kind ({model.config.model_type}) that cannot be run here; "
            "choose one that attends to its earlier tokens."
        )
    if ref.chat_format != "plain" and not tokenizer.chat_template:
        raise BackendUnavailableError(
            f"The model {ref.model} has no chat template; choose the chat format 'plain' for it."
        )
    # The model's own sampling defaults (a temperature, top_k ...) are no part of the recorded decoding.
    model.generation_config = GenerationConfig(eos_token_id=_end_tokens(model, tokenizer))
    return LoadedModel(model.eval(), tokenizer, folder, revision)


def resolve_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def resolve_dtype(name: str) -> torch.dtype:
    """auto: bfloat16 where the processor computes in it natively (3 to 4 times float32), else float32."""
    if name in _DTYPES:
        return _DTYPES[name]
    if name != "auto":
        raise BackendUnavailableError(
            f"The number format '{name}' is not one of: auto, {', '.join(_DTYPES)}."
        )
    return torch.bfloat16 if has_native_bfloat16() else torch.float32


def has_native_bfloat16() -> bool:
    """Whether the device of this process computes in bfloat16 itself."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def _locate(ref: ModelRef) -> tuple[Path, str]:
    """Find the model's folder, and of a hub's model the commit that its revision stands for."""
    if Path(ref.model).is_dir():
        return Path(ref.model), ""
    file = str(cached_file(ref.model, ref.gguf_file or "config.json", revision=ref.revision or "main"))
    folder = Path(file.removesuffix(ref.gguf_file)) if ref.gguf_file else Path(file).parent
    return folder, extract_commit_hash(file, None) or ""


def _refuse_pickled_weights(ref: ModelRef, folder: Path) -> None:
    if not ref.gguf_file and any(folder.glob("*.bin")) and not any(folder.glob("*.safetensors")):
        raise BackendUnavailableError(
            f"The model {ref.model} has its weights as .bin only, a format that can run code when it is "
            "read; choose a model stored as safetensors."
        )


def _end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The end tokens the model was released with (chat models may have several), and the tokenizer's."""
    released = model.generation_config.eos_token_id if model.generation_config else None
    tokens = released if isinstance(released, list) else [released]
    return sorted({token for token in (*tokens, tokenizer.eos_token_id) if token is not None})
