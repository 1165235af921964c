"""Which ratings a study leaves out of its numbers."""

from typing import Any

from django import forms

from annotation.enums import ExclusionKind, Role
from annotation.models import Membership, Study


class ExclusionForm(forms.Form):
    """One rule. What it needs beside its kind is checked where the rule is made."""

    kind = forms.ChoiceField(
        label="Leave out",
        choices=ExclusionKind.choices,
        widget=forms.RadioSelect,
        initial=ExclusionKind.RATER,
    )
    rater = forms.ModelChoiceField(
        label="Rater",
        queryset=Membership.objects.none(),
        required=False,
        help_text="For all ratings by one rater.",
    )
    seconds = forms.IntegerField(
        label="Seconds",
        required=False,
        min_value=1,
        help_text="For ratings made too fast: those in less active time. Where a browser told none, the time "
        "from opening to submitting counts.",
    )
    reason = forms.CharField(
        label="Why", max_length=300, help_text="Kept in the study's log and told beside the scores."
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        raters = Membership.objects.filter(study=study, role=Role.RATER).order_by("code")
        field = self.fields["rater"]
        field.queryset = raters  # type: ignore[attr-defined]
        field.label_from_instance = lambda rater: rater.code  # type: ignore[attr-defined]
