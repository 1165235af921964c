"""What a judge is called wherever its scores stand beside people's."""

LANGUAGE_MODEL = "a language model, not a person"
