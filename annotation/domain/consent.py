"""Raters agree to the study's consent text, version by version."""

from annotation.models import Consent, ConsentText, Membership


def give_consent(membership: Membership, *, text: ConsentText) -> Consent:
    """Record that the rater agreed to this version. Agreeing twice counts once."""
    consent, _ = Consent.objects.get_or_create(membership=membership, consent_text=text)
    return consent
