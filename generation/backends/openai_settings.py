"""What a server takes of our settings and chats; learned from what it refuses, and remembered."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from generation.backends.base import Decoding, Message

Settings = dict[str, int | float]


class Dialect:
    """One server's understanding of the API.

    Nobody says beforehand what a server takes: newer models of OpenAI want the token limit under another name
    and refuse a temperature, other servers know a repetition penalty that OpenAI has not, and some models'
    chat templates refuse a system turn.
    """

    def __init__(self, *, is_openai: bool) -> None:
        self._refused: set[str] = {"repetition_penalty"} if is_openai else set()
        self.system_turn = "own"  # or, as in LocalEnvironment, "in first user turn"

    def settings(self, decoding: Decoding, *, seed: int) -> Settings:
        """Return what to send; a token limit is always among it."""
        limit = "max_completion_tokens" if "max_tokens" in self._refused else "max_tokens"
        optional = {**_wanted(decoding), "seed": seed}
        return {limit: decoding.max_new_tokens} | {
            name: value for name, value in optional.items() if name not in self._refused
        }

    def learn_settings(self, refused: AbstractSet[str], *, sent: Mapping[str, object]) -> bool:
        """Remember what was refused of what was sent; return whether to try again without it.

        Of two requests that were refused at the same time both try again. A server that refuses the token
        limit under either name is not asked a third time.
        """
        if not (refused := refused & sent.keys()):
            return False
        self._refused |= refused
        return "max_completion_tokens" not in refused

    def fold_system_turn(self) -> None:
        """Send the system prompt at the head of the first user turn from now on."""
        self.system_turn = "in first user turn"

    def turns(self, chat: Sequence[Message]) -> list[dict[str, str]]:
        turns = [{"role": message.role, "content": message.content} for message in chat]
        if self.system_turn != "own" and len(turns) > 1 and turns[0]["role"] == "system":
            system, first, *rest = turns
            turns = [{"role": first["role"], "content": f"{system['content']}\n\n{first['content']}"}, *rest]
        return turns


def not_applied(decoding: Decoding, sent: Mapping[str, object]) -> str:
    """Return the names of the settings that were asked for and not sent, "" when there are none.

    A sentence's end can stop a text only where its tokens are made; a text is never cut afterwards.
    """
    wanted = [*_wanted(decoding), "seed"]
    if decoding.end_at_sentence_after is not None:
        wanted.append("end_at_sentence_after")
    return ", ".join(name for name in wanted if name not in sent)


def _wanted(decoding: Decoding) -> Settings:
    """Return the settings beside limit and seed that change a text; top_p does not change a greedy one."""
    wanted: Settings = {"temperature": decoding.temperature}
    if decoding.temperature > 0 and decoding.top_p is not None:
        wanted["top_p"] = decoding.top_p
    if decoding.repetition_penalty not in (None, 1):
        wanted["repetition_penalty"] = float(decoding.repetition_penalty or 1)
    return wanted
