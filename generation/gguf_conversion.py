"""Turn a GGUF file into a folder that transformers loads in a second.

Run as `python -m generation.gguf_conversion FILE FOLDER`, a process of its own: the weights unpacked to
float32 take over a gigabyte, which a supervisor should not keep.
"""

import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig, PreTrainedModel


def convert(gguf: Path, folder: Path) -> None:
    """Write model.safetensors, the configuration and the tokenizer into an existing folder.

    Stored as bfloat16, which halves the folder: the source has 16 levels a block of weights, so rounding
    those to eight bits of mantissa changes little (measured in docs/example-study.md).
    """
    source = {"gguf_file": gguf.name, "local_files_only": True}
    # Without dequantize the weights keep their packed form, which save_pretrained refuses.
    quantization = GgufConfig(gguf_file=gguf.name, dequantize=True)
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        gguf.parent, quantization_config=quantization, dtype=torch.float32, **source
    )
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **source)
    model.bfloat16().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
