"""A judge's prompt set as a form: one text a wording, one a criterion."""

from typing import Any

from django import forms

from annotation.judging.prompt_set import ALIGNMENT, JudgeWording, message_complaints, question_complaints
from generation.forms.words import WordsField
from generation.prompt_set import placeholders_in

QUESTION = "question_"


class JudgeWordingForm(forms.Form):
    """As long as the set has questions; once valid, `edited` returns the wording."""

    system = WordsField(
        label="Who the judge is",
        rows=4,
        required=False,
        help_text="Stands before every question. It may be empty: some models do best without.",
    )
    message = WordsField(
        label="Around each question",
        rows=14,
        help_text="Write {post} and {response} for the texts, {question} for the criterion's question, "
        "{scale} for what may be answered, and {reply_format} for the form of the reply.",
    )
    reply_format = WordsField(label="The form of the reply", rows=4, help_text="No placeholder belongs here.")

    def __init__(self, *args: Any, wording: JudgeWording, **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self._wording = wording
        for key in wording.questions:
            help_text = "{dimension}, {aim} and {standards} stand for those of the text's dimension."
            if key == ALIGNMENT:
                help_text = f"It must hold {{standards}}. {help_text}"
            self.fields[QUESTION + key] = WordsField(
                label=f"The question about {key}", rows=6, help_text=help_text
            )

    @classmethod
    def of(cls, wording: JudgeWording) -> "JudgeWordingForm":
        questions = {QUESTION + key: text for key, text in wording.questions.items()}
        return cls(initial={**wording.to_dict(), **questions}, wording=wording)

    def clean(self) -> dict[str, Any]:
        """A forgotten {post} would have a judge score nothing, for hours."""
        cleaned = super().clean() or {}
        complaints = {
            "message": message_complaints(cleaned.get("message", "")),
            **{
                QUESTION + key: question_complaints(key, cleaned.get(QUESTION + key, ""))
                for key in self._wording.questions
            },
            **{
                name: [f"holds a placeholder that is not filled in there: {{{found}}}"]
                for name in ("system", "reply_format")
                for found in sorted(placeholders_in(cleaned.get(name, "")))
            },
        }
        for name, found in complaints.items():
            if name in cleaned:
                for complaint in found:
                    self.add_error(name, f"The text {complaint}.")
        return cleaned

    def edited(self) -> JudgeWording:
        return JudgeWording(
            name=self._wording.name,
            system=self.cleaned_data["system"],
            message=self.cleaned_data["message"],
            reply_format=self.cleaned_data["reply_format"],
            questions={key: self.cleaned_data[QUESTION + key] for key in self._wording.questions},
        )
