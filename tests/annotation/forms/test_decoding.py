from annotation.forms.decoding import DecodingForm
from generation.backends.base import Decoding

FIGURES = {
    "temperature": "0.2",
    "max_new_tokens": "160",
    "top_p": "0.9",
    "repetition_penalty": "1.1",
    "end_at_sentence_after": "70",
}


def test_figures_become_a_decoding() -> None:
    form = DecodingForm(FIGURES)

    assert form.is_valid()
    assert form.cleaned_data == {
        "decoding": Decoding(
            max_new_tokens=160, temperature=0.2, top_p=0.9, repetition_penalty=1.1, end_at_sentence_after=70
        )
    }


def test_what_is_left_empty_is_switched_off() -> None:
    form = DecodingForm({"temperature": "0.1", "max_new_tokens": "512"})

    assert form.is_valid()
    assert form.cleaned_data == {"decoding": Decoding(max_new_tokens=512, temperature=0.1)}


def test_each_senseless_figure_is_an_error_of_its_own_field() -> None:
    form = DecodingForm(
        {
            "temperature": "-1",
            "max_new_tokens": "0",
            "top_p": "1.5",
            "repetition_penalty": "0",
            "end_at_sentence_after": "0",
        }
    )

    assert form.errors == {
        "temperature": ["This must be a number from 0 to 2."],
        "max_new_tokens": ["This must be a whole number from 1 to 32768."],
        "top_p": ["This must be a number from 0.01 to 1."],
        "repetition_penalty": ["This must be a number from 0.1 to 10."],
        "end_at_sentence_after": ["This must be a whole number from 1 to 32768."],
    }


def test_text_cannot_end_later_than_the_limit() -> None:
    form = DecodingForm(FIGURES | {"end_at_sentence_after": "161"})

    assert form.errors == {"end_at_sentence_after": ["This must be a whole number from 1 to 160."]}


def test_words_and_infinite_figures_are_refused() -> None:
    form = DecodingForm(FIGURES | {"temperature": "warm", "top_p": "nan", "repetition_penalty": "inf"})

    assert set(form.errors) == {"temperature", "top_p", "repetition_penalty"}


def test_temperature_and_limit_must_be_given() -> None:
    assert set(DecodingForm({}).errors) == {"temperature", "max_new_tokens"}
