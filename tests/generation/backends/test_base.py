import pytest

from generation.backends.base import Decoding, DecodingError

FIGURES = {
    "max_new_tokens": 160,
    "temperature": 0.3,
    "top_p": 0.9,
    "repetition_penalty": 1.1,
    "end_at_sentence_after": 60,
}


def test_decoding_goes_to_a_dict_and_back() -> None:
    assert Decoding.from_dict(FIGURES).to_dict() == FIGURES


def test_decoding_leaves_out_what_may_be_left_out() -> None:
    assert Decoding.from_dict({"max_new_tokens": 5, "temperature": 0}) == Decoding(5, 0, None, None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"max_new_tokens": 0},
        {"max_new_tokens": True},
        {"max_new_tokens": "160"},
        {"max_new_tokens": 1.5},
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": None},
        {"top_p": 0},
        {"top_p": 1.1},
        {"repetition_penalty": 0},
        {"repetition_penalty": float("inf")},
        {"end_at_sentence_after": 0},
        {"end_at_sentence_after": 161},
    ],
)
def test_decoding_refuses_nonsense(change: dict[str, object]) -> None:
    [name] = change

    with pytest.raises(DecodingError, match=f"{name} must be a"):
        Decoding.from_dict(FIGURES | change)


def test_decoding_refuses_unknown_and_missing_figures() -> None:
    with pytest.raises(DecodingError, match="Unknown decoding setting: top_k"):
        Decoding.from_dict(FIGURES | {"top_k": 3})
    with pytest.raises(DecodingError, match="Missing decoding setting: max_new_tokens"):
        Decoding.from_dict({"temperature": 1})
