"""Is a generated text fit to be rated? What is not is reported and left as it is: nothing is trimmed.

Only one text and its own prompt are looked at here. Whether a text is nearly that of another condition
(`generation.similarity`) is asked where it is recorded, and answered with Problem.NEAR_DUPLICATE; whether an
imported one is no answer at all, where it comes in (Problem.NO_ANSWER).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from generation.appraisal import reads_as_appraisal
from generation.backends.base import FinishReason, Message
from generation.sentences import split_sentences
from generation.similarity import is_near_duplicate, word_runs, words_of

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
    WRONG_KIND = "wrong_kind"
    NEAR_DUPLICATE = "near_duplicate"
    NO_ANSWER = "no_answer"

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
    Problem.WRONG_KIND: "The text rates the situation, as an appraisal does; a reappraisal was asked for.",
    Problem.NEAR_DUPLICATE: "The text is nearly the same as that of another condition.",
    Problem.NO_ANSWER: "The text is the refusal of an API, recorded in place of an answer.",
}

_MARKUP = re.compile(
    r"(<|&lt;)\s*/?\s*(likert|rationale|score|appraisal|reappraisal|answer|response|think|thinking)\b"
    r"|\[(Reappraisal Response|Feedback|Text|Question)\]",
    re.IGNORECASE,
)
# After these signs a text goes on, whatever closes or emphasises what was said.
_GO_ON = frozenset(",:;-–—")
_LAST_SIGNS = ' \t\r\n*_"”’'
_SLOT = re.compile(
    r"\[(your|insert|name|the (poster|narrator|friend|person)|friend)\b[^\]\n]*\]|\{\w+\}", re.IGNORECASE
)
_ROLE = re.compile(
    r"^\W*(assistant|user|system|human|narrator|poster|counsell?or|therapist|ai|response)\W{0,2}:"
    r"|[.!?\"”)*]\s(assistant|user|human):\s"
    r"|<\|\w+\|>|<｜[^｜]*｜>|<</?SYS>>|\[/?INST\]|</?s>|<[be]os>|<(start|end)_of_turn>",
    re.IGNORECASE | re.MULTILINE,
)
# Joiners that belong to what they join: emoji of several parts, words of Persian and of Indian languages; and
# the unseen letters that make a flag a region's.
_JOINED = re.compile(
    "(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
    "|(?<=[\u0620-\u06ff])\u200c(?=[\u0620-\u06ff])"
    "|(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca])[\u200c\u200d]"
    "|(?<=\U0001f3f4)[\U000e0030-\U000e007a]{3,6}\U000e007f"
)
# Letters and separators that show nothing, or break a line where nobody sees it.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0")
# Where Unicode adds emoji that this Python does not know yet.
_EMOJI = range(0x1F000, 0x1FB00)
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
    words = words_of(text)
    found = {
        Problem.TOO_SHORT: len(words) < MIN_WORDS,
        Problem.TRUNCATED: finish_reason is FinishReason.LENGTH or text.rstrip(_LAST_SIGNS)[-1:] in _GO_ON,
        Problem.LEAKED_MARKUP: bool(_MARKUP.search(text)),
        Problem.UNFILLED_SLOT: bool(_SLOT.search(text)),
        Problem.PROMPT_ECHO: _echoes_prompt(words, prompt=prompt, post=post, revised=revised),
        Problem.ROLE_HEADER: bool(_ROLE.search(text)),
        Problem.FORBIDDEN_CHARACTERS: any(map(_is_forbidden, _JOINED.sub("", text))),
        Problem.REPETITION: _repeats(text, words),
        Problem.WRONG_VOICE: _is_wrong_voice(words),
        Problem.WRONG_KIND: reads_as_appraisal(text) or _repeats_answer(text, prompt),
    }
    return tuple(problem for problem, present in found.items() if present)


def _shares_run(words: Sequence[str], source: str, *, length: int) -> bool:
    return not set(word_runs(words, length)).isdisjoint(word_runs(words_of(source), length))


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
    """Control, format (zero width, direction), private and unseen characters, and the mark of lost bytes."""
    category = unicodedata.category(character)
    if category == "Cn" and ord(character) in _EMOJI:
        return False
    return (category[0] == "C" and character not in "\n\t") or character in _UNSEEN or character == "\ufffd"


def _repeats_answer(text: str, prompt: Sequence[Message]) -> bool:
    """Say whether it is the answer given before in the same chat, which is an appraisal."""
    return is_near_duplicate(text, (message.content for message in prompt if message.role == "assistant"))


def _repeats(text: str, words: Sequence[str]) -> bool:
    sentences = Counter(" ".join(words_of(sentence)) for sentence in split_sentences(text))
    same_sentence = any(
        times > 1 and len(sentence.split()) >= REPEATED_SENTENCE_WORDS
        for sentence, times in sentences.items()
    )
    loops = any(times >= LOOP_TIMES for times in Counter(word_runs(words, LOOP_WORDS)).values())
    same_run = any(times > 1 for times in Counter(word_runs(words, REPEATED_RUN_WORDS)).values())
    return same_sentence or loops or same_run


def _is_wrong_voice(words: Sequence[str]) -> bool:
    """Never a word to the reader, but several about oneself."""
    return _TO_THE_READER.isdisjoint(words) and sum(word in _AS_THE_POSTER for word in words) >= 2
