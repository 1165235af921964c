"""Load a model and its tokenizer safely, and describe exactly what was loaded."""

import hashlib
import platform
import re
from pathlib import Path

import tokenizers
import torch
import transformers
from jinja2.exceptions import TemplateError
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import cached_file

from generation.backends.base import BackendUnavailableError, LocalEnvironment, ModelRef

_DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32}


def load_model(ref: ModelRef) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Read safetensors only, and run no code from the model's repository. Raises BackendUnavailableError."""
    dtype, device = resolve_dtype(ref.dtype), resolve_device()
    # A folder must never turn into a request to a model hub, not even for a file that it lacks.
    source = {
        "revision": ref.revision or "main",
        "local_files_only": Path(ref.model).is_dir(),
        "trust_remote_code": False,
    }
    try:
        tokenizer = AutoTokenizer.from_pretrained(ref.model, **source)
        model = AutoModelForCausalLM.from_pretrained(ref.model, dtype=dtype, use_safetensors=True, **source)
    except (OSError, ValueError, ImportError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BackendUnavailableError(f"The model {ref.model} cannot be loaded: {reason}") from error
    if not tokenizer.chat_template:
        raise BackendUnavailableError(
            f"The model {ref.model} has no chat template; choose one tuned for conversation."
        )
    tokenizer.padding_side = "left"  # new tokens must follow the prompt's last token in every row
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    # The model's own sampling defaults (a temperature, top_k ...) would act beside the recorded decoding.
    model.generation_config = GenerationConfig(
        eos_token_id=_end_tokens(model, tokenizer), pad_token_id=tokenizer.pad_token_id
    )
    model.to(device)  # type: ignore[arg-type]  # a decorator hides the signature
    return model.eval(), tokenizer


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
    if torch.cuda.is_available():
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        capabilities = torch.cpu.get_capabilities()
        native = any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return torch.bfloat16 if native else torch.float32


def takes_system_turn(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the chat template has a place for a system prompt; some raise an error instead."""
    chat = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    try:
        tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    except TemplateError:
        return False
    return True


def describe(ref: ModelRef, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> LocalEnvironment:
    local = Path(ref.model).is_dir()
    return LocalEnvironment(
        backend=ref.backend,
        # A path names this machine; the folder's name and the hash of its weights say which model it is.
        model=Path(ref.model).resolve().name if local else ref.model,
        revision=ref.revision or getattr(model.config, "_commit_hash", None) or "",
        weights_sha256=_hash_weights(ref),
        tokenizer=type(tokenizer).__name__,
        chat_template_sha256=hashlib.sha256(str(tokenizer.chat_template).encode()).hexdigest(),
        system_turn="own" if takes_system_turn(tokenizer) else "in first user turn",
        device=torch.cuda.get_device_name() if model.device.type == "cuda" else model.device.type,
        dtype=str(model.dtype).removeprefix("torch."),
        threads=torch.get_num_threads(),
        torch=torch.__version__,
        transformers=transformers.__version__,
        tokenizers=tokenizers.__version__,
        python=platform.python_version(),
    )


def _end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The end tokens the model was released with (chat models may have several), and the tokenizer's."""
    released = model.generation_config.eos_token_id if model.generation_config else None
    tokens = released if isinstance(released, list) else [released]
    return sorted({token for token in (*tokens, tokenizer.eos_token_id) if token is not None})


def _hash_weights(ref: ModelRef) -> str:
    """The SHA-256 of the weights file; of several files, that of their hashes, a line each by name."""
    files = sorted(_weights_folder(ref).glob("*.safetensors"))
    hashes = [_hash_file(path) for path in files]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _weights_folder(ref: ModelRef) -> Path:
    if Path(ref.model).is_dir():
        return Path(ref.model)
    return Path(str(cached_file(ref.model, "config.json", revision=ref.revision or "main"))).parent


def _hash_file(path: Path) -> str:
    # The hub's cache names a large file by its SHA-256, which saves reading 26 GB again.
    stored_name = path.resolve().name
    if re.fullmatch(r"[0-9a-f]{64}", stored_name):
        return stored_name
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
