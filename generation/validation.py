"""Is a generated text fit to be rated? What is not is reported and left as it is: nothing is trimmed.

Only one text and its own prompt are looked at here. Checks that compare texts with each other
(near-duplicates of another condition) add their codes to Problem and live beside the query for those texts.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from generation.backends.base import FinishReason, Message
from generation.sentences import split_sentences

# A reappraisal that names the situation, another view of it and a next step needs two sentences; the shortest
# such texts run to 15 or more words.
MIN_WORDS = 15
# Twelve words in a row are never chance. A reply may quote the person it answers, so a post's words may recur
# for longer; half a post read back is no help.
ECHO_OF_INSTRUCTIONS_WORDS = 12
ECHO_OF_POST_WORDS = 20
# A sentence of under four words ("You can.") may recur for emphasis.
REPEATED_SENTENCE_WORDS = 4
LOOP_WORDS, LOOP_TIMES = 5, 3
REPEATED_RUN_WORDS = 10


class Problem(StrEnum):
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TRUNCATED = "truncated"
    LEAKED_MARKUP = "leaked_markup"
    UNFILLED_SLOT = "unfilled_slot"
    PROMPT_ECHO = "prompt_echo"
    ROLE_HEADER = "role_header"
    FORBIDDEN_CHARACTERS = "forbidden_characters"
    REPETITION = "repetition"
    WRONG_VOICE = "wrong_voice"

    @property
    def sentence(self) -> str:
        """The problem in plain words, for the person who decides what happens to the text."""
        return _SENTENCES[self]


_SENTENCES = {
    Problem.EMPTY: "The text is empty.",
    Problem.TOO_SHORT: f"The text has fewer than {MIN_WORDS} words.",
    Problem.TRUNCATED: "The text stops before its end.",
    Problem.LEAKED_MARKUP: "The text holds markup of the prompt, such as a score tag or a section heading.",
    Problem.UNFILLED_SLOT: "The text holds a slot that was never filled in, such as [Your Name].",
    Problem.PROMPT_ECHO: "The text repeats a long stretch of the instructions or of the post.",
    Problem.ROLE_HEADER: "The text names a chat role, as if it went on with the conversation.",
    Problem.FORBIDDEN_CHARACTERS: "The text holds invisible or control characters.",
    Problem.REPETITION: "The text says the same thing over again, word for word.",
    Problem.WRONG_VOICE: "The text speaks as the person who posted, not to them.",
}

_MARKUP = re.compile(
    r"</?(likert|rationale|score)\b[^>]*>|\[(Reappraisal Response|Feedback|Text|Question)\]", re.IGNORECASE
)
_SLOT = re.compile(
    r"\[(your|insert|name|the (poster|narrator|friend|person)|friend)\b[^\]\n]*\]|\{\w+\}", re.IGNORECASE
)
_ROLE = re.compile(
    r"^\W*(assistant|user|system|human|narrator|poster|counsell?or|therapist|ai|response)\W{0,2}:"
    r"|<\|\w+\|>|<</?SYS>>|\[/?INST\]",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TO_THE_READER = {"you", "your", "yours", "yourself", "let's", "let’s"}
_AS_THE_POSTER = {"i", "i'm", "i’m", "i've", "i’ve", "me", "my", "mine", "myself"}


def find_problems(
    text: str,
    *,
    finish_reason: FinishReason,
    prompt: Sequence[Message],
    post: str = "",
    revised: str = "",
) -> tuple[Problem, ...]:
    """Report every problem of a text, in the order of Problem; () for a text that may be rated.

    post and revised name the stretches of the prompt that are not instructions: the post, which may be quoted
    in part, and the text under revision, which should recur. Without them a user turn is judged like a post.
    """
    if not text.strip():
        return (Problem.EMPTY,)
    words = _words(text)
    found = {
        Problem.TOO_SHORT: len(words) < MIN_WORDS,
        Problem.TRUNCATED: finish_reason is FinishReason.LENGTH or text.rstrip()[-1] in ",:;-–—",
        Problem.LEAKED_MARKUP: bool(_MARKUP.search(text)),
        Problem.UNFILLED_SLOT: bool(_SLOT.search(text)),
        Problem.PROMPT_ECHO: _echoes_prompt(words, prompt=prompt, post=post, revised=revised),
        Problem.ROLE_HEADER: bool(_ROLE.search(text)),
        Problem.FORBIDDEN_CHARACTERS: any(_is_forbidden(character) for character in text),
        Problem.REPETITION: _repeats(text, words),
        Problem.WRONG_VOICE: _is_wrong_voice(words),
    }
    return tuple(problem for problem, present in found.items() if present)


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def _runs(words: Sequence[str], length: int) -> Iterable[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)


def _shares_run(words: Sequence[str], source: str, *, length: int) -> bool:
    return not set(_runs(words, length)).isdisjoint(_runs(_words(source), length))


def _echoes_prompt(words: Sequence[str], *, prompt: Sequence[Message], post: str, revised: str) -> bool:
    for message in prompt:
        if message.role == "system":
            sources = [(message.content, ECHO_OF_INSTRUCTIONS_WORDS)]
        elif message.role == "user" and post:
            # A mark that is no word keeps runs from spanning the gap.
            instructions = _without(_without(message.content, post), revised)
            sources = [(part, ECHO_OF_INSTRUCTIONS_WORDS) for part in instructions.split("\0")]
            sources.append((post, ECHO_OF_POST_WORDS))
        elif message.role == "user":
            sources = [(message.content, ECHO_OF_POST_WORDS)]
        else:
            sources = []  # the model's own earlier answer is not the prompt's words
        if any(_shares_run(words, source, length=length) for source, length in sources):
            return True
    return False


def _without(content: str, stretch: str) -> str:
    return content.replace(stretch, "\0") if stretch else content


def _is_forbidden(character: str) -> bool:
    """Control, format (zero width, direction) and private characters, and the mark of lost bytes."""
    return (unicodedata.category(character)[0] == "C" and character not in "\n\t") or character == "\ufffd"


def _repeats(text: str, words: Sequence[str]) -> bool:
    sentences = Counter(" ".join(_words(sentence)) for sentence in split_sentences(text))
    same_sentence = any(
        times > 1 and len(sentence.split()) >= REPEATED_SENTENCE_WORDS
        for sentence, times in sentences.items()
    )
    loops = any(times >= LOOP_TIMES for times in Counter(_runs(words, LOOP_WORDS)).values())
    same_run = any(times > 1 for times in Counter(_runs(words, REPEATED_RUN_WORDS)).values())
    return same_sentence or loops or same_run


def _is_wrong_voice(words: Sequence[str]) -> bool:
    """Never a word to the reader, but several about oneself."""
    return _TO_THE_READER.isdisjoint(words) and sum(word in _AS_THE_POSTER for word in words) >= 2
