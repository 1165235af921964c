"""Read typed fields from a YAML file and name the line of whatever is wrong.

yaml.safe_load forgets line numbers and lets a second key of the same name win silently; a person who edits
prompts by hand needs both, so the node tree is read instead.
"""

import unicodedata

import yaml


class FieldError(ValueError):
    """A file that cannot be read; the message is one line and names the line and field."""


class Fields:
    """The fields of one YAML mapping. Every take_* raises FieldError; where names the mapping in messages."""

    def __init__(self, node: yaml.Node, *, where: str = "") -> None:
        self._where = where
        self._line = _line(node)
        self._nodes: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            raise FieldError(
                f"Line {self._line}: {where or 'the file'} must be a list of 'field: value' lines."
            )
        for key, value in node.value:
            name = str(key.value)
            if name in self._nodes:
                raise FieldError(f"Line {_line(key)}: {self._label(name)} is given twice.")
            self._nodes[name] = value

    def require_exactly(self, names: set[str]) -> None:
        """Refuse missing and unknown fields."""
        if unknown := sorted(set(self._nodes) - names):
            line = min(_line(self._nodes[name]) for name in unknown)
            raise FieldError(f"Line {line}: unknown field {', '.join(map(self._label, unknown))}.")
        if missing := sorted(names - set(self._nodes)):
            raise FieldError(f"Line {self._line}: missing field {', '.join(map(self._label, missing))}.")

    @property
    def names(self) -> tuple[str, ...]:
        """The fields' names, in their order in the file."""
        return tuple(self._nodes)

    def take_fields(self, name: str) -> "Fields":
        """Read a mapping within the mapping."""
        return Fields(self._nodes[name], where=self._label(name))

    def take_text(self, name: str, *, empty: bool = False) -> str:
        return self._text(self._nodes[name], label=self._label(name), empty=empty)

    def take_whole(self, name: str) -> int:
        node = self._nodes[name]
        if node.tag != "tag:yaml.org,2002:int":
            raise self.error(name, "must be a whole number")
        return int(yaml.constructor.SafeConstructor().construct_object(node))

    def take_texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts, at least one."""
        return tuple(self._text(node, label=self._label(name), empty=False) for node in self.take_list(name))

    def take_list(self, name: str) -> list[yaml.Node]:
        node = self._nodes[name]
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.error(name, "must be a list with at least one entry")
        return list(node.value)

    def error(self, name: str, complaint: str) -> FieldError:
        return FieldError(f"Line {_line(self._nodes[name])}: {self._label(name)} {complaint}.")

    def _label(self, name: str) -> str:
        return f"'{name}' of {self._where}" if self._where else f"'{name}'"

    def _text(self, node: yaml.Node, *, label: str, empty: bool) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str":
            raise FieldError(f"Line {_line(node)}: {label} must be text.")
        text = str(node.value)
        if any(character == "\0" or unicodedata.category(character) == "Cs" for character in text):
            raise FieldError(f"Line {_line(node)}: {label} holds a NUL or a lone half of a character.")
        if not empty and not text.strip():
            raise FieldError(f"Line {_line(node)}: {label} is empty.")
        return text


def read_fields(yaml_text: str) -> Fields:
    """Parse a YAML document that is one mapping. Raises FieldError."""
    try:
        node = yaml.compose(yaml_text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FieldError(f"Line {line}: not valid YAML ({error.problem}).") from error
    except RecursionError as error:
        raise FieldError("Line 1: lists and fields stand within each other too deeply to be read.") from error
    except yaml.reader.ReaderError as error:
        line = yaml_text.count("\n", 0, int(error.position)) + 1
        raise FieldError(f"Line {line}: not valid YAML (a character is not allowed).") from error
    if node is None:
        raise FieldError("Line 1: the file is empty.")
    return Fields(node)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
