"""When the rows of a running batch end, beside the end token and the token limit."""

from collections.abc import Callable

import torch
from transformers import PreTrainedTokenizerBase, StoppingCriteria

from generation.sentences import ends_sentence


class StopWhenAsked(StoppingCriteria):
    """Ends every row as soon as should_stop() is true; asked once a token."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self._should_stop = should_stop
        self.stopped = False

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        self.stopped = self.stopped or self._should_stop()
        return torch.full((input_ids.shape[0],), self.stopped, device=input_ids.device)


class EndAtSentence(StoppingCriteria):
    """Ends a row at its first sentence end after so many new tokens."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        *,
        prompt_width: int,
        after: int,
        may_end: torch.Tensor,
    ) -> None:
        """may_end: (vocabulary,) bool, see tokens_that_may_end; prompt_width counts the padding."""
        self._tokenizer = tokenizer
        self._prompt_width = prompt_width
        self._after = after
        self._may_end = may_end
        self.ended_at: dict[int, int] = {}  # row -> its number of new tokens

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """input_ids: (rows, prompt_width + new tokens)."""
        ended = torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)
        new_tokens = input_ids.shape[1] - self._prompt_width
        if new_tokens < self._after:
            return ended
        for row in torch.nonzero(self._may_end[input_ids[:, -1]]).flatten().tolist():
            if row not in self.ended_at and self._is_sentence_end(input_ids[row]):
                self.ended_at[row] = new_tokens
                ended[row] = True
        return ended

    def _is_sentence_end(self, row: torch.Tensor) -> bool:
        # A token alone cannot tell "1." or an open quotation from an end, so the row is read.
        return ends_sentence(str(self._tokenizer.decode(row[self._prompt_width :], skip_special_tokens=True)))


def tokens_that_may_end(tokenizer: PreTrainedTokenizerBase, *, vocabulary: int) -> torch.Tensor:
    """(vocabulary,) bool: tokens whose text ends like a sentence; computed once a model."""
    may_end = torch.zeros(vocabulary, dtype=torch.bool)
    pieces = tokenizer.batch_decode([[token] for token in range(min(vocabulary, len(tokenizer)))])
    for token, piece in enumerate(pieces):
        may_end[token] = piece.rstrip().endswith((".", "!", "?", '"', "'", "”", "’", ")", "]", "*"))
    may_end[list(tokenizer.all_special_ids)] = False
    return may_end
