"""The next token of every row, from the model's scores."""

import torch

from generation.backends.base import Decoding

# Tokens looked at before all are sorted: a nucleus is nearly always among them, and sorting a vocabulary of
# 49,152 took longer on two cores than running the small model.
LIKELIEST = 256


def pick_tokens(
    scores: torch.Tensor, decoding: Decoding, *, seen: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """Return (rows,) tokens from (rows, vocabulary) float32 scores; seen, of that shape: tokens in the row.

    The rules are those of transformers: the penalty of Keskar et al. 2019 on seen tokens, then temperature,
    then the smallest set of tokens whose probabilities reach top_p.
    """
    if decoding.repetition_penalty is not None:
        penalty = decoding.repetition_penalty
        scores = torch.where(seen, torch.where(scores > 0, scores / penalty, scores * penalty), scores)
    if decoding.temperature == 0:
        return scores.argmax(dim=-1)
    probabilities = torch.softmax(scores / decoding.temperature, dim=-1)
    # One even number a row, drawn on the processor whatever the device, looked up on the cumulated scale.
    drawn = torch.rand((len(scores), 1), generator=generator).to(scores.device)
    if decoding.top_p is None:
        cumulated = probabilities.cumsum(dim=-1)
        return _look_up(cumulated, drawn * cumulated[:, -1:])
    likeliest, tokens = probabilities.topk(min(LIKELIEST, probabilities.shape[-1]))
    if not bool((likeliest.sum(dim=-1) >= decoding.top_p).all()):
        likeliest, tokens = probabilities.sort(dim=-1, descending=True)
    cumulated = likeliest.cumsum(dim=-1)
    last = (cumulated < decoding.top_p).sum(dim=-1, keepdim=True).clamp(max=cumulated.shape[-1] - 1)
    place = _look_up(cumulated, drawn * cumulated.gather(1, last))
    return tokens.gather(1, place.unsqueeze(1)).squeeze(1)


def _look_up(cumulated: torch.Tensor, drawn: torch.Tensor) -> torch.Tensor:
    # right=True: a token without any probability is never met, not even by a draw of exactly 0.
    place = torch.searchsorted(cumulated, drawn, right=True)
    return place.clamp(max=cumulated.shape[-1] - 1).squeeze(1)
