"""Inviting people, and accepting an invitation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from annotation.enums import Role
from annotation.models import Invitation, User

ROLE_CHOICES = [
    (Role.RATER, "Rater: reads and rates, never sees where a text comes from"),
    (Role.RESEARCHER, "Researcher: sees and downloads the scores"),
    (Role.MANAGER, "Manager: runs the study"),
]


class InviteForm(forms.Form):
    role = forms.ChoiceField(choices=ROLE_CHOICES, initial=Role.RATER, widget=forms.RadioSelect)
    name = forms.CharField(
        label="Name", max_length=150, required=False, help_text="For your list; the person can change it."
    )
    email = forms.EmailField(
        label="E-mail address", required=False, help_text="Where given, only this address can use the link."
    )
    send = forms.BooleanField(label="Send the link by e-mail too", required=False)

    def __init__(self, *args: Any, can_send: bool, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if not can_send:
            del self.fields["send"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("send") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Please give the address to send the link to.")
        return cleaned


class AcceptForm(forms.Form):
    """A new person's account. The invitation's address, where it has one, cannot be changed."""

    name = forms.CharField(
        label="Your name",
        max_length=150,
        help_text="The study's team sees it. In scores and downloads raters have a code instead.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="You sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Choose a password",
        strip=False,
        help_text=" ".join(password_validators_help_texts()),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = invitation.name
        if invitation.email:
            # A disabled field takes its initial value, whatever a browser sends.
            self.fields["email"].initial = invitation.email
            self.fields["email"].disabled = True
            self.fields["email"].help_text = "You sign in with it. The invitation is for this address."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                validate_password(
                    password, User(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
