"""A fixed cast in a real study: its texts are written through the queue, by a pen instead of a model."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotation.domain.generation import start_generation
from annotation.domain.item import attach_responses
from annotation.domain.study import change_design, create_study, open_study
from annotation.enums import RatedUnder, Role
from annotation.models import Assignment, Consent, ConsentText, Membership, Study, User
from generation.backends.base import Completion, FinishReason, LocalEnvironment
from generation.domain.example import store_example_constitution, store_small_model
from generation.domain.human_response import HumanResponseDraft, store_human_responses
from generation.domain.post import PostDraft
from generation.domain.queue import claim_batch, held_steps
from generation.domain.response import record_outcomes, store_environment
from generation.models import Chain, GenerationRun, Step
from generation.queries.chat import ask_steps
from tests.kept_rows import kept_rows

PASSWORD = "correct horse battery staple"
STRATEGIES = ("INDV vanilla", "INDV +cons", "ITER +cons")
ENVIRONMENT = LocalEnvironment(
    backend="pen",
    model="pen",
    revision="",
    weights_sha256="0" * 64,
    tokenizer="none",
    chat_template_sha256="0" * 64,
    chat_format="template",
    system_turn="own",
    gguf_file="",
    quantisation="",
    attention="none",
    device="hand",
    processor="head",
    dtype="ink",
    threads=1,
    torch="",
    transformers="",
    tokenizers="",
    python="",
)


@dataclass(frozen=True)
class Cast:
    """One study and everybody around it. The rated texts differ from each other and pass validation."""

    study: Study
    manager: User
    researcher: User
    raters: tuple[User, ...]
    outsider: User

    @property
    def rater(self) -> User:
        return self.raters[0]

    def membership(self, user: User) -> Membership:
        return Membership.objects.get(study=self.study, user=user)

    def assignments(self, user: User) -> list[Assignment]:
        """Return the rater's seats in her order."""
        return list(Assignment.objects.filter(rater=self.membership(user)).order_by("position"))


def make_user(name: str = "someone", **fields: object) -> User:
    """Make a user who signs in as <name>@example.org with PASSWORD."""
    return User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.title(), **fields)


def make_drafts(count: int) -> list[PostDraft]:
    return [
        PostDraft(
            key=f"post-{number}",
            text=f"Post number {number}. Since the move I lie awake every night. What can I do?",
            area="anxiety",
        )
        for number in range(1, count + 1)
    ]


def find_cast(*, raters: int = 2, prefix: str = "", **_: object) -> Cast:
    """Find the cast that make_study made with these arguments."""
    study = Study.objects.get(name=f"{prefix}Study")
    people = {user.email: user for user in User.objects.all()}
    manager, researcher, outsider, *of_study = (
        people[f"{prefix}{name}@example.org"]
        for name in ("manager", "researcher", "outsider", *(f"rater{n}" for n in range(1, raters + 1)))
    )
    return Cast(study, manager, researcher, tuple(of_study), outsider)


@kept_rows(find=find_cast)
def make_study(
    *,
    posts: int = 3,
    raters: int = 2,
    raters_per_item: int = 2,
    strategies: Sequence[str] = STRATEGIES,
    human_sources: Sequence[str] = (),
    rated_under: RatedUnder = RatedUnder.DRAW,
    is_generated: bool = True,
    is_open: bool = True,
    has_consent: bool = True,
    prefix: str = "",
) -> Cast:
    """Make a study: designed, its texts written, opened, consented to, unless told otherwise.

    Each of human_sources is a condition with one text for every post, not written for one dimension.
    With `prefix`, a second cast beside a first one: its users' names begin with it.
    """
    manager = make_user(f"{prefix}manager")
    constitution_set = store_example_constitution()
    study = create_study(
        name=f"{prefix}Study",
        posts=make_drafts(posts),
        constitution_set=constitution_set,
        created_by=manager,
        seed=7,
    )
    for source in human_sources:
        add_human_texts(study, source)
    change_design(
        study,
        dimensions=list(constitution_set.dimensions.filter(number__in=[4, 7])),
        conditions=[(store_small_model(), strategy) for strategy in strategies],
        human_sources=human_sources,
        raters_per_item=raters_per_item,
        rated_under=rated_under,
        by=manager,
    )
    cast = Cast(
        study=study,
        manager=manager,
        researcher=_member(study, f"{prefix}researcher", Role.RESEARCHER),
        raters=tuple(
            _member(study, f"{prefix}rater{number}", Role.RATER, code=f"R{number:02d}")
            for number in range(1, raters + 1)
        ),
        outsider=make_user(f"{prefix}outsider"),
    )
    if has_consent:
        consent_text = ConsentText.objects.get(study=study)
        for member in Membership.objects.filter(study=study, role=Role.RATER):
            Consent.objects.create(membership=member, consent_text=consent_text)
    if is_generated:
        run = start_generation(study, by=manager)
        write_all(run)
        attach_responses(study)
    if is_open and is_generated:
        open_study(study, by=manager)
    study.refresh_from_db()
    return cast


def add_human_texts(study: Study, source: str, *, dimension: str = "", posts: Sequence[str] = ()) -> None:
    """Give the posts with these keys, all by default, a text each that a person wrote."""
    keys = posts or study.posts.posts.values_list("key", flat=True)
    drafts = [
        HumanResponseDraft(
            line=number,
            post=key,
            method=source,
            dimension=dimension,
            text=f"I have been there. What {source} says about {dimension or 'all'} is on page {number}.",
        )
        for number, key in enumerate(keys, start=2)
    ]
    store_human_responses(collection=study.posts, drafts=drafts, constitution_set=study.constitution_set)


def _member(study: Study, name: str, role: Role, code: str = "") -> User:
    user = make_user(name)
    Membership.objects.create(study=study, user=user, role=role, code=code)
    return user


WORDS = (  # noqa: SIM905  # one word a line would fill a page
    "morning evening friend sister letter garden window river table answer question promise worry quiet "
    "simple honest gentle steady patient careful open small large early late often seldom never always "
    "begin finish carry share listen write call walk rest wait hope try ask give take leave stay return"
).split()


def helpful_text(chain: Chain, step: Step) -> str:
    """Return a text of its own for each call, fit to be rated and unlike those of other conditions."""
    choose = random.Random(f"{chain.pk}:{step.index}")
    words = " ".join(choose.choices(WORDS, k=14))
    return f"You carry a great deal, and letter {chain.pk} of draft {step.index} says to you: {words}."


def write_all(
    run: GenerationRun,
    *,
    text_for: Callable[[Chain, Step], str] = helpful_text,
    finish_reason: FinishReason = FinishReason.SENTENCE,
    most: int | None = None,
) -> None:
    """Answer every call of a started run, or the first batch of at most so many, through the real queue."""
    environment = store_environment(ENVIRONMENT)
    while lease := claim_batch(worker="pen", limit=most or 100):
        outcomes = [
            (
                asked,
                Completion(
                    text=text_for(asked.step.chain, asked.step),
                    finish_reason=finish_reason,
                    tokens_in=100,
                    tokens_out=40,
                    seconds=0.1,
                ),
            )
            for asked in ask_steps(held_steps(lease.token), lease.run_model.run)
        ]
        record_outcomes(lease, outcomes, environment=environment, seed=1)
        if most is not None:
            return
