"""Forms of the generation's page."""

from django import forms

from generation.domain.run import HIGHEST_PRIORITY, LOWEST_PRIORITY


class PriorityForm(forms.Form):
    """Which study's texts are written first."""

    priority = forms.IntegerField(
        label="Priority",
        min_value=LOWEST_PRIORITY,
        max_value=HIGHEST_PRIORITY,
        help_text=(
            "Of all that models are asked for on this site, what has the higher number goes first. "
            f"A whole number from {LOWEST_PRIORITY} to {HIGHEST_PRIORITY}."
        ),
        error_messages={
            "required": "The priority must be a whole number.",
            "invalid": "The priority must be a whole number.",
            "min_value": f"The priority must be {LOWEST_PRIORITY} or more.",
            "max_value": f"The priority must be {HIGHEST_PRIORITY} or less.",
        },
    )
