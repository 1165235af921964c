"""A chat as plain text, for models that have no chat template."""

from collections.abc import Sequence

from generation.backends.base import Message

_HEADERS = {"user": "User", "assistant": "Assistant"}


def lay_out(chat: Sequence[Message]) -> str:
    """Return the turns, a blank line between them: the system prompt bare, the others under their role.

    The text ends with the header of the answer, without a space after it: most vocabularies have words with
    their leading space as one token.

        You are kind.

        User: I lost my job.

        Assistant:
    """
    turns = [
        f"{_HEADERS[message.role]}: {message.content}" if message.role in _HEADERS else message.content
        for message in chat
    ]
    return "\n\n".join([*turns, f"{_HEADERS['assistant']}:"])
