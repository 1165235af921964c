"""A second example study, closed and rated by nobody: what finished scores look like."""

from django.db import transaction

from annotation.domain.generation import start_generation
from annotation.domain.human_text import import_human_texts
from annotation.domain.simulated_rating import submit_simulated_ratings
from annotation.domain.study import change_design, close_study, create_study, open_study
from annotation.enums import RatedUnder, Role
from annotation.models import Membership, Study, User
from annotation.simulation import EXAMPLE_CRITERIA
from generation.domain.example import (
    example_human_responses,
    example_posts,
    example_run,
    store_example_constitution,
)

NAME = "Example with simulated ratings"
SOURCES = ("example_text_a", "example_text_b", "example_text_c")
RATER_CODES = ("S01", "S02", "S03", "S04")
RATERS_PER_ITEM = 2
SEED = 1


@transaction.atomic
def load_simulated_study(*, manager: User, researcher: User) -> Study:
    """Make the study, or return it where the manager has it already. The two are the people who see it.

    Its texts are made up, so that it needs no model; its raters are codes whom nobody can sign in as. The
    scores are the same wherever it is made.
    """
    known = Study.objects.filter(created_by=manager, is_simulated=True, name=NAME).order_by("id").first()
    if known is not None:
        return known
    constitution_set = store_example_constitution()
    study = create_study(
        name=NAME,
        posts=example_posts(),
        constitution_set=constitution_set,
        created_by=manager,
        seed=SEED,
        is_simulated=True,
    )
    import_human_texts(study, drafts=example_human_responses(), by=manager)
    change_design(
        study,
        dimensions=list(constitution_set.dimensions.filter(key__in=example_run().dimensions)),
        conditions=[],
        human_sources=SOURCES,
        raters_per_item=RATERS_PER_ITEM,
        # Conditions are compared by post and dimension, so each text is rated under both.
        rated_under=RatedUnder.ALL,
        by=manager,
    )
    Membership.objects.create(study=study, user=researcher, role=Role.RESEARCHER)
    for code in RATER_CODES:
        Membership.objects.create(study=study, user=_nobody(study, code), role=Role.RATER, code=code)
    start_generation(study, by=manager)
    open_study(study, by=manager)
    submit_simulated_ratings(study, EXAMPLE_CRITERIA, by=manager)
    close_study(study, by=manager)
    study.refresh_from_db()
    return study


def _nobody(study: Study, code: str) -> User:
    """Make the account behind a code: inactive, without a password, at an address of no mail (RFC 2606)."""
    return User.objects.create_user(
        f"{code}.{study.slug}@simulated.invalid", name=f"Simulated rater {code}", is_active=False
    )
