"""When a text ends, beside the end token and the token limit."""

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from generation.sentences import ends_sentence

_LAST_SIGNS = (".", "!", "?", '"', "'", "”", "’", ")", "]", "*")


class SentenceEnd:
    """Knows whether new tokens end with a sentence."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """Read the text of every token once, so that few texts need reading while a batch runs."""
        self._tokenizer = tokenizer
        pieces = tokenizer.batch_decode([[token] for token in range(len(tokenizer))])
        self._may_end = {token for token, piece in enumerate(pieces) if piece.rstrip().endswith(_LAST_SIGNS)}
        self._may_end -= set(tokenizer.all_special_ids)

    def is_at_end_of(self, tokens: Sequence[int]) -> bool:
        """Read the tokens if their last may end a sentence: that token alone cannot tell "1." from an end."""
        if tokens[-1] not in self._may_end:
            return False
        return ends_sentence(str(self._tokenizer.decode(list(tokens), skip_special_tokens=True)))
