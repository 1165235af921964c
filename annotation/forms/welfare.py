"""What a rater says of her own work: topics she does not read, her time zone, why she goes on."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms


class TopicsForm(forms.Form):
    """The topics that she does not read, of those that the study's posts have."""

    not_read = forms.MultipleChoiceField(
        label="I would rather not read about",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, topics: Sequence[str], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["not_read"].choices = [(topic, topic) for topic in topics]  # type: ignore[attr-defined]


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label="Your time zone",
        help_text="Your days begin at midnight there. Nothing else depends on it.",
        choices=[(name, name.replace("_", " ")) for name in sorted(available_timezones())],
    )


class GoOnForm(forms.Form):
    """Going on after a pause; a reason is never needed."""

    reason = forms.CharField(
        label="Why do you go on?",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"maxlength": 500}),
    )
