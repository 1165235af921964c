"""What a rater is asked before she sees any item."""

from annotation.models import Membership
from annotation.queries.consent import is_consent_due
from annotation.queries.welfare import are_topics_due


def page_before_items(membership: Membership) -> str:
    """Return the name of the page that comes first: the consent text, or the topics; empty for none."""
    if is_consent_due(membership):
        return "rating_consent"
    return "rating_topics" if are_topics_due(membership) else ""
