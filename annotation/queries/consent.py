"""What a rater still has to agree to."""

from django.db.models import Exists, OuterRef

from annotation.models import Consent, ConsentText, Membership


def newest_consent_text(membership: Membership) -> ConsentText | None:
    """Return the consent text that holds now, with `is_given`: whether this rater agreed to it. One query.

    None when the study has no consent text, so that there is nothing to agree to.
    """
    given = Consent.objects.filter(membership=membership, consent_text=OuterRef("pk"))
    texts = ConsentText.objects.filter(study=membership.study_id).annotate(is_given=Exists(given))
    return texts.order_by("-version").first()


def is_consent_due(membership: Membership) -> bool:
    text = newest_consent_text(membership)
    return text is not None and not text.is_given  # type: ignore[attr-defined]


def has_ever_consented(membership: Membership) -> bool:
    """Say whether the rater agreed to any version: a rating begun under it may still be handed in."""
    return Consent.objects.filter(membership=membership).exists()
