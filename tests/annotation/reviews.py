"""Studies with texts that need review."""

from annotation.domain.generation import start_generation
from annotation.domain.item import attach_responses
from annotation.domain.study import open_study
from generation.models import Chain, Response, Step
from tests.factories import Cast, helpful_text, make_study, write_all

FLAWED = "Assistant: It is a wonder that you still stand. Rest a while, and ask a friend to sit with you."


def make_flawed_study(*, posts: int = 1, flawed: int = 1, is_open: bool = False, raters: int = 2) -> Cast:
    """Make a study with one condition, INDV vanilla; the texts of its first posts name a chat role."""

    def text_for(chain: Chain, step: Step) -> str:
        # The number keeps the flawed texts apart, and an attempt from the one before.
        is_flawed = chain.post.position <= flawed and chain.generation_no == 1
        return f"{FLAWED} {helpful_text(chain, step)}" if is_flawed else helpful_text(chain, step)

    cast = make_study(
        posts=posts, raters=raters, strategies=["INDV vanilla"], is_generated=False, is_open=False
    )
    run = start_generation(cast.study, by=cast.manager)
    write_all(run, text_for=text_for)
    attach_responses(cast.study)
    if is_open:
        open_study(cast.study, by=cast.manager)
    cast.study.refresh_from_db()
    return cast


def flawed_texts() -> list[Response]:
    return list(Response.objects.filter(status="needs_review").order_by("pk"))
