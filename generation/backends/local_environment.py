"""Describe a loaded model exactly: what its weights are, and what computes with them."""

import hashlib
import json
import platform
import re
from pathlib import Path

import tokenizers
import torch
import transformers
from jinja2.exceptions import TemplateError
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from generation.backends.base import LocalEnvironment, ModelRef

# Words that no chat template holds by itself.
_MARK = "5f0c the system prompt 9b1d"


def describe(
    ref: ModelRef, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, folder: Path, revision: str
) -> LocalEnvironment:
    """folder holds the files that were read; revision is the commit they are from, "" for a plain folder."""
    plain = ref.chat_format == "plain"
    return LocalEnvironment(
        backend=ref.backend,
        # A path names this machine; the folder's name and the hash of its weights say which model it is.
        model=Path(ref.model).resolve().name if Path(ref.model).is_dir() else ref.model,
        revision=revision,
        weights_sha256=_hash_weights(folder, ref.gguf_file),
        tokenizer=_describe_tokenizer(tokenizer),
        chat_template_sha256="" if plain else _sha256(str(tokenizer.chat_template)),
        chat_format=ref.chat_format,
        system_turn="own" if plain or takes_system_turn(tokenizer) else "in first user turn",
        gguf_file=ref.gguf_file,
        quantisation=_quantisation(ref, model),
        attention=str(model.config._attn_implementation),
        device=torch.cuda.get_device_name() if model.device.type == "cuda" else model.device.type,
        processor=processor_name(),
        dtype=str(model.dtype).removeprefix("torch."),
        threads=torch.get_num_threads(),
        torch=torch.__version__,
        transformers=transformers.__version__,
        tokenizers=tokenizers.__version__,
        python=platform.python_version(),
    )


def takes_system_turn(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the chat template has a place for a system prompt; some raise an error or leave it out."""
    chat = [{"role": "system", "content": _MARK}, {"role": "user", "content": "u"}]
    try:
        return _MARK in str(tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True))
    except TemplateError:
        tokenizer.apply_chat_template(chat[1:], tokenize=False)  # a template that is broken raises once more
        return False


def processor_name() -> str:
    """Return the processor's name as the system knows it; Linux tells more than Python does."""
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    named = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return named[1].strip() if named else platform.machine()


def _describe_tokenizer(tokenizer: PreTrainedTokenizerBase) -> str:
    """Its class, which very different models share, and the SHA-256 of its vocabulary and rules."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    content = backend.to_str() if backend else json.dumps(tokenizer.get_vocab(), sort_keys=True)
    return f"{type(tokenizer).__name__}, sha256 {_sha256(content)}"


def _quantisation(ref: ModelRef, model: PreTrainedModel) -> str:
    if ref.gguf_file:
        return "gguf, unpacked"
    released = getattr(model.config, "quantization_config", None) or {}
    figures = released if isinstance(released, dict) else released.to_dict()
    method = figures.get("quant_method", "")
    return str(getattr(method, "value", method))


def _hash_weights(folder: Path, gguf_file: str) -> str:
    """The SHA-256 of the weights file; of several files, that of their hashes, a line each by name."""
    files = [folder / gguf_file] if gguf_file else sorted(folder.glob("*.safetensors"))
    hashes = [_hash_file(path) for path in files]
    return hashes[0] if len(hashes) == 1 else _sha256("\n".join(hashes))


def _hash_file(path: Path) -> str:
    # The hub's cache names a large file by its SHA-256, which saves reading 26 GB again.
    stored_name = path.resolve().name
    if re.fullmatch(r"[0-9a-f]{64}", stored_name):
        return stored_name
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
