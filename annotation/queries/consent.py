"""What a rater has to agree to, and what of it has changed since she last did."""

import re
from dataclasses import dataclass

from django.db.models import BigAutoField, Count, Exists, OuterRef, QuerySet

from annotation.models import Consent, ConsentText, Membership, Study
from generation.version_diff import Change, Piece, diff_texts
from resort_site.prepared_query import PreparedQuery

Paragraph = tuple[Piece, ...]


@dataclass(frozen=True)
class ConsentChanges:
    """What is new in a text for somebody who agreed to an earlier version: the paragraphs that differ."""

    agreed_version: int
    paragraphs: tuple[Paragraph, ...]


def newest_consent_text(membership: Membership) -> ConsentText | None:
    """Return the consent text that holds now, with `is_given`: whether this rater agreed to it. One query.

    None when the study has no consent text, so that there is nothing to agree to.
    """
    given = Consent.objects.filter(membership=membership, consent_text=OuterRef("pk"))
    texts = ConsentText.objects.filter(study=membership.study_id).annotate(is_given=Exists(given))
    return texts.order_by("-version").first()


def is_consent_due(membership: Membership) -> bool:
    """Say whether the rater has not agreed to the text that holds now. One query."""
    return False in _newest_is_given(study=membership.study_id, membership=membership.pk)


_newest_is_given = PreparedQuery(
    lambda study, membership: (
        ConsentText.objects.filter(study=study)
        .order_by("-version")
        .values_list(
            Exists(Consent.objects.filter(membership=membership, consent_text=OuterRef("pk"))), flat=True
        )[:1]
    ),
    study=BigAutoField,
    membership=BigAutoField,
)


def has_ever_consented(membership: Membership) -> bool:
    """Say whether the rater agreed to any version: a rating begun under it may still be handed in."""
    return Consent.objects.filter(membership=membership).exists()


def changes_since_consent(membership: Membership, text: ConsentText) -> ConsentChanges | None:
    """Return what differs from the version that the rater last agreed to, if there is one. One query."""
    agreed = (
        ConsentText.objects.filter(consents__membership=membership, version__lt=text.version)
        .order_by("-version")
        .first()
    )
    if agreed is None:
        return None
    return ConsentChanges(agreed.version, tuple(changed_paragraphs(agreed.text, text.text)))


def changed_paragraphs(before: str, after: str) -> list[Paragraph]:
    """Return the paragraphs with a word added or removed, whole."""
    paragraphs: list[list[Piece]] = [[]]
    for piece in diff_texts(before, after):
        first, *others = re.split(r"\n\s*\n", piece.text)
        paragraphs[-1].append(Piece(piece.change, first))
        paragraphs += [[Piece(piece.change, other)] for other in others]
    return [
        tuple(piece for piece in paragraph if piece.text)
        for paragraph in paragraphs
        if any(piece.change is not Change.SAME and piece.text.strip() for piece in paragraph)
    ]


def consent_versions(study: Study) -> QuerySet[ConsentText]:
    """Return all versions, the newest first, with n_consents. One query."""
    return ConsentText.objects.filter(study=study).annotate(n_consents=Count("consents")).order_by("-version")
