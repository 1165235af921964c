"""The people who rated a release: a code each, and an account that nobody can sign in to or write to."""

import re
from collections.abc import Iterable

from annotation.enums import Role
from annotation.models import Membership, Study, User

_LONGEST_CODE = 20


def rater_code(annotator: str) -> str:
    """Return the code of a release's annotator: R11 of 11, R-anna of anna."""
    if annotator.isascii() and annotator.isdigit():
        return f"R{int(annotator):02d}"[:_LONGEST_CODE]
    return f"R-{re.sub(r'[^A-Za-z0-9]+', '-', annotator).strip('-')}"[:_LONGEST_CODE]


def store_raters(study: Study, annotators: Iterable[str]) -> dict[str, Membership]:
    """Return the membership of each annotator, made where it is not there; two queries for each new one.

    The account is inactive, has no password, and its address is one that no mail can reach (RFC 2606).
    """
    stored = {member.code: member for member in study.memberships.filter(role=Role.RATER)}
    members = {}
    for annotator in sorted(set(annotators)):
        code = rater_code(annotator)
        if code not in stored:
            user = User.objects.create_user(
                f"{code}.{study.slug}@imported.invalid",
                name=f"Annotator {annotator} of the imported release"[:150],
                is_active=False,
            )
            stored[code] = Membership.objects.create(study=study, user=user, role=Role.RATER, code=code)
        members[annotator] = stored[code]
    return members
