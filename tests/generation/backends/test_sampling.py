import torch
from transformers import RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopPLogitsWarper

from generation.backends.base import Decoding
from generation.backends.sampling import LIKELIEST, pick_tokens

NOTHING_SEEN = torch.zeros((0, 0), dtype=torch.bool)


def draw(
    scores: torch.Tensor, decoding: Decoding, *, times: int, seen: torch.Tensor = NOTHING_SEEN
) -> set[int]:
    """Return which tokens come up when one row of scores is drawn from so often."""
    rows = scores.expand(times, -1)
    seen = seen.expand(times, -1) if seen.numel() else seen
    generator = torch.Generator().manual_seed(1)
    return set(pick_tokens(rows, decoding, seen=seen, generator=generator).tolist())


def test_temperature_zero_takes_the_likeliest() -> None:
    scores = torch.tensor([[0.0, 3.0, 1.0], [5.0, 1.0, 4.0]])

    tokens = pick_tokens(scores, Decoding(1, 0), seen=NOTHING_SEEN, generator=torch.Generator())

    assert tokens.tolist() == [1, 0]


def test_draws_follow_the_probabilities() -> None:
    probabilities = torch.tensor([0.1, 0.0, 0.6, 0.3])
    scores = probabilities.log().expand(40_000, -1)

    tokens = pick_tokens(
        scores, Decoding(1, 1.0), seen=NOTHING_SEEN, generator=torch.Generator().manual_seed(3)
    )

    shares = torch.bincount(tokens, minlength=4) / len(tokens)
    assert torch.allclose(shares, probabilities, atol=0.01)
    assert shares[1] == 0


def test_top_p_draws_from_the_same_tokens_as_transformers() -> None:
    scores = torch.randn((1, 40), generator=torch.Generator().manual_seed(2))
    kept = TopPLogitsWarper(0.7)(None, TemperatureLogitsWarper(0.8)(None, scores))

    drawn = draw(scores, Decoding(1, 0.8, top_p=0.7), times=20_000)

    assert drawn == set(torch.nonzero(kept[0] > -torch.inf).flatten().tolist())


def test_top_p_looks_past_the_likeliest_when_they_are_not_enough() -> None:
    scores = torch.zeros((1, 4 * LIKELIEST))

    drawn = draw(scores, Decoding(1, 1.0, top_p=0.5), times=40_000)

    assert len(drawn) in {
        2 * LIKELIEST,
        2 * LIKELIEST + 1,
    }  # a sum of fractions may fall just short of a half


def test_repetition_penalty_is_that_of_transformers() -> None:
    scores = torch.tensor([[2.0, 1.9, -1.0, -1.1]])
    written = torch.tensor([[0, 2]])
    seen = torch.tensor([[True, False, True, False]])
    penalised = RepetitionPenaltyLogitsProcessor(1.2)(written, scores.clone())

    tokens = pick_tokens(
        scores, Decoding(1, 0, repetition_penalty=1.2), seen=seen, generator=torch.Generator()
    )

    assert tokens.tolist() == penalised.argmax(dim=-1).tolist() == [1]


def test_the_same_seed_draws_the_same() -> None:
    scores = torch.zeros((30, 50))

    def drawn(seed: int) -> list[int]:
        generator = torch.Generator().manual_seed(seed)
        return pick_tokens(scores, Decoding(1, 1.0), seen=NOTHING_SEEN, generator=generator).tolist()

    assert drawn(1) == drawn(1) != drawn(2)
