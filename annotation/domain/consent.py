"""Raters agree to the study's consent text, version by version."""

from django.db import transaction
from django.utils import timezone

from annotation.models import Consent, ConsentText, Membership
from annotation.queries.welfare import topics_of_study


@transaction.atomic
def give_consent(membership: Membership, *, text: ConsentText) -> Consent:
    """Record that the rater agreed to this version. Agreeing twice counts once.

    In a study without topics she has none to choose, so that nothing need be looked up at each item.
    """
    consent, _ = Consent.objects.get_or_create(membership=membership, consent_text=text)
    if membership.topics_chosen_at is None and not topics_of_study(membership.study):
        membership.topics_chosen_at = timezone.now()
        membership.save(update_fields=["topics_chosen_at"])
    return consent
