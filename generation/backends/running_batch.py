"""One batch of prompts on its way through the model: common beginnings once, then a token a row and step."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from transformers import PreTrainedModel

from generation.backends.base import Decoding, FinishReason
from generation.backends.batch_limits import sees_all_of
from generation.backends.growing_cache import make_cache
from generation.backends.prefix_sharing import PrefixGroup, each_alone, group_by_prefix
from generation.backends.sampling import pick_tokens
from generation.backends.stopping import SentenceEnd

# Rows that ended are computed on until so few are left: taking them out copies the cache of the others.
LEFT_AT_COMPACTION = 0.75


@dataclass
class Row:
    """The answer to prompts[position]: its new tokens so far, without the end token."""

    position: int
    tokens: list[int] = field(default_factory=list)
    finish_reason: FinishReason | None = None


class RunningBatch:
    """Rows of one padded batch; the model's cache holds what they have read and written.

    A row of the cache is: padding, the prefix of its group, padding, the rest of its prompt, its new tokens.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        prompts: Sequence[Sequence[int]],
        *,
        decoding: Decoding,
        end_tokens: Sequence[int],
        sentence_end: SentenceEnd,
        generator: torch.Generator,
    ) -> None:
        self._model = model
        self._prompts = prompts
        self._decoding = decoding
        self._end_tokens = frozenset(end_tokens)
        self._sentence_end = sentence_end
        self._generator = generator
        self._cache = make_cache(model.config)
        self._groups = self._group()
        self._rows = [Row(position) for group in self._groups for position in group.positions]
        self._mask = torch.ones((0, 0), dtype=torch.long)  # (rows, width): 0 for padding
        self._seen = torch.zeros((0, 0), dtype=torch.bool)  # (rows, vocabulary)
        self._newest: torch.Tensor | None = None  # (rows,) tokens, once there are any

    @property
    def running(self) -> int:
        """How many rows have not ended."""
        return sum(row.finish_reason is None for row in self._rows)

    @torch.inference_mode()
    def step(self) -> list[Row]:
        """Let the rows grow by one token each; return those that ended with it.

        The first step reads the prompts too.
        """
        scores = self._read_prompts() if self._newest is None else self._read_newest(self._newest)
        self._newest = pick_tokens(scores, self._decoding, seen=self._seen, generator=self._generator)
        if self._seen.numel():
            self._seen.scatter_(1, self._newest.unsqueeze(1), True)
        ended: list[Row] = []
        for row, token in zip(self._rows, self._newest.tolist(), strict=True):
            if row.finish_reason is None:
                self._grow(row, token)
                if row.finish_reason is not None:
                    ended.append(row)
        if 0 < self.running <= LEFT_AT_COMPACTION * len(self._rows):
            self._take_out_ended()
        return ended

    def _group(self) -> list[PrefixGroup]:
        groups = group_by_prefix(self._prompts)
        width = max(group.prefix_length for group in groups) + self._decoding.max_new_tokens
        width += max(
            len(self._prompts[position]) - group.prefix_length
            for group in groups
            for position in group.positions
        )
        # A sliding window is counted in places, padding between two parts of a prompt included.
        return groups if sees_all_of(self._model, width) else each_alone(self._prompts)

    def _grow(self, row: Row, token: int) -> None:
        if token in self._end_tokens:
            row.finish_reason = FinishReason.STOP
            return
        row.tokens.append(token)
        after = self._decoding.end_at_sentence_after
        if after is not None and len(row.tokens) >= after and self._sentence_end.is_at_end_of(row.tokens):
            row.finish_reason = FinishReason.SENTENCE
        elif len(row.tokens) >= self._decoding.max_new_tokens:
            row.finish_reason = FinishReason.LENGTH

    def _take_out_ended(self) -> None:
        kept = [index for index, row in enumerate(self._rows) if row.finish_reason is None]
        self._rows = [self._rows[index] for index in kept]
        indices = torch.tensor(kept, device=self._mask.device)
        self._cache.batch_select_indices(indices)
        self._mask = self._mask[indices]
        self._newest = self._newest[indices] if self._newest is not None else None
        self._seen = self._seen[indices] if self._seen.numel() else self._seen

    def _read_prompts(self) -> torch.Tensor:
        """Read each group's prefix once, give every row its copy, and read the rest of every prompt."""
        prefixes = [self._prompts[group.positions[0]][: group.prefix_length] for group in self._groups]
        self._mask = torch.ones((len(prefixes), 0), dtype=torch.long, device=self._model.device)
        if any(prefixes):
            self._forward(*self._pad(prefixes))
        group_of_row = [index for index, group in enumerate(self._groups) for _ in group.positions]
        if len(group_of_row) > len(prefixes):
            indices = torch.tensor(group_of_row, device=self._model.device)
            self._cache.batch_select_indices(indices)
            self._mask = self._mask[indices]
        rests = [
            self._prompts[position][group.prefix_length :]
            for group in self._groups
            for position in group.positions
        ]
        scores = self._forward(*self._pad(rests))
        if self._decoding.repetition_penalty is not None:
            self._note_seen(scores)
        return scores

    def _read_newest(self, tokens: torch.Tensor) -> torch.Tensor:
        tokens = tokens.unsqueeze(1)
        return self._forward(tokens, torch.ones_like(tokens))

    def _forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the scores after the last token, (rows, vocabulary); tokens and mask: (rows, new tokens)."""
        self._mask = torch.cat([self._mask, mask], dim=1)
        # Positions count what is read, so that padding between two parts of a prompt changes nothing.
        positions = (self._mask.cumsum(dim=1) - 1).clamp(min=0)[:, -tokens.shape[1] :]
        output = self._model(
            input_ids=tokens,
            attention_mask=self._mask,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        scores: torch.Tensor = output.logits[:, -1].float()
        return scores

    def _pad(self, parts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Pad on the left, because new tokens follow the last one in every row; tokens and mask."""
        width = max(len(part) for part in parts)
        tokens = torch.tensor([[0] * (width - len(part)) + list(part) for part in parts])
        mask = torch.tensor([[0] * (width - len(part)) + [1] * len(part) for part in parts])
        return tokens.to(self._model.device), mask.to(self._model.device)

    def _note_seen(self, scores: torch.Tensor) -> None:
        self._seen = torch.zeros_like(scores, dtype=torch.bool)
        for index, row in enumerate(self._rows):
            self._seen[index, list(self._prompts[row.position])] = True
