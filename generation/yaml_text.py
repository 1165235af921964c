"""Write constitutions and prompt sets as the YAML that parse_constitution and parse_prompt_set read.

What is read back is the same to the last character: the content hash of a downloaded file is that of its set.
"""

from dataclasses import asdict

import yaml

from generation.constitution import Constitution
from generation.prompt_set import PromptSet

# Readers of YAML take these for line ends of their own kind and change them, unless they are escaped.
_CHANGED_IN_PLAIN_TEXT = "\r\x85\u2028\u2029\ufeff"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that people can read and edit them."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if any(character in text for character in _CHANGED_IN_PLAIN_TEXT):
        style: str | None = '"'
    elif "\n" in text:
        # A block cannot say whether its first line was indented, nor keep spaces on an empty line.
        plain = not text[0].isspace() and all(line.strip() or not line for line in text.split("\n"))
        style = "|" if plain else '"'
    else:
        style = None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def constitution_yaml(constitution: Constitution) -> str:
    dimensions = [
        asdict(dimension) | {"standards": list(dimension.standards)} for dimension in constitution.dimensions
    ]
    return plain_yaml({"name": constitution.name, "dimensions": dimensions})


def prompt_set_yaml(prompts: PromptSet) -> str:
    return plain_yaml(asdict(prompts))


def plain_yaml(content: dict[str, object]) -> str:
    """Write the content in its own order, texts of several lines as blocks."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
